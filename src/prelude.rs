//! What most games need: `use bevy_cometchat::prelude::*;`.
//!
//! It goes with `bevy::prelude::*`: nothing here has a name that is in use there. So the type
//! [`model::Message`](crate::model::Message) is called `ChatMessage` here.

#[cfg(feature = "states")]
pub use crate::plugin::{ConnectionState, ConnectionStatePlugin};
pub use crate::{
    client::{
        AppSettings, AuthKey, AuthToken, ChatApi, ChatError, ConversationApi, ConversationsRequest,
        ErrorCode, ListApi, MessageApi, MessagesRequest, Page, Pager, ReactionsRequest,
    },
    lifecycle::{AppState, Cause, ConnectionStatus, Retry, SessionOrigin, StatusChange},
    model::{
        CustomMessage, GroupAction, GroupActionKind, Guid, InteractiveMessage, MediaMessage,
        Message as ChatMessage, MessageContent, MessageId, Payload, Receiver, ReceiverId,
        TextMessage, TransientMessage, Uid, User,
    },
    plugin::{
        AddChatPayload, AppStateSource, CometChat, CometChatPlugin, CometChatSystems,
        ConnectionChanged, GroupChanged, InteractionCompleted, LoggedIn, LoggedOut, MessageDeleted,
        MessageEdited, MessageModerated, MessageReceived, MessagesRecovered, PayloadReceived,
        PresenceChanged, RawReceived, ReactionChanged, ReceiptReceived, Request, SessionSetAside,
        TransientReceived, TypingChanged, chat_connected, chat_in_background, chat_logged_in,
    },
};
