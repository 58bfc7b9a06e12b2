//! In-game chat for Bevy on CometChat's v4 protocol.

pub mod client;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod lifecycle;
pub mod model;
mod wire;

pub use client::{
    AppSettings, AuthKey, AuthToken, ChatError, Credentials, Encryption, ErrorCode,
    PresenceSubscription,
};
