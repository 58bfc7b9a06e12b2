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
mod conditions;
#[cfg(feature = "states")]
mod connection_state;
mod driver;
mod exit;
mod keep_alive;
mod messages;
mod payloads;
mod receive;
mod request;
mod systems;
mod wake;
mod windows;
mod zones;

pub use app_state::AppStateSource;
pub use chat_history::{ChatHistory, ChatHistoryPlugin};
pub use comet_chat::CometChat;
pub use comet_chat_plugin::CometChatPlugin;
pub use conditions::{chat_connected, chat_in_background, chat_logged_in};
#[cfg(feature = "states")]
pub use connection_state::{ConnectionState, ConnectionStatePlugin};
pub use messages::{
    ConnectionChanged, GroupChanged, InteractionCompleted, LoggedIn, LoggedOut, MessageDeleted,
    MessageEdited, MessageModerated, MessageReceived, MessagesRecovered, OutboxChanged,
    OwnUserChanged, PresenceChanged, RawReceived, ReactionChanged, ReceiptReceived, SendsPaused,
    SessionSetAside, TokenExpired, TransientReceived, TypingChanged,
};
pub use payloads::{AddChatPayload, PayloadReceived};
pub use systems::CometChatSystems;
pub use zones::{
    ChannelFailed, ChannelJoined, ChannelLeft, ChatChannel, ChatListener, ChatMember, ChatZone,
    CurrentChannels, ZoneShape,
};

#[cfg(feature = "test-util")]
pub(crate) use {
    driver::{Backend, Driver},
    wake::Waker,
};
