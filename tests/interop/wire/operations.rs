//! What is compared, one entry each: what to call it, what the SDK does, and what the client does, once it can.

use bevy_cometchat::{
    client::{AuthKey, AuthToken, MessageApi, Request},
    model::*,
};
use serde_json::json;

use super::side::{Doing, done, log_in};
use crate::stage::KEY;

pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// An expression; sees `mine` and `theirs`, the ids of a message of alice's to bob and of one of his to her.
    pub(crate) sdk: &'static str,
    pub(crate) client: Option<fn(&Doing<'_>)>,
    /// The type of the frame that comes last, where that is what the operation is about.
    pub(crate) ends_with_frame: Option<&'static str>,
}

const fn both(name: &'static str, sdk: &'static str, client: fn(&Doing<'_>)) -> Operation {
    Operation {
        name,
        sdk,
        client: Some(client),
        ends_with_frame: None,
    }
}

/// What the client does not do yet.
const fn sdk(name: &'static str, sdk: &'static str) -> Operation {
    Operation {
        name,
        sdk,
        client: None,
        ends_with_frame: None,
    }
}

impl Operation {
    const fn until(mut self, frame: &'static str) -> Self {
        self.ends_with_frame = Some(frame);
        self
    }
}

/// In order: the first logs in, the last logs out.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        both("log in", "CometChat.login('alice', key)", |it| {
            log_in(it, AuthKey::new("alice", KEY))
        })
        .until("auth"),
        both(
            "send a text",
            "CometChat.sendMessage(new CometChat.TextMessage('bob', 'Hello', 'user'))",
            |it| ok(it.client.send_message(TextMessage::to_user("bob", "Hello"))),
        ),
        both(
            "send a text to a group",
            "CometChat.sendMessage(new CometChat.TextMessage('guild', 'Hello', 'group'))",
            |it| {
                ok(it
                    .client
                    .send_message(TextMessage::to_group("guild", "Hello")))
            },
        ),
        both(
            "send a text with all there is",
            "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'Hello <@uid:bob>', \
             'user'), { setMuid: 'm-1', setMetadata: { level: 3 }, setTags: ['a', 'b'] }))",
            |it| {
                ok(it.client.send_message(
                    TextMessage::to_user("bob", "Hello <@uid:bob>")
                        .with_muid("m-1")
                        .with_metadata(&json!({"level": 3}))
                        .unwrap()
                        .with_tag("a")
                        .with_tag("b"),
                ))
            },
        ),
        both(
            "reply in a thread",
            "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'Yes', 'user'), \
             { setParentMessageId: theirs }))",
            |it| {
                ok(it
                    .client
                    .send_message(TextMessage::to_user("bob", "Yes").in_thread_of(it.theirs)))
            },
        ),
        both(
            "quote",
            "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'Yes', 'user'), \
             { setQuotedMessageId: theirs }))",
            |it| {
                ok(it
                    .client
                    .send_message(TextMessage::to_user("bob", "Yes").quoting(it.theirs)))
            },
        ),
        both(
            "send a file by its URL",
            "CometChat.sendMediaMessage(having(new CometChat.MediaMessage('bob', '', 'image', \
             'user'), { setAttachments: [new CometChat.Attachment({ name: 'map', \
             extension: 'png', mimeType: 'image/png', size: 1234, \
             url: 'https://example.com/map.png' })], setCaption: 'The north' }))",
            |it| {
                ok(it.client.send_message(
                    MediaMessage::new(bob(), MediaKind::Image)
                        .with_attachment(map())
                        .with_caption("The north"),
                ))
            },
        ),
        both(
            "upload files",
            "CometChat.sendMediaMessage(having(new CometChat.MediaMessage('bob', \
             [new File(['one'], 'one.txt', { type: 'text/plain' }), new File(['two'], 'two.txt', \
             { type: 'text/plain' })], 'file', 'user'), { setCaption: 'Two', setTags: ['a'], \
             setMetadata: { level: 3 } }))",
            |it| {
                ok(it.client.send_message(
                    MediaMessage::new(bob(), MediaKind::File)
                        .with_upload(Upload::new("one.txt", "text/plain", *b"one"))
                        .with_upload(Upload::new("two.txt", "text/plain", *b"two"))
                        .with_caption("Two")
                        .with_tag("a")
                        .with_metadata(&json!({"level": 3}))
                        .unwrap(),
                ))
            },
        ),
        both(
            "upload a file in a thread",
            "CometChat.sendMediaMessage(having(new CometChat.MediaMessage('bob', \
             new File(['one'], 'one.txt', { type: 'text/plain' }), 'file', 'user'), \
             { setParentMessageId: theirs }))",
            |it| {
                ok(it.client.send_message(
                    MediaMessage::new(bob(), MediaKind::File)
                        .with_upload(Upload::new("one.txt", "text/plain", *b"one"))
                        .in_thread_of(it.theirs),
                ))
            },
        ),
        both(
            "upload a file that quotes",
            "CometChat.sendMediaMessage(having(new CometChat.MediaMessage('bob', \
             new File(['one'], 'one.txt', { type: 'text/plain' }), 'file', 'user'), \
             { setQuotedMessageId: theirs }))",
            |it| {
                ok(it.client.send_message(
                    MediaMessage::new(bob(), MediaKind::File)
                        .with_upload(Upload::new("one.txt", "text/plain", *b"one"))
                        .quoting(it.theirs),
                ))
            },
        ),
        both(
            "send a custom message",
            "CometChat.sendCustomMessage(having(new CometChat.CustomMessage('bob', 'user', \
             'ping', { x: 1 }), { setSubType: 'danger', setConversationText: 'A place', \
             shouldUpdateConversation: true, shouldSendNotification: false }))",
            |it| {
                ok(it.client.send_message(
                    CustomMessage::new(bob(), "ping", &json!({"x": 1}))
                        .unwrap()
                        .with_sub_type("danger")
                        .with_text("A place")
                        .updating_conversation(true)
                        .sending_notification(false),
                ))
            },
        ),
        both(
            "send an interactive message",
            "CometChat.sendInteractiveMessage(new CometChat.InteractiveMessage('bob', 'user', \
             'form', { title: 'T' }, new CometChat.InteractionGoal('anyAction', ['yes'])))",
            |it| {
                ok(it.client.send_message(
                    InteractiveMessage::new(bob(), "form", &json!({"title": "T"}))
                        .unwrap()
                        .with_goal(&json!({"type": "anyAction", "elementIds": ["yes"]}))
                        .unwrap(),
                ))
            },
        ),
        both(
            "send a transient message",
            "CometChat.sendTransientMessage(new CometChat.TransientMessage('bob', 'user', \
             { emote: 'wave' }))",
            |it| {
                ok(it.client.send_transient_message(
                    TransientMessage::new(bob(), &json!({"emote": "wave"})).unwrap(),
                ))
            },
        )
        .until("transient_message"),
        both(
            "edit a text",
            "CometChat.editMessage(having(new CometChat.TextMessage('bob', 'Better', 'user'), \
             { setId: mine }))",
            |it| {
                ok(it
                    .client
                    .edit_message(it.mine, TextMessage::to_user("bob", "Better")))
            },
        ),
        both(
            "edit a custom message",
            "CometChat.sendCustomMessage(new CometChat.CustomMessage('bob', 'user', 'ping', \
             { x: 1 }))\
             .then((sent) => CometChat.editMessage(having(new CometChat.CustomMessage('bob', \
             'user', 'ping', { x: 2 }), { setId: sent.getId() })))",
            |it| {
                let sent = done(
                    it.client
                        .send_message(CustomMessage::new(bob(), "ping", &json!({"x": 1})).unwrap()),
                );
                ok(it.client.edit_message(
                    sent.id,
                    CustomMessage::new(bob(), "ping", &json!({"x": 2})).unwrap(),
                ))
            },
        ),
        both("delete a message", "CometChat.deleteMessage(mine)", |it| {
            ok(it.client.delete_message(it.mine))
        }),
        both("react", "CometChat.addReaction(theirs, '😂')", |it| {
            ok(it.client.add_reaction(it.theirs, "😂"))
        }),
        both(
            "take a reaction back",
            "CometChat.addReaction(theirs, '😂').then(() => CometChat.removeReaction(theirs, '😂'))",
            |it| {
                ok(it.client.add_reaction(it.theirs, "😂"));
                ok(it.client.remove_reaction(it.theirs, "😂"))
            },
        ),
        sdk(
            "flag a message",
            "CometChat.flagMessage(theirs, { reasonId: 'spam', remark: 'again' })",
        ),
        sdk("interact", "CometChat.markAsInteracted(theirs, 'yes')"),
        sdk("message details", "CometChat.getMessageDetails(theirs)"),
        sdk("message receipts", "CometChat.getMessageReceipts(mine)"),
        both(
            "start typing",
            "CometChat.startTyping(new CometChat.TypingIndicator('bob', 'user'))",
            |it| ok(it.client.start_typing(bob())),
        )
        .until("typing_indicator"),
        both(
            "end typing",
            "CometChat.endTyping(new CometChat.TypingIndicator('bob', 'user'))",
            |it| ok(it.client.end_typing(bob())),
        )
        .until("typing_indicator"),
        sdk(
            "mark as delivered",
            "CometChat.markAsDelivered(theirs, 'bob', 'user', 'bob')",
        )
        .until("receipts"),
        sdk(
            "mark as read",
            "CometChat.markAsRead(theirs, 'bob', 'user', 'bob')",
        )
        .until("receipts"),
        sdk(
            "mark a conversation as delivered",
            "CometChat.markConversationAsDelivered('bob', 'user')",
        ),
        sdk(
            "mark a conversation as read",
            "CometChat.markConversationAsRead('bob', 'user')",
        ),
        sdk(
            "mark as unread",
            "CometChat.getMessageDetails(theirs).then((m) => CometChat.markMessageAsUnread(m))",
        ),
        sdk("unread counts", "CometChat.getUnreadMessageCount()"),
        sdk(
            "unread count of a user",
            "CometChat.getUnreadMessageCountForUser('bob')",
        ),
        sdk(
            "unread count of a group",
            "CometChat.getUnreadMessageCountForGroup('guild')",
        ),
        sdk(
            "history with a user",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .build().fetchPrevious()",
        ),
        sdk(
            "history before a message",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setMessageId(theirs)\
             .setLimit(30).build().fetchPrevious()",
        ),
        sdk(
            "history after a message",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setMessageId(theirs)\
             .setLimit(30).build().fetchNext()",
        ),
        sdk(
            "history of a group",
            "new CometChat.MessagesRequestBuilder().setGUID('guild').setLimit(30)\
             .build().fetchPrevious()",
        ),
        sdk(
            "history of a thread",
            "new CometChat.MessagesRequestBuilder().setParentMessageId(theirs).setLimit(30)\
             .build().fetchPrevious()",
        ),
        sdk(
            "history of everything",
            "new CometChat.MessagesRequestBuilder().setLimit(30).build().fetchPrevious()",
        ),
        sdk(
            "history with filters",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .setCategories(['message', 'custom']).setTypes(['text', 'ping']).setTags(['a', 'b'])\
             .withTags(true).setSearchKeyword('a b').setUnread(true).hideReplies(true)\
             .hideDeletedMessages(true).hideMessagesFromBlockedUsers(true)\
             .hideQuotedMessages(true).build().fetchPrevious()",
        ),
        sdk(
            "history by content",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .hasAttachments(true).hasLinks(true).hasMentions(true).hasReactions(true)\
             .setMentionedUIDs(['bob', 'carol'])\
             .setAttachmentTypes([CometChat.AttachmentType.IMAGE]).build().fetchPrevious()",
        ),
        sdk(
            "history of changes",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .setUpdatedAfter(1700000000).updatesOnly(true).build().fetchNext()",
        ),
        sdk(
            "reactions",
            "new CometChat.ReactionsRequestBuilder().setMessageId(theirs).setLimit(10)\
             .build().fetchNext()",
        ),
        sdk(
            "conversations",
            "new CometChat.ConversationsRequestBuilder().setLimit(30).build().fetchNext()",
        ),
        sdk(
            "conversations with filters",
            "new CometChat.ConversationsRequestBuilder().setLimit(30).setConversationType('user')\
             .setUnread(true).setTags(['a', 'b']).withTags(true).setUserTags(['c'])\
             .setGroupTags(['d']).withUserAndGroupTags(true).setIncludeBlockedUsers(true)\
             .setWithBlockedInfo(true).setSearchKeyword('b').build().fetchNext()",
        ),
        sdk("a conversation", "CometChat.getConversation('bob', 'user')"),
        sdk(
            "tag a conversation",
            "CometChat.tagConversation('bob', 'user', ['a', 'b'])",
        ),
        sdk(
            "delete a conversation",
            "CometChat.deleteConversation('bob', 'user')",
        ),
        sdk(
            "users",
            "new CometChat.UsersRequestBuilder().setLimit(30).build().fetchNext()",
        ),
        sdk(
            "users with filters",
            "new CometChat.UsersRequestBuilder().setLimit(30).setStatus('online')\
             .setSearchKeyword('b o').searchIn(['name']).setRoles(['r', 's']).setTags(['a', 'b'])\
             .withTags(true).setUIDs(['bob', 'carol']).friendsOnly(true).hideBlockedUsers(true)\
             .sortBy('name').sortByOrder('desc').build().fetchNext()",
        ),
        sdk("a user", "CometChat.getUser('bob')"),
        sdk(
            "update the own profile",
            "CometChat.updateCurrentUserDetails(having(new CometChat.User('alice'), \
             { setName: 'Alicia', setAvatar: 'https://example.com/a.png', \
             setStatusMessage: 'Here', setMetadata: { level: 3 } }))",
        ),
        sdk("block", "CometChat.blockUsers(['carol'])"),
        sdk(
            "blocked users",
            "new CometChat.BlockedUsersRequestBuilder().setLimit(30).blockedByMe()\
             .build().fetchNext()",
        ),
        sdk("unblock", "CometChat.unblockUsers(['carol'])"),
        sdk(
            "create a group",
            "CometChat.createGroup(new CometChat.Group('tavern', 'Tavern', 'password', 'ale', \
             'https://example.com/i.png', 'Drinks'))",
        ),
        sdk(
            "create a group with members",
            "CometChat.createGroupWithMembers(new CometChat.Group('cellar', 'Cellar', \
             'private'), [new CometChat.GroupMember('bob', 'moderator')], ['carol'])",
        ),
        sdk(
            "leave a group",
            "CometChat.transferGroupOwnership('cellar', 'bob')\
             .then(() => CometChat.leaveGroup('cellar'))",
        ),
        sdk(
            "groups",
            "new CometChat.GroupsRequestBuilder().setLimit(30).build().fetchNext()",
        ),
        sdk(
            "groups with filters",
            "new CometChat.GroupsRequestBuilder().setLimit(30).joinedOnly(true)\
             .setSearchKeyword('g').setTags(['a']).withTags(true).build().fetchNext()",
        ),
        sdk("a group", "CometChat.getGroup('guild')"),
        sdk(
            "update a group",
            "CometChat.updateGroup(new CometChat.Group('guild', 'The Guild', 'public'))",
        ),
        sdk(
            "members",
            "new CometChat.GroupMembersRequestBuilder('guild').setLimit(30)\
             .setScopes(['participant']).setSearchKeyword('b').build().fetchNext()",
        ),
        sdk(
            "add members",
            "CometChat.addMembersToGroup('guild', [new CometChat.GroupMember('carol', \
             'participant')], [])",
        ),
        sdk(
            "change a scope",
            "CometChat.updateGroupMemberScope('guild', 'carol', 'moderator')",
        ),
        sdk("kick", "CometChat.kickGroupMember('guild', 'carol')"),
        sdk("ban", "CometChat.banGroupMember('guild', 'carol')"),
        sdk(
            "banned members",
            "new CometChat.BannedMembersRequestBuilder('guild').setLimit(30).build().fetchNext()",
        ),
        sdk("unban", "CometChat.unbanGroupMember('guild', 'carol')"),
        sdk("delete a group", "CometChat.deleteGroup('tavern')"),
        both("log out", "CometChat.logout()", |it| ok(it.client.logout())),
        both("log in by a token", "CometChat.login(token)", |it| {
            log_in(it, AuthToken::new(it.token))
        })
        .until("auth"),
    ]
}

fn ok<T: Clone>(request: Request<T>) {
    done(request);
}

fn bob() -> Uid {
    Uid::from("bob")
}

fn map() -> Attachment {
    let mut map = Attachment::new("https://example.com/map.png", "map", "image/png");
    (map.extension, map.size) = ("png".into(), 1234);
    map
}
