//! The client in Bevy's world: a plugin, a resource, messages, and systems that follow the app's state.
//!
//! [`CometChatPlugin`] starts the client on a thread of its own. The game asks it for things through the
//! [`CometChat`] resource, and learns what happened from messages such as [`MessageReceived`], which
//! [`CometChatSystems::Receive`] writes in the order in which things happened.

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
