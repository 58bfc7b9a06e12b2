//! What most games need: `use bevy_cometchat::prelude::*;`.
//!
//! It goes with `bevy::prelude::*`: nothing here has a name that is in use there. So the type
//! [`model::Message`](crate::model::Message) is called `ChatMessage` here.

#[cfg(feature = "states")]
pub use crate::plugin::{ConnectionState, ConnectionStatePlugin};
pub use crate::{
    client::{AppSettings, AuthKey, AuthToken, ChatError, ErrorCode},
    lifecycle::{AppState, Cause, ConnectionStatus, Retry, SessionOrigin, StatusChange},
    model::{
        Guid, Message as ChatMessage, MessageId, Receiver, ReceiverId, TextMessage, Uid, User,
    },
    plugin::{
        AppStateSource, CometChat, CometChatPlugin, CometChatSystems, ConnectionChanged, LoggedIn,
        LoggedOut, MessageReceived, MessagesRecovered, Request, SessionSetAside, TypingChanged,
        chat_connected, chat_in_background, chat_logged_in,
    },
};
