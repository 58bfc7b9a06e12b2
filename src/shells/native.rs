//! The native shell: a thread with sockets, TLS and HTTP.

mod budgeted;
mod channels;
mod clock;
mod connector;
mod event_loop;
mod fragments;
mod http;
mod link;
mod socket;
mod spawner;
mod tls;
mod worker;

use std::{convert::Infallible, io, rc::Rc, thread, time::Duration};

use async_executor::LocalExecutor;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use futures_lite::{FutureExt, future};

pub(crate) use self::http::{Http, Unanswered};
use self::{event_loop::EventLoop, spawner::Spawner};
use super::queue::ShellEnd;

/// How many tasks run before the event loop, timers and sockets get their turn.
const TASKS_A_TURN: usize = 16;

/// Starts the I/O thread. It ends when told to shut down, or when the last [`Client`](crate::client::Client) is dropped.
pub(crate) fn spawn(end: ShellEnd) -> io::Result<RunningShell> {
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
            async_io::block_on(EventLoop::new(end, spawner).run().or(tasks));
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
