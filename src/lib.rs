#![doc = include_str!("../README.md")]

mod app_settings;
#[cfg(feature = "chat-box")]
pub mod chat_box;
pub mod client;
pub mod connection;
mod core;
mod ephemeral;
mod error;
pub mod from_cometchat;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod history;
#[cfg(feature = "local-server")]
pub mod local_server;
pub mod model;
mod outbox;
mod plugin;
pub mod prelude;
mod request;
mod setters;
mod shells;
mod storage;
#[cfg(feature = "test-util")]
pub mod test_util;
pub mod text;
mod wire;

pub use client::{
    AppSettings, AuthKey, AuthToken, ChatError, Credentials, Encryption, ErrorCode,
    PresenceSubscription, Request, SendHandle,
};
pub use plugin::*;

/// How the crate works inside, beyond what a game needs to use it.
pub mod docs {
    #[doc = include_str!("../docs/architecture.md")]
    pub mod architecture {}

    #[doc = include_str!("../docs/connection.md")]
    pub mod connection {}

    #[doc = include_str!("../docs/protocol.md")]
    pub mod protocol {}
}
