use std::time::Duration;

use async_io::Timer;
use futures_lite::future;

/// Waits.
pub(in crate::shells) async fn sleep(duration: Duration) {
    Timer::after(duration).await;
}

/// Gives what waits in sockets and in tasks its turn.
pub(in crate::shells) async fn let_io_happen() {
    future::yield_now().await;
    future::yield_now().await;
}
