//! The web shell: the APIs of a page in a browser, on the page's only thread.

pub(crate) mod clock;
mod connector;
mod events;
mod fetch;
mod http;
mod listener;
mod probe;
mod socket;
pub(crate) mod stores;
mod timer;

use std::{io, rc::Rc, time::Duration};

use async_executor::LocalExecutor;
use web_sys::Event;

use self::listener::Listener;
use super::spawner::Spawner;

pub(super) use self::{
    clock::Clock,
    connector::Connector,
    events::PlatformEvents,
    http::Http,
    socket::{SocketReceiver, SocketSender, open_socket},
    stores::{default_store, directory_store},
    timer::{let_io_happen, sleep},
};

/// The maximum size of a saved outbox, in bytes. Writing it blocks the page's thread.
pub(super) const MAX_PERSISTENT_OUTBOX: usize = 256 * 1024;

/// Runs the future that `make` returns on the page's thread, between its other tasks.
///
/// # Errors
/// When there is no page.
pub(super) fn spawn<F: Future<Output = ()> + 'static>(
    make: impl FnOnce(Spawner) -> F + 'static,
) -> io::Result<RunningShell> {
    let Some(window) = web_sys::window() else {
        let why = "the chat client runs in a page, not in a worker";
        return Err(io::Error::new(io::ErrorKind::Unsupported, why));
    };
    let executor = Rc::new(LocalExecutor::new());
    let event_loop = executor.spawn(make(Spawner::new(Rc::downgrade(&executor))));
    // After the listeners of the event loop, which has to act on what they report.
    let leaving = ["beforeunload", "pagehide"]
        .map(|event| Listener::new(&window, event, run_at_once(&executor)));
    wasm_bindgen_futures::spawn_local(async move {
        executor.run(event_loop).await;
        drop(leaving);
    });
    Ok(RunningShell)
}

/// Runs all that can run now. What a page that is left does later may never happen.
fn run_at_once(executor: &Rc<LocalExecutor<'static>>) -> impl FnMut(Event) + 'static {
    let executor = Rc::downgrade(executor);
    move |_| {
        while executor.upgrade().is_some_and(|it| it.try_tick()) {}
    }
}

/// The running shell.
pub(crate) struct RunningShell;

impl RunningShell {
    /// There is nothing to wait for: the connection is closed before the page's code returns.
    pub(crate) const fn join_within(self, _limit: Duration) -> bool {
        true
    }
}

/// The message of an exception.
fn message_of(exception: &wasm_bindgen::JsValue) -> String {
    use wasm_bindgen::JsCast;

    match exception.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{exception:?}"),
    }
}
