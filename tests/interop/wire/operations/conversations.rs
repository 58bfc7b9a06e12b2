//! Conversations, and what of them is read.

use bevy_cometchat::client::ConversationsRequest;

use super::{Operation, bob, both, guild, ok};
use crate::wire::side::done;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        both(
            "mark as delivered",
            "CometChat.getMessageDetails(theirs).then((m) => CometChat.markAsDelivered(m))",
            |it| {
                let theirs = done(it.client.message(it.theirs));
                ok(it.client.mark_as_delivered(&theirs))
            },
        )
        .until("receipts"),
        both(
            "mark as read",
            "CometChat.getMessageDetails(theirs).then((m) => CometChat.markAsRead(m))",
            |it| {
                let theirs = done(it.client.message(it.theirs));
                ok(it.client.mark_as_read(&theirs))
            },
        )
        .until("receipts"),
        both(
            "mark as read in a group",
            "CometChat.getMessageDetails(ours).then((m) => CometChat.markAsRead(m))",
            |it| {
                let ours = done(it.client.message(it.ours));
                ok(it.client.mark_as_read(&ours))
            },
        )
        .until("receipts"),
        both(
            "mark a conversation as delivered",
            "CometChat.markConversationAsDelivered('bob', 'user')",
            |it| ok(it.client.mark_conversation_as_delivered(bob())),
        ),
        both(
            "mark a conversation as read",
            "CometChat.markConversationAsRead('bob', 'user')",
            |it| ok(it.client.mark_conversation_as_read(bob())),
        ),
        both(
            "mark a group's conversation as delivered",
            "CometChat.markConversationAsDelivered('guild', 'group')",
            |it| ok(it.client.mark_conversation_as_delivered(guild())),
        ),
        both(
            "mark a group's conversation as read",
            "CometChat.markConversationAsRead('guild', 'group')",
            |it| ok(it.client.mark_conversation_as_read(guild())),
        ),
        both(
            "mark as unread in a group",
            "CometChat.getMessageDetails(ours).then((m) => CometChat.markMessageAsUnread(m))",
            |it| {
                let ours = done(it.client.message(it.ours));
                ok(it.client.mark_as_unread(&ours))
            },
        ),
        both(
            "mark as unread",
            "CometChat.getMessageDetails(theirs).then((m) => CometChat.markMessageAsUnread(m))",
            |it| {
                let theirs = done(it.client.message(it.theirs));
                ok(it.client.mark_as_unread(&theirs))
            },
        ),
        both("unread counts", "CometChat.getUnreadMessageCount()", |it| {
            ok(it.client.unread_counts())
        }),
        both(
            "unread count of a user",
            "CometChat.getUnreadMessageCountForUser('bob')",
            |it| ok(it.client.unread_count(bob())),
        ),
        both(
            "unread count of a group",
            "CometChat.getUnreadMessageCountForGroup('guild')",
            |it| ok(it.client.unread_count(guild())),
        ),
        both(
            "conversations",
            "new CometChat.ConversationsRequestBuilder().setLimit(30).build().fetchNext()",
            |it| {
                let all = ConversationsRequest::all().with_limit(30).pager();
                ok(it.client.fetch_next(&all))
            },
        ),
        both(
            "conversations with filters",
            "new CometChat.ConversationsRequestBuilder().setLimit(30).setConversationType('user')\
             .setUnread(true).setTags(['a', 'b']).withTags(true).setUserTags(['c'])\
             .setGroupTags(['d']).withUserAndGroupTags(true).setIncludeBlockedUsers(true)\
             .setWithBlockedInfo(true).setSearchKeyword('b').build().fetchNext()",
            |it| {
                let some = ConversationsRequest::with_users()
                    .with_limit(30)
                    .only_unread()
                    .with_tags(["a", "b"])
                    .including_tags()
                    .with_user_tags(["c"])
                    .with_group_tags(["d"])
                    .including_tags_of_others()
                    .including_blocked_users()
                    .including_blocked_info()
                    .search("b")
                    .pager();
                ok(it.client.fetch_next(&some))
            },
        ),
        both(
            "a conversation",
            "CometChat.getConversation('bob', 'user')",
            |it| ok(it.client.conversation(bob())),
        ),
        both(
            "a group's conversation",
            "CometChat.getConversation('guild', 'group')",
            |it| ok(it.client.conversation(guild())),
        ),
        both(
            "tag a group's conversation",
            "CometChat.tagConversation('guild', 'group', ['a'])",
            |it| ok(it.client.tag_conversation(guild(), ["a"])),
        ),
        both(
            "tag a conversation",
            "CometChat.tagConversation('bob', 'user', ['a', 'b'])",
            |it| ok(it.client.tag_conversation(bob(), ["a", "b"])),
        ),
        both(
            "delete a conversation",
            "CometChat.deleteConversation('bob', 'user')",
            |it| ok(it.client.delete_conversation(bob())),
        ),
        both(
            "delete a group's conversation",
            "CometChat.deleteConversation('guild', 'group')",
            |it| ok(it.client.delete_conversation(guild())),
        ),
    ]
}
