//! In-game chat for Bevy on CometChat's v4 protocol.

pub mod client;
pub mod lifecycle;
pub mod model;
mod plugin;
pub mod prelude;
#[cfg(feature = "test-util")]
pub mod test_util;
mod wire;

pub use client::{
    AppSettings, AuthKey, AuthToken, ChatError, Credentials, Encryption, ErrorCode,
    PresenceSubscription,
};
pub use plugin::*;
