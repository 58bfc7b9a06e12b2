//! In-game chat for Bevy on CometChat's v4 protocol.

pub mod lifecycle;
pub mod model;
mod wire;
