//! Messages: sending, changing, reacting, and what goes over the connection.

use bevy_cometchat::model::*;
use serde_json::json;

use super::{Operation, bob, both, guild, ok};
use crate::wire::side::done;

pub(super) fn operations() -> Vec<Operation> {
    vec![
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
            "send a transient message to a group",
            "CometChat.sendTransientMessage(new CometChat.TransientMessage('guild', 'group', \
             { emote: 'wave' }))",
            |it| {
                ok(it.client.send_transient_message(
                    TransientMessage::new(guild(), &json!({"emote": "wave"})).unwrap(),
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
        both(
            "flag a message",
            "CometChat.flagMessage(theirs, { reasonId: 'spam', remark: 'again' })",
            |it| ok(it.client.flag_message(it.theirs, "spam", Some("again"))),
        ),
        both(
            "interact",
            "CometChat.markAsInteracted(theirs, 'yes')",
            |it| ok(it.client.mark_as_interacted(it.theirs, "yes")),
        ),
        both(
            "message details",
            "CometChat.getMessageDetails(theirs)",
            |it| ok(it.client.message(it.theirs)),
        ),
        both(
            "message receipts",
            "CometChat.getMessageReceipts(mine)",
            |it| ok(it.client.message_receipts(it.mine)),
        ),
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
        both(
            "start typing in a group",
            "CometChat.startTyping(new CometChat.TypingIndicator('guild', 'group'))",
            |it| ok(it.client.start_typing(guild())),
        )
        .until("typing_indicator"),
        both(
            "end typing in a group",
            "CometChat.endTyping(new CometChat.TypingIndicator('guild', 'group'))",
            |it| ok(it.client.end_typing(guild())),
        )
        .until("typing_indicator"),
    ]
}

fn map() -> Attachment {
    let mut map = Attachment::new("https://example.com/map.png", "map", "image/png");
    (map.extension, map.size) = ("png".into(), 1234);
    map
}
