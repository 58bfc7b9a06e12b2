//! What most games need: `use bevy_cometchat::prelude::*;`.
//!
//! It goes with `bevy::prelude::*`: nothing here has a name that is in use there. So the type
//! [`model::Message`](crate::model::Message) is called `ChatMessage` here. The other events are in the crate's root,
//! other kinds of lists in [`client`](crate::client), the data in [`model`](crate::model).

pub use crate::{
    client::{
        AppSettings, AuthKey, AuthToken, ChatError, ErrorCode, MessagesRequest, OutboxState, Page,
        Pager, Request, SendHandle,
    },
    connection::{AppState, Cause, ConnectionStatus, Retry},
    model::{
        CustomMessage, Group, GroupDetails, GroupKind, Guid, MediaMessage, Message as ChatMessage,
        MessageContent, MessageId, Payload, ReceiverId, TextMessage, TransientMessage, Uid, User,
    },
    plugin::{
        AddChatPayload, AppStateSource, ChatGroup, ChatHistory, ChatHistoryPlugin, ChatListener,
        ChatMember, ChatZone, CometChat, CometChatPlugin, CometChatSettings, CometChatSystems,
        ConnectionChanged, ConnectionState, CurrentGroups, GroupChanged, GroupFailed, GroupJoined,
        GroupLeft, LoggedIn, LoggedOut, MessageDeleted, MessageEdited, MessageReceived,
        MessagesRecovered, OutboxChanged, PayloadReceived, PresenceChanged, ReactionChanged,
        ReceiptReceived, SendsPaused, TokenExpired, TransientReceived, TypingChanged,
        chat_connected, chat_in_background, chat_logged_in,
    },
};
