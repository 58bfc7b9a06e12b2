//! In-game chat for Bevy on CometChat's v4 protocol.

pub mod lifecycle;
#[cfg(feature = "local-server")]
pub mod local_server;
pub mod model;
mod wire;
