#![doc = include_str!("../README.md")]

#[cfg(feature = "chat-box")]
pub mod chat_box;
pub mod client;
pub mod connection;
pub mod docs;
pub mod from_cometchat;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod history;
#[cfg(feature = "local-server")]
pub mod local_server;
pub mod model;
mod plugin;
pub mod prelude;
#[cfg(feature = "test-util")]
pub mod test_util;
pub mod text;
mod wire;

pub use client::{
    AppSettings, AuthKey, AuthToken, ChatError, Credentials, Encryption, ErrorCode,
    PresenceSubscription, Request, SendHandle,
};
pub use plugin::*;
