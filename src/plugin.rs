//! The Bevy plugin: the client as a resource, its events as messages, and systems that report the app's state to it.
//!
//! [`CometChatPlugin`] starts the client on its own thread. The game calls operations on the [`CometChat`] resource,
//! and reads messages such as [`MessageReceived`], which [`CometChatSystems::Receive`] writes in order.

mod app_state;
mod callbacks;
mod chat_history;
mod comet_chat;
mod comet_chat_plugin;
mod connection_state;
mod diagnostics;
mod driver;
mod events;
mod payloads;
mod receive;
mod request;
#[cfg(feature = "local-server")]
mod server_plugin;
mod settings;
mod system_sets;
mod wake;
mod windows;
mod zones;

pub use chat_history::{ChatHistory, ChatHistoryPlugin};
pub use comet_chat::{CometChat, chat_connected, chat_in_background, chat_logged_in};
pub use comet_chat_plugin::CometChatPlugin;
pub use connection_state::ConnectionState;
pub use diagnostics::CometChatDiagnosticsPlugin;
pub use events::*;
pub use payloads::{AddChatPayload, PayloadReceived};
pub use settings::{AppStateSource, CometChatSettings};
pub use system_sets::CometChatSystems;
pub use zones::{
    ChatGroup, ChatListener, ChatMember, ChatZone, CurrentGroups, GroupFailed, GroupJoined,
    GroupLeft, ZoneShape,
};

#[cfg(feature = "test-util")]
pub(crate) use {
    driver::{Backend, Driver},
    wake::Waker,
};
