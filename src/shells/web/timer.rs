use std::time::Duration;

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, Window};

use super::listener::Listener;

/// The maximum delay of a browser's timer. A longer one would end at once, so a longer wait sets several timers.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// Waits. The time is rounded up, because a timer that ends early would be set again.
pub(in crate::shells) async fn sleep(duration: Duration) {
    let (fired, has_fired) = async_channel::bounded(1);
    let callback = Closure::<dyn FnMut()>::new(move || {
        let _ = fired.try_send(());
    });
    let Some(timer) = Timer::start(duration.min(LONGEST), &callback) else {
        return std::future::pending().await;
    };
    let _ = has_fired.recv().await;
    drop(timer);
}

/// A timer that is stopped when it is dropped.
struct Timer {
    window: Window,
    id: i32,
}

impl Timer {
    fn start(duration: Duration, callback: &Closure<dyn FnMut()>) -> Option<Self> {
        let window = web_sys::window()?;
        let millis = duration.as_micros().div_ceil(1_000);
        let set = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            callback.as_ref().unchecked_ref(),
            i32::try_from(millis).unwrap_or(i32::MAX),
        );
        let id = set.ok()?;
        Some(Self { window, id })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.window.clear_timeout_with_handle(self.id);
    }
}

/// Lets the page handle its pending events, such as frames. A message port, unlike a timer, is not slowed down while
/// the page is hidden.
pub(in crate::shells) async fn let_io_happen() {
    let Ok(channel) = MessageChannel::new() else {
        return;
    };
    let (sender, received) = async_channel::bounded(1);
    let port = channel.port1();
    let listener = Listener::new(&port, "message", move |_| {
        let _ = sender.try_send(());
    });
    port.start();
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        let _ = received.recv().await;
    }
    drop(listener);
    port.close();
}
