//! What most games need: `use bevy_cometchat::prelude::*;`.
//!
//! It goes with `bevy::prelude::*`: nothing here has a name that is in use there. So the type
//! [`model::Message`](crate::model::Message) is called `ChatMessage` here.

#[cfg(feature = "states")]
pub use crate::plugin::{ConnectionState, ConnectionStatePlugin};
pub use crate::{
    client::{
        AppSettings, AuthKey, AuthToken, BannedMembersRequest, BlockedUsersRequest, ChatError,
        ConversationsRequest, ErrorCode, GroupMembersRequest, GroupsRequest, MessagesRequest,
        OutboxState, Page, Pager, ReactionsRequest, Request, SendHandle, UsersRequest,
    },
    connection::{AppState, Cause, ConnectionStatus, Retry, SessionOrigin, StatusChange},
    model::{
        CustomMessage, Group, GroupAction, GroupActionKind, GroupDetails, GroupKind, GroupScope,
        Guid, InteractiveMessage, MediaMessage, Message as ChatMessage, MessageContent, MessageId,
        NewMembers, Payload, Receiver, ReceiverId, TextMessage, TransientMessage, Uid, User,
        UserDetails,
    },
    plugin::{
        AddChatPayload, AppStateSource, ChannelFailed, ChannelJoined, ChannelLeft, ChatChannel,
        ChatHistory, ChatHistoryPlugin, ChatListener, ChatMember, ChatZone, CometChat,
        CometChatPlugin, CometChatSystems, ConnectionChanged, CurrentChannels, GroupChanged,
        InteractionCompleted, LoggedIn, LoggedOut, MessageDeleted, MessageEdited, MessageModerated,
        MessageReceived, MessagesRecovered, OutboxChanged, OwnUserChanged, PayloadReceived,
        PresenceChanged, RawReceived, ReactionChanged, ReceiptReceived, SendsPaused,
        SessionSetAside, TokenExpired, TransientReceived, TypingChanged, chat_connected,
        chat_in_background, chat_logged_in,
    },
};
