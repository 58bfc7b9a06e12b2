//! Performs what the [core](crate::core) decides: sockets, requests, timers and storage of a platform.
//!
//! What all platforms share is here: the event loop, links, the REST API, and the queue to the game. `native` has a
//! thread with sockets, TLS and HTTP, `web` what a page in a browser has. Both have the same names in them, and the alias
//! below chooses. A platform gives:
//!
//! | name | what it is |
//! |---|---|
//! | `spawn`, `RunningShell` | runs the event loop beside the game |
//! | `Connector` | what the settings say of connections, checked |
//! | `open_socket` | a WebSocket that has been authenticated on: its sender, and its receiver, of which `next` can be dropped without loss |
//! | `Http` | requests and their replies |
//! | `sleep`, `let_io_happen` | timers, and a moment in which what has arrived can be noticed |
//! | `Clock`, `wall_clock` | the clocks |
//! | `PlatformEvents` | what the platform reports about the app, such as a hidden page |
//! | `stores`, `default_store`, `directory_store` | where the session is saved |
//! | `MAX_PERSISTENT_OUTBOX` | how much of an outbox can be saved |

use std::{io, sync::Arc};

use crate::{
    error::ChatError,
    storage::{SessionStore, Storage},
};

use event_loop::EventLoop;
use queue::ShellEnd;

mod api;
mod channels;
mod endpoint;
mod event_loop;
mod failure;
mod link;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod native;
pub(crate) mod queue;
#[cfg(feature = "test-util")]
pub(crate) mod scripted;
mod spawner;
#[cfg(target_family = "wasm")]
pub(crate) mod web;
mod worker;

#[cfg(any(test, fuzzing))]
pub(crate) use endpoint::fuzzed_host;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native as platform;
#[cfg(target_family = "wasm")]
pub(crate) use web as platform;

pub(crate) use platform::RunningShell;

/// Starts the event loop beside the game. It ends when told to shut down, or when the last
/// [`Client`](crate::client::Client) is dropped.
///
/// # Errors
/// When the platform refuses what it needs, such as a thread.
pub(crate) fn start(end: ShellEnd) -> io::Result<RunningShell> {
    platform::spawn(move |spawner| EventLoop::new(end, spawner).run())
}

/// The store that the settings choose.
pub(crate) fn open_store(
    storage: &Storage,
    app_id: &str,
) -> Result<Arc<dyn SessionStore>, ChatError> {
    match storage {
        Storage::Default => platform::default_store(app_id),
        Storage::Directory(directory) => platform::directory_store(directory),
        Storage::Custom(store) => Ok(store.clone()),
    }
}
