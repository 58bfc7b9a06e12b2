//! What carries the decisions of the [core](crate::core) out. A shell has no decisions of its own.
//!
//! `native` runs on a thread with sockets, TLS and HTTP. Another platform is a folder beside it with the same names in it,
//! and the alias below chooses. What the platforms share is here: the REST API, endpoints, and the queue to the game.

mod api;
mod endpoint;
pub(crate) mod native;
pub(crate) mod queue;
#[cfg(feature = "test-util")]
pub(crate) mod scripted;

#[cfg(any(test, fuzzing))]
pub(crate) use endpoint::fuzzed_host;
pub(crate) use native as platform;
