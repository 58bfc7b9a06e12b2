//! Performs the outputs of the [core](crate::core), with the sockets, requests, timers and storage of a platform.
//!
//! The parts that all platforms share are here: the event loop, links, the REST API, and the queue to the game.
//! `native` has a thread with sockets, TLS and HTTP, `web` the APIs of a page in a browser. Both define the same names,
//! and the alias below selects one of them. A platform provides:
//!
//! | name | what it is |
//! |---|---|
//! | `spawn`, `RunningShell` | runs the event loop beside the game |
//! | `Connector` | the settings of connections, checked; `check_settings` checks them beforehand |
//! | `open_socket` | a WebSocket on which the auth frame was sent: its sender, and its receiver, whose `next` can be dropped without loss |
//! | `Http` | requests and their replies |
//! | `sleep`, `let_io_happen` | timers, and a pause in which sockets can report what has arrived |
//! | `Clock`, `wall_clock` | the clocks |
//! | `PlatformEvents` | what the platform reports about the app, such as a hidden page |
//! | `stores`, `default_store`, `directory_store` | where the session is saved |
//! | `MAX_PERSISTENT_OUTBOX` | how much of an outbox can be saved |

use std::{io, sync::Arc};

use crate::{
    app_settings::AppSettings,
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

/// Starts the event loop beside the game. It ends after a shutdown, or when the last [`Client`](crate::client::Client)
/// is dropped.
///
/// # Errors
/// When the platform refuses a resource, such as a thread.
pub(crate) fn start(end: ShellEnd) -> io::Result<RunningShell> {
    platform::spawn(move |spawner| EventLoop::new(end, spawner).run())
}

/// Checks what can be checked of the settings before the event loop has them. Returns the store that they choose.
///
/// # Errors
/// Those of [`Client::init`](crate::client::Client::init).
pub(crate) fn check(
    app_id: &str,
    settings: &AppSettings,
) -> Result<Arc<dyn SessionStore>, ChatError> {
    settings.check(app_id)?;
    platform::Connector::check_settings(settings)?;
    open_store(&settings.storage, app_id)
}

/// The store that the settings choose.
fn open_store(storage: &Storage, app_id: &str) -> Result<Arc<dyn SessionStore>, ChatError> {
    match storage {
        Storage::Default => platform::default_store(app_id),
        Storage::Directory(directory) => platform::directory_store(directory),
        Storage::Custom(store) => Ok(store.clone()),
    }
}
