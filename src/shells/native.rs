//! The native shell: a thread with sockets, TLS and HTTP.

mod budgeted;
pub(crate) mod clock;
mod connector;
mod fragments;
mod http;
mod socket;
pub(crate) mod stores;
mod tls;

use std::{convert::Infallible, future::pending, io, rc::Rc, thread, time::Duration};

use async_executor::LocalExecutor;
use async_io::Timer;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use futures_lite::{FutureExt, future};

use super::spawner::Spawner;
use crate::core::PlatformEvent;

pub(super) use self::{
    clock::Clock,
    connector::Connector,
    http::Http,
    socket::{SocketReceiver, SocketSender, open_socket},
    stores::{default_store, directory_store},
};

/// The maximum size of a saved outbox, in bytes: no limit beside that of the settings.
pub(super) const MAX_PERSISTENT_OUTBOX: usize = usize::MAX;

/// The number of tasks that run before the event loop, timers and sockets get their turn.
const TASKS_A_TURN: usize = 16;

/// Starts the I/O thread, which runs the future that `make` returns.
pub(super) fn spawn<F: Future<Output = ()>>(
    make: impl FnOnce(Spawner) -> F + Send + 'static,
) -> io::Result<RunningShell> {
    let (on_end, ended) = bounded(0);
    thread::Builder::new()
        .name("cometchat".into())
        .spawn(move || {
            let _on_end: Sender<Infallible> = on_end;
            let executor = Rc::new(LocalExecutor::new());
            let spawner = Spawner::new(Rc::downgrade(&executor));
            let tasks = async {
                loop {
                    for _ in 0..TASKS_A_TURN {
                        executor.tick().await;
                    }
                    future::yield_now().await;
                }
            };
            async_io::block_on(make(spawner).or(tasks));
        })?;
    Ok(RunningShell { ended })
}

/// The running I/O thread.
pub(crate) struct RunningShell {
    /// Disconnected when the thread has nothing left to do.
    ended: Receiver<Infallible>,
}

impl RunningShell {
    /// Waits for the thread to end, at most this long, and returns whether it did.
    pub(crate) fn join_within(self, limit: Duration) -> bool {
        matches!(
            self.ended.recv_timeout(limit),
            Err(RecvTimeoutError::Disconnected)
        )
    }
}

/// The platform's own reports about the app: none. Bevy has all of them, and the plugin passes them on.
pub(super) struct PlatformEvents;

impl PlatformEvents {
    pub(super) const fn watch() -> Self {
        Self
    }

    pub(super) async fn next(&self) -> PlatformEvent {
        pending().await
    }
}

/// Waits.
pub(super) async fn sleep(duration: Duration) {
    Timer::after(duration).await;
}

/// Lets sockets and tasks that are ready run first.
pub(super) async fn let_io_happen() {
    future::yield_now().await;
    future::yield_now().await;
}
