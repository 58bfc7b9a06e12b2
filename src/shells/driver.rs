//! The event loop beside the game, on whatever platform this is.

use std::io;

use super::{event_loop::EventLoop, platform, queue::ShellEnd};

pub(crate) use super::platform::RunningShell;

/// Starts the event loop. It ends when told to shut down, or when the last [`Client`](crate::client::Client) is dropped.
///
/// # Errors
/// When the platform refuses what it needs, such as a thread.
pub(crate) fn start(end: ShellEnd) -> io::Result<RunningShell> {
    platform::spawn(move |spawner| EventLoop::new(end, spawner).run())
}
