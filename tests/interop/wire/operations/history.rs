//! Lists of messages and of reactions.

use bevy_cometchat::{
    client::{MessagesRequest, ReactionsRequest},
    model::*,
};

use super::{Operation, bob, both, guild, ok};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        both(
            "history with a user",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .build().fetchPrevious()",
            |it| ok(it.client.fetch_previous(&with_bob().pager())),
        ),
        both(
            "history before a message",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setMessageId(theirs)\
             .setLimit(30).build().fetchPrevious()",
            |it| {
                let before = with_bob().from_message(it.theirs).pager();
                ok(it.client.fetch_previous(&before))
            },
        ),
        both(
            "history after a message",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setMessageId(theirs)\
             .setLimit(30).build().fetchNext()",
            |it| {
                let after = with_bob().from_message(it.theirs).pager();
                ok(it.client.fetch_next(&after))
            },
        ),
        both(
            "history page by page",
            "(keep.pages = new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(1).build())\
             .fetchPrevious().then(() => keep.pages.fetchPrevious())",
            |it| {
                let pages = with_bob().with_limit(1).pager();
                ok(it.client.fetch_previous(&pages));
                ok(it.client.fetch_previous(&pages))
            },
        ),
        both(
            "history of a group",
            "new CometChat.MessagesRequestBuilder().setGUID('guild').setLimit(30)\
             .build().fetchPrevious()",
            |it| {
                let guild = MessagesRequest::in_conversation(guild()).pager();
                ok(it.client.fetch_previous(&guild))
            },
        ),
        both(
            "history of a thread",
            "new CometChat.MessagesRequestBuilder().setParentMessageId(theirs).setLimit(30)\
             .build().fetchPrevious()",
            |it| {
                let thread = MessagesRequest::in_thread_of(it.theirs).pager();
                ok(it.client.fetch_previous(&thread))
            },
        ),
        both(
            "history of everything",
            "new CometChat.MessagesRequestBuilder().setLimit(30).build().fetchPrevious()",
            |it| {
                let everything = MessagesRequest::everywhere().pager();
                ok(it.client.fetch_previous(&everything))
            },
        ),
        both(
            "history with filters",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .setCategories(['message', 'custom']).setTypes(['text', 'ping']).setTags(['a', 'b'])\
             .withTags(true).setSearchKeyword('a b').setUnread(true).hideReplies(true)\
             .hideDeletedMessages(true).hideMessagesFromBlockedUsers(true)\
             .hideQuotedMessages(true).build().fetchPrevious()",
            |it| {
                let some = with_bob()
                    .of_categories(["message", "custom"])
                    .of_kinds(["text", "ping"])
                    .with_tags(["a", "b"])
                    .including_tags()
                    .search("a b")
                    .only_unread()
                    .without_replies()
                    .without_deleted()
                    .without_blocked_users()
                    .without_quoting()
                    .pager();
                ok(it.client.fetch_previous(&some))
            },
        ),
        both(
            "history by content",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .hasAttachments(true).hasLinks(true).hasMentions(true).hasReactions(true)\
             .setMentionedUIDs(['bob', 'carol'])\
             .setAttachmentTypes([CometChat.AttachmentType.IMAGE]).build().fetchPrevious()",
            |it| {
                let some = with_bob()
                    .only_with_attachments()
                    .only_with_links()
                    .only_with_mentions()
                    .only_with_reactions()
                    .mentioning(["bob", "carol"])
                    .with_attachment_types(["image"])
                    .pager();
                ok(it.client.fetch_previous(&some))
            },
        ),
        both(
            "history with all that can be told",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .setInteractionGoalCompletedOnly(true).mentionsWithTagInfo(true)\
             .mentionsWithBlockedInfo(true).build().fetchPrevious()",
            |it| {
                let some = with_bob()
                    .only_completed_interactions()
                    .including_tags_of_mentioned()
                    .including_blocked_of_mentioned()
                    .pager();
                ok(it.client.fetch_previous(&some))
            },
        ),
        both(
            "history of changes",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .setUpdatedAfter(1700000000).updatesOnly(true).build().fetchNext()",
            |it| {
                let changes = with_bob()
                    .updated_after(Timestamp(1_700_000_000))
                    .only_updates()
                    .pager();
                ok(it.client.fetch_next(&changes))
            },
        ),
        both(
            "history before a time",
            "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(30)\
             .setTimestamp(1700000000).build().fetchPrevious()",
            |it| {
                let before = with_bob().from_time(Timestamp(1_700_000_000)).pager();
                ok(it.client.fetch_previous(&before))
            },
        ),
        both(
            "reactions",
            "new CometChat.ReactionsRequestBuilder().setMessageId(theirs).setLimit(10)\
             .build().fetchNext()",
            |it| {
                ok(it
                    .client
                    .fetch_next(&ReactionsRequest::to(it.theirs).pager()))
            },
        ),
        both(
            "reactions alike",
            "new CometChat.ReactionsRequestBuilder().setMessageId(theirs).setLimit(10)\
             .setReaction('😂').build().fetchPrevious()",
            |it| {
                let laughing = ReactionsRequest::to(it.theirs).with_reaction("😂").pager();
                ok(it.client.fetch_previous(&laughing))
            },
        ),
    ]
}

fn with_bob() -> MessagesRequest {
    MessagesRequest::in_conversation(bob())
}
