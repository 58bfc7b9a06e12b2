//! From CometChat's documentation to this crate: every method and listener of the JavaScript and React Native SDKs
//! (v4), and its name here.
//!
//! What is called on `CometChat` there is called on [`CometChat`], the resource, or on [`Client`] outside Bevy; most of
//! it is in the traits [`MessageApi`], [`OutboxApi`], [`ConversationApi`], [`UserApi`], [`GroupApi`] and [`ListApi`], which the
//! prelude brings. A promise is a [`Request`](crate::Request). A listener is a Bevy message, read with a `MessageReader`, and an event for observers where
//! [`with_observers`](crate::CometChatPlugin::with_observers) is set.
//!
//! # Session
//!
//! | CometChat | here |
//! |---|---|
//! | `init`, `initFromSettings` | [`CometChatPlugin::new`], or [`CometChat::init`] at any time |
//! | `isInitialized` | a request that comes too early fails with [`ErrorCode::NotInitialized`] |
//! | `AppSettingsBuilder` | [`AppSettings::builder`] |
//! | – `subscribePresenceForAllUsers`, `…ForFriends`, `…ForRoles` | [`subscribe_presence`](AppSettingsBuilder::subscribe_presence) |
//! | – `setRegion`, `autoEstablishSocketConnection`, `overrideAdminHost`, `overrideClientHost` | the same, in Rust's spelling |
//! | – `setStorageMode` | [`session_directory`](AppSettingsBuilder::session_directory), [`session_in_memory`](AppSettingsBuilder::session_in_memory), [`session_store`](AppSettingsBuilder::session_store) |
//! | – `enableAutoJoinForGroups` | none: nothing reads it in the SDKs either |
//! | `login(uid, authKey)` | [`CometChat::login`] with an [`AuthKey`] |
//! | `login(authToken)` | [`CometChat::login`] with an [`AuthToken`] |
//! | `logout` | [`CometChat::logout`] |
//! | none: a token that expires | [`TokenExpired`] asks for a new one, [`CometChat::renew_token`] gives it |
//! | `getLoggedinUser`, `getLoggedInUser` | [`CometChat::logged_in_user`] |
//! | `connect`, `disconnect`, `ping` | the same |
//! | `getConnectionStatus` | [`CometChat::connection_status`], and [`CometChat::last_change`] for why |
//! | `ConnectionListener` (all five) | [`ConnectionChanged`] |
//! | `LoginListener` | [`LoggedIn`], [`LoggedOut`]; a failed login fails its request |
//! | `isFeatureEnabled`, `isExtensionEnabled`, `getExtensionDetails`, `isAIFeatureEnabled`, `getConversationUpdateSettings` | none: the features they ask about are out of scope |
//! | `setSource`, `setDemoMetaInfo` | none: telemetry |
//!
//! # Messages
//!
//! | CometChat | here |
//! |---|---|
//! | `TextMessage`, `MediaMessage`, `CustomMessage`, `InteractiveMessage`, `TransientMessage` | the same: [`TextMessage`], [`MediaMessage`], [`CustomMessage`], [`InteractiveMessage`], [`TransientMessage`] |
//! | `Attachment` | [`Attachment`] for a URL, [`Upload`] for a file |
//! | `setMuid`, `setMetadata`, `setTags`, `setParentMessageId`, `setQuotedMessageId` | [`with_muid`](TextMessage::with_muid), [`with_metadata`](TextMessage::with_metadata), [`with_tag`](TextMessage::with_tag), [`in_thread_of`](TextMessage::in_thread_of), [`quoting`](TextMessage::quoting) |
//! | `setCaption` | [`MediaMessage::with_caption`] |
//! | `setSubType`, `shouldUpdateConversation`, `shouldSendNotification`, `setConversationText` | [`with_sub_type`](CustomMessage::with_sub_type), [`updating_conversation`](CustomMessage::updating_conversation), [`sending_notification`](CustomMessage::sending_notification), [`with_text`](CustomMessage::with_text) |
//! | custom data by hand | a type of the game's own: [`Payload`], [`CustomMessage::payload`], [`PayloadReceived`] |
//! | `sendMessage`, `sendMediaMessage`, `sendCustomMessage`, `sendInteractiveMessage`, `sendDirectMessage`, `sendGroupMessage` | [`send_message`](MessageApi::send_message) |
//! | none: messages that wait for the network, or failed | [`OutboxChanged`], [`resend`](OutboxApi::resend), [`discard`](OutboxApi::discard); [`SendsPaused`] when there were too many |
//! | `sendTransientMessage` | [`send_transient_message`](MessageApi::send_transient_message) |
//! | `startTyping`, `endTyping` | [`start_typing`](MessageApi::start_typing), [`end_typing`](MessageApi::end_typing) |
//! | `markAsRead`, `markAsDelivered` | [`mark_as_read`](ConversationApi::mark_as_read), [`mark_as_delivered`](ConversationApi::mark_as_delivered) |
//! | `markAsUnread`, `markMessageAsUnread` | [`mark_as_unread`](ConversationApi::mark_as_unread) |
//! | `editMessage`, `deleteMessage` | [`edit_message`](MessageApi::edit_message), [`delete_message`](MessageApi::delete_message) |
//! | `addReaction`, `removeReaction`, `ReactionsRequestBuilder` | [`add_reaction`](MessageApi::add_reaction), [`remove_reaction`](MessageApi::remove_reaction), [`ReactionsRequest`] |
//! | `getMessageDetails`, `getMessageReceipts` | [`message`](MessageApi::message), [`message_receipts`](MessageApi::message_receipts) |
//! | `flagMessage`, `getFlagReasons` | [`flag_message`](MessageApi::flag_message), [`flag_reasons`](MessageApi::flag_reasons) |
//! | `markAsInteracted` | [`mark_as_interacted`](MessageApi::mark_as_interacted) |
//! | `MessagesRequestBuilder`, `fetchNext`, `fetchPrevious` | [`MessagesRequest`], [`fetch_next`](ListApi::fetch_next), [`fetch_previous`](ListApi::fetch_previous) |
//! | `getLastDeliveredMessageId` | none: what was missed is fetched by itself, [`MessagesRecovered`] |
//! | `CometChatHelper.processMessage`, `.getConversationFromMessage`, `.updateMessageWithReactionInfo` | none: the history does it |
//! | `pinMessage`, `saveMessage`, `pinConversation`, `subscribeToThread`, `ThreadsRequestBuilder` and their opposites | none: of the JavaScript SDK 4.2 alone |
//!
//! # Conversations, users, groups
//!
//! | CometChat | here |
//! |---|---|
//! | `ConversationsRequestBuilder` | [`ConversationsRequest`] |
//! | `getConversation`, `deleteConversation`, `tagConversation` | [`conversation`](ConversationApi::conversation), [`delete_conversation`](ConversationApi::delete_conversation), [`tag_conversation`](ConversationApi::tag_conversation) |
//! | `markConversationAsRead`, `markConversationAsDelivered` | [`mark_conversation_as_read`](ConversationApi::mark_conversation_as_read), [`mark_conversation_as_delivered`](ConversationApi::mark_conversation_as_delivered) |
//! | `getUnreadMessageCount`, `…ForAllUsers`, `…ForAllGroups` | [`unread_counts`](ConversationApi::unread_counts) |
//! | `getUnreadMessageCountForUser`, `…ForGroup` | [`unread_count`](ConversationApi::unread_count) |
//! | `getUser`, `UsersRequestBuilder` | [`user`](UserApi::user), [`UsersRequest`] |
//! | `updateCurrentUserDetails` | [`update_current_user_details`](UserApi::update_current_user_details) |
//! | `createUser`, `updateUser` | [`create_user`](UserApi::create_user), [`update_user`](UserApi::update_user) |
//! | `blockUsers`, `unblockUsers`, `BlockedUsersRequestBuilder` | [`block_users`](UserApi::block_users), [`unblock_users`](UserApi::unblock_users), [`BlockedUsersRequest`] |
//! | `getOnlineUserCount`, `getOnlineGroupMemberCount` | [`online_user_count`](UserApi::online_user_count), [`online_group_member_count`](GroupApi::online_group_member_count) |
//! | `createGroup`, `createGroupWithMembers` | [`create_group`](GroupApi::create_group), [`create_group_with_members`](GroupApi::create_group_with_members) |
//! | `getGroup`, `GroupsRequestBuilder` | [`group`](GroupApi::group), [`GroupsRequest`] |
//! | `joinGroup`, `leaveGroup` | [`join_group`](GroupApi::join_group), [`leave_group`](GroupApi::leave_group); or a [`ChatZone`] does it |
//! | `updateGroup`, `deleteGroup` | [`update_group`](GroupApi::update_group), [`delete_group`](GroupApi::delete_group) |
//! | `GroupMembersRequestBuilder`, `BannedMembersRequestBuilder` | [`GroupMembersRequest`], [`BannedMembersRequest`] |
//! | `addMembersToGroup` | [`add_members_to_group`](GroupApi::add_members_to_group) |
//! | `kickGroupMember`, `banGroupMember`, `unbanGroupMember` | [`kick_group_member`](GroupApi::kick_group_member), [`ban_group_member`](GroupApi::ban_group_member), [`unban_group_member`](GroupApi::unban_group_member) |
//! | `updateGroupMemberScope`, `transferGroupOwnership` | [`update_group_member_scope`](GroupApi::update_group_member_scope), [`transfer_group_ownership`](GroupApi::transfer_group_ownership) |
//!
//! # Listeners
//!
//! | CometChat | here |
//! |---|---|
//! | `onTextMessageReceived`, `onMediaMessageReceived`, `onCustomMessageReceived`, `onInteractiveMessageReceived` | [`MessageReceived`]; its content says which |
//! | `onTypingStarted`, `onTypingEnded` | [`TypingChanged`] |
//! | `onMessagesDelivered`, `onMessagesRead`, `onMessagesDeliveredToAll`, `onMessagesReadByAll` | [`ReceiptReceived`]; its kind says which |
//! | `onMessageEdited`, `onMessageDeleted` | [`MessageEdited`], [`MessageDeleted`] |
//! | `onMessageReactionAdded`, `onMessageReactionRemoved` | [`ReactionChanged`] |
//! | `onTransientMessageReceived` | [`TransientReceived`] |
//! | `onInteractionGoalCompleted` | [`InteractionCompleted`] |
//! | `onMessageModerated` | [`MessageModerated`] |
//! | `onUserOnline`, `onUserOffline` | [`PresenceChanged`] |
//! | `onGroupMemberJoined`, `…Left`, `…Kicked`, `…Banned`, `…Unbanned`, `…ScopeChanged`, `onMemberAddedToGroup` | [`GroupChanged`]; its action says which |
//! | `onAIAssistantMessageReceived`, `onAITool…`, `onCardMessageReceived`, `onMessagePinned`, `onMessageSaved` and their opposites, notification feed | [`RawReceived`], as they came |
//! | `CallListener` and all about calls | none: calls are out of scope; a call's messages arrive as [`MessageContent::Unmodelled`] |
//! | `CometChatNotifications`, push tokens and preferences | none: out of scope |
//! | AI: conversation starters, smart replies, summaries | none: out of scope |
//!
//! # Errors
//!
//! A `CometChatException` is a [`ChatError`]; its `code` is [`ErrorCode`], in CometChat's spelling where it is shown.

#[allow(unused_imports, reason = "for the links")]
use crate::{
    client::{AppSettingsBuilder, *},
    model::*,
    plugin::*,
};
