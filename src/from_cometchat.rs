//! From CometChat's documentation to this crate: every method and listener of the JavaScript and React Native SDKs
//! (v4), and its name here.
//!
//! The methods of `CometChat` there are methods of [`CometChat`], the resource, or of [`Client`] outside Bevy. A
//! promise is a [`Request`]. A listener is a Bevy message, read with a `MessageReader`, and an event for observers.
//!
//! # Session
//!
//! | CometChat | here |
//! |---|---|
//! | `init`, `initFromSettings` | [`CometChatPlugin::new`], or [`CometChat::init`](Client::init) at any time |
//! | `isInitialized` | a request that comes too early fails with [`ErrorCode::NotInitialized`] |
//! | `AppSettingsBuilder` | [`AppSettings::builder`] |
//! | – `subscribePresenceForAllUsers`, `…ForFriends`, `…ForRoles` | [`subscribe_presence`](AppSettingsBuilder::subscribe_presence) |
//! | – `setRegion`, `autoEstablishSocketConnection`, `overrideAdminHost`, `overrideClientHost` | the same, in Rust's spelling |
//! | – `setStorageMode` | [`session_directory`](AppSettingsBuilder::session_directory), [`session_in_memory`](AppSettingsBuilder::session_in_memory), [`session_store`](AppSettingsBuilder::session_store) |
//! | – `enableAutoJoinForGroups` | none: nothing reads it in the SDKs either |
//! | `login(uid, authKey)` | [`CometChat::login`](Client::login) with an [`AuthKey`] |
//! | `login(authToken)` | [`CometChat::login`](Client::login) with an [`AuthToken`] |
//! | `logout` | [`CometChat::logout`](Client::logout) |
//! | none: a token that expires | [`TokenExpired`] asks for a new one, [`CometChat::renew_token`](Client::renew_token) gives it |
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
//! | `sendMessage`, `sendMediaMessage`, `sendCustomMessage`, `sendInteractiveMessage`, `sendDirectMessage`, `sendGroupMessage` | [`send_message`](Client::send_message) |
//! | none: messages that wait for the network, or failed | [`OutboxChanged`], [`resend`](Client::resend), [`discard`](Client::discard); [`SendsPaused`] when there were too many |
//! | `sendTransientMessage` | [`send_transient_message`](Client::send_transient_message) |
//! | `startTyping`, `endTyping` | [`start_typing`](Client::start_typing), [`end_typing`](Client::end_typing) |
//! | `markAsRead`, `markAsDelivered` | [`mark_as_read`](Client::mark_as_read), [`mark_as_delivered`](Client::mark_as_delivered) |
//! | `markAsUnread`, `markMessageAsUnread` | [`mark_as_unread`](Client::mark_as_unread) |
//! | `editMessage`, `deleteMessage` | [`edit_message`](Client::edit_message), [`delete_message`](Client::delete_message) |
//! | `addReaction`, `removeReaction`, `ReactionsRequestBuilder` | [`add_reaction`](Client::add_reaction), [`remove_reaction`](Client::remove_reaction), [`ReactionsRequest`] |
//! | `getMessageDetails`, `getMessageReceipts` | [`message`](Client::message), [`message_receipts`](Client::message_receipts) |
//! | `flagMessage`, `getFlagReasons` | [`flag_message`](Client::flag_message), [`flag_reasons`](Client::flag_reasons) |
//! | `markAsInteracted` | [`mark_as_interacted`](Client::mark_as_interacted) |
//! | `MessagesRequestBuilder`, `fetchNext`, `fetchPrevious` | [`MessagesRequest`], [`fetch_next`](Client::fetch_next), [`fetch_previous`](Client::fetch_previous) |
//! | `getLastDeliveredMessageId` | none: missed messages are fetched automatically, [`MessagesRecovered`] |
//! | `CometChatHelper.processMessage`, `.getConversationFromMessage`, `.updateMessageWithReactionInfo` | none: the history does it |
//! | `pinMessage`, `saveMessage`, `pinConversation`, `subscribeToThread`, `ThreadsRequestBuilder` and their opposites | none: of the JavaScript SDK 4.2 alone |
//!
//! # Conversations, users, groups
//!
//! | CometChat | here |
//! |---|---|
//! | `ConversationsRequestBuilder` | [`ConversationsRequest`] |
//! | `getConversation`, `deleteConversation`, `tagConversation` | [`conversation`](Client::conversation), [`delete_conversation`](Client::delete_conversation), [`tag_conversation`](Client::tag_conversation) |
//! | `markConversationAsRead`, `markConversationAsDelivered` | [`mark_conversation_as_read`](Client::mark_conversation_as_read), [`mark_conversation_as_delivered`](Client::mark_conversation_as_delivered) |
//! | `getUnreadMessageCount`, `…ForAllUsers`, `…ForAllGroups` | [`unread_counts`](Client::unread_counts) |
//! | `getUnreadMessageCountForUser`, `…ForGroup` | [`unread_count`](Client::unread_count) |
//! | `getUser`, `UsersRequestBuilder` | [`user`](Client::user), [`UsersRequest`] |
//! | `updateCurrentUserDetails` | [`update_current_user_details`](Client::update_current_user_details) |
//! | `createUser`, `updateUser` | [`create_user`](Client::create_user), [`update_user`](Client::update_user) |
//! | `blockUsers`, `unblockUsers`, `BlockedUsersRequestBuilder` | [`block_users`](Client::block_users), [`unblock_users`](Client::unblock_users), [`BlockedUsersRequest`] |
//! | `getOnlineUserCount`, `getOnlineGroupMemberCount` | [`online_user_count`](Client::online_user_count), [`online_group_member_count`](Client::online_group_member_count) |
//! | `createGroup`, `createGroupWithMembers` | [`create_group`](Client::create_group), [`create_group_with_members`](Client::create_group_with_members) |
//! | `getGroup`, `GroupsRequestBuilder` | [`group`](Client::group), [`GroupsRequest`] |
//! | `joinGroup`, `leaveGroup` | [`join_group`](Client::join_group), [`leave_group`](Client::leave_group); or a [`ChatZone`] does it |
//! | `updateGroup`, `deleteGroup` | [`update_group`](Client::update_group), [`delete_group`](Client::delete_group) |
//! | `GroupMembersRequestBuilder`, `BannedMembersRequestBuilder` | [`GroupMembersRequest`], [`BannedMembersRequest`] |
//! | `addMembersToGroup` | [`add_members_to_group`](Client::add_members_to_group) |
//! | `kickGroupMember`, `banGroupMember`, `unbanGroupMember` | [`kick_group_member`](Client::kick_group_member), [`ban_group_member`](Client::ban_group_member), [`unban_group_member`](Client::unban_group_member) |
//! | `updateGroupMemberScope`, `transferGroupOwnership` | [`update_group_member_scope`](Client::update_group_member_scope), [`transfer_group_ownership`](Client::transfer_group_ownership) |
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
//! | `CallListener` and all about calls | none: calls are out of scope; a call's frames arrive as [`RawReceived`] |
//! | `CometChatNotifications`, push tokens and preferences | none: out of scope |
//! | AI: conversation starters, smart replies, summaries | none: out of scope |
//!
//! # Errors
//!
//! A `CometChatException` is a [`ChatError`]; its `code` is [`ErrorCode`], which is displayed in CometChat's spelling.

#[allow(unused_imports, reason = "for the links")]
use crate::{
    client::{AppSettingsBuilder, *},
    model::*,
    plugin::*,
};
