//! The I/O thread: carries out what the connection machine decides, and runs the requests that go over HTTP.

mod api;
mod app;
mod calls;
mod catch_up;
mod changes;
mod clock;
mod commands;
mod connector;
mod endpoint;
mod ephemeral;
mod event_loop;
mod happening;
mod http;
mod init;
mod link;
mod logins;
mod look;
mod progress;
mod renewals;
mod sends;
mod sessions;
mod spawner;
mod tls;

use std::{convert::Infallible, io, rc::Rc, thread, time::Duration};

use async_executor::LocalExecutor;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use self::{event_loop::EventLoop, spawner::Spawner};
use super::DriverEnd;

/// Starts the I/O thread. It ends when told to shut down, or when the last [`Client`](super::Client) is dropped.
pub(crate) fn spawn(end: DriverEnd) -> io::Result<DriverThread> {
    let (on_end, ended) = bounded(0);
    thread::Builder::new()
        .name("cometchat".into())
        .spawn(move || {
            let _on_end: Sender<Infallible> = on_end;
            let executor = Rc::new(LocalExecutor::new());
            let spawner = Spawner::new(Rc::downgrade(&executor));
            async_io::block_on(executor.run(EventLoop::new(end, spawner).run()));
        })?;
    Ok(DriverThread { ended })
}

/// The running I/O thread.
pub(crate) struct DriverThread {
    /// Disconnected when the thread has nothing left to do.
    ended: Receiver<Infallible>,
}

impl DriverThread {
    /// Waits for the thread to end, at most this long; says whether it did (rule X1).
    pub(crate) fn join_within(self, limit: Duration) -> bool {
        matches!(
            self.ended.recv_timeout(limit),
            Err(RecvTimeoutError::Disconnected)
        )
    }
}

/// Reads a host, for fuzzers.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzzed_host(text: &str) {
    if let Some(endpoint) = endpoint::Endpoint::parse(text, 443) {
        let _ = (endpoint.ip(), endpoint.authority(), endpoint.path("me"));
    }
}
