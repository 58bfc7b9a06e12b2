//! A game on this crate's client and a page on CometChat's SDK, in one conversation.

#[path = "game_and_page/lists.rs"]
mod lists;
#[path = "game_and_page/people.rs"]
mod people;
#[path = "game_and_page/receipts.rs"]
mod receipts;

use bevy_cometchat::{
    InteractionCompleted,
    model::{
        Attachment, GroupActionKind, GroupScope, InteractiveMessage, MediaKind, MessageContent,
        ReceiptKind, Upload,
    },
    prelude::*,
};
use serde_json::{Value, json};

use super::{game::Game, page::Page, stage::Stage};

/// Alice plays the game, bob has the page open.
fn game_and_page(stage: &Stage) -> (Game, Page<'static>) {
    (stage.game("alice"), stage.page("bob"))
}

fn bob() -> Uid {
    Uid::from("bob")
}

/// What the page sends to alice, or to a group.
fn say(page: &Page<'_>, to: &str, kind: &str, text: &str) -> Value {
    let code = "CometChat.sendMessage(new CometChat.TextMessage(to, text, kind))";
    page.run_with(code, json!({"to": to, "kind": kind, "text": text}))
}

/// A group of bob's with alice and carol in it.
fn guild(game: &mut Game, page: &Page<'_>) {
    page.run(
        "CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [
            new CometChat.GroupMember('alice', 'participant'), new CometChat.GroupMember('carol', 'participant'),
        ], [])",
    );
    game.next::<GroupChanged>();
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn texts_go_both_ways_with_all_that_is_attached() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let text = TextMessage::to_user("bob", "From the game 🎮, <@uid:bob>")
        .with_muid("m-1")
        .with_tag("first")
        .with_metadata(&json!({"level": 3}))
        .unwrap();
    let sent = game.does(|chat| chat.send_message(text));
    let got = page.next("onTextMessageReceived");
    assert_eq!(got["text"], "From the game 🎮, <@uid:bob>");
    assert_eq!(got["sender"]["name"], "Alice");
    assert_eq!(
        (&got["muid"], &got["tags"]),
        (&json!("m-1"), &json!(["first"]))
    );
    assert_eq!(got["metadata"], json!({"level": 3}));
    assert_eq!(
        (&got["hasMentionedMe"], &got["id"]),
        (&json!(true), &json!(sent.id.to_string()))
    );

    page.run(
        "CometChat.sendMessage(having(new CometChat.TextMessage('alice', 'From the page 🌐, <@uid:alice>', 'user'), {
            setMuid: 'p-1', setTags: ['second'], setMetadata: { level: 4 },
        }))",
    );
    let heard = game.next::<MessageReceived>();
    assert_eq!(heard.text(), Some("From the page 🌐, <@uid:alice>"));
    assert_eq!(
        (&*heard.sender.name, heard.muid.as_deref()),
        ("Bob", Some("p-1"))
    );
    assert_eq!(heard.tags(), ["second".into()]);
    assert_eq!(heard.metadata.as_ref().unwrap().as_str(), r#"{"level":4}"#);
    assert!(heard.is_mentioned(&"alice".into()));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn threads_and_quotes_go_both_ways() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let sent = game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Who comes?")));
    let asked = page.next("onTextMessageReceived");
    let code = "CometChat.sendMessage(having(new CometChat.TextMessage('alice', text, 'user'), { [how]: id }))";
    let answer = |text: &str, how: &str| {
        page.run_with(code, json!({"text": text, "how": how, "id": asked["id"]}));
    };
    answer("I do", "setParentMessageId");
    assert_eq!(game.next::<MessageReceived>().parent_id, Some(sent.id));
    answer("To this", "setQuotedMessageId");
    let quoting = game.next::<MessageReceived>();
    assert_eq!(
        quoting.quoted().and_then(|quoted| quoted.text()),
        Some("Who comes?")
    );

    let reply = TextMessage::to_user("bob", "Good").in_thread_of(sent.id);
    game.does(|chat| chat.send_message(reply));
    let got = page.next("onTextMessageReceived");
    assert_eq!(
        got["parentMessageId"].to_string().trim_matches('"'),
        sent.id.to_string()
    );
    let quoting = TextMessage::to_user("bob", "And this").quoting(quoting.id);
    game.does(|chat| chat.send_message(quoting));
    assert_eq!(
        page.next("onTextMessageReceived")["quotedMessage"]["text"],
        "To this"
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn files_go_both_ways() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let upload = MediaMessage::new(bob(), MediaKind::File)
        .with_upload(Upload::new("log \"1\".txt", "text/plain", *b"it began"))
        .with_caption("My log");
    game.does(|chat| chat.send_message(upload));
    let got = page.next("onMediaMessageReceived");
    assert_eq!(
        (&got["caption"], &got["type"]),
        (&json!("My log"), &json!("file"))
    );
    assert_eq!(
        (
            &got["attachments"][0]["name"],
            &got["attachments"][0]["size"]
        ),
        (&json!("log \"1\".txt"), &json!(8))
    );
    let fetch = "fetch(url).then((reply) => reply.text())";
    let url = &got["attachments"][0]["url"];
    assert_eq!(page.run_with(fetch, json!({"url": url})), "it began");

    let map = Attachment::new("https://example.com/map.png", "map.png", "image/png");
    let by_url = MediaMessage::new(bob(), MediaKind::Image).with_attachment(map);
    game.does(|chat| chat.send_message(by_url));
    assert_eq!(
        page.next("onMediaMessageReceived")["attachments"][0]["url"],
        "https://example.com/map.png"
    );

    page.run(
        "CometChat.sendMediaMessage(having(
            new CometChat.MediaMessage('alice', new File(['notes'], 'notes.txt', { type: 'text/plain' }), 'file', 'user'),
            { setCaption: 'Mine' },
        ))",
    );
    let heard = game.next::<MessageReceived>();
    let MessageContent::Media(media) = &heard.content else {
        panic!("no media: {heard:?}");
    };
    assert_eq!(
        (media.kind, media.caption.as_deref()),
        (MediaKind::File, Some("Mine"))
    );
    let file = &media.attachments[0];
    assert_eq!(
        (&*file.name, &*file.mime_type, file.size),
        ("notes.txt", "text/plain", 5)
    );
    assert_eq!(page.run_with(fetch, json!({"url": *file.url})), "notes");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn data_of_all_kinds_goes_both_ways() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let ping = CustomMessage::new(bob(), "map_ping", &json!({"x": 1.5}))
        .unwrap()
        .with_text("A place")
        .with_sub_type("danger");
    game.does(|chat| chat.send_message(ping));
    let got = page.next("onCustomMessageReceived");
    assert_eq!(
        (&got["type"], &got["subType"]),
        (&json!("map_ping"), &json!("danger"))
    );
    assert_eq!(
        (&got["customData"], &got["conversationText"]),
        (&json!({"x": 1.5}), &json!("A place"))
    );
    page.run(
        "CometChat.sendCustomMessage(having(new CometChat.CustomMessage('alice', 'user', 'dice', { rolled: 6 }), {
            setConversationText: 'A six',
        }))",
    );
    let heard = game.next::<MessageReceived>();
    let MessageContent::Custom(custom) = &heard.content else {
        panic!("no custom data: {heard:?}");
    };
    assert_eq!(
        (&*custom.kind, custom.data.as_str(), heard.text()),
        ("dice", r#"{"rolled":6}"#, Some("A six"))
    );

    let form = InteractiveMessage::new(bob(), "form", &json!({"title": "Join?"})).unwrap();
    let form = form
        .with_goal(&json!({"type": "anyAction", "elementIds": ["yes"]}))
        .unwrap();
    let form = game.does(|chat| chat.send_message(form));
    let got = page.next("onInteractiveMessageReceived");
    assert_eq!(
        (&got["interactiveData"], &got["type"]),
        (&json!({"title": "Join?"}), &json!("form"))
    );
    page.run_with(
        "CometChat.markAsInteracted(id, 'yes')",
        json!({"id": got["id"]}),
    );
    let interaction = game.next::<InteractionCompleted>();
    assert_eq!(
        (interaction.message_id, interaction.user.uid.as_str()),
        (form.id, "bob")
    );
    assert_eq!(&*interaction.elements[0].0, "yes");

    let wave = TransientMessage::new(bob(), &json!({"emote": "wave"})).unwrap();
    game.does(|chat| chat.send_transient_message(wave));
    let got = page.next("onTransientMessageReceived");
    assert_eq!(
        (&got["data"], &got["sender"]["name"]),
        (&json!({"emote": "wave"}), &json!("Alice"))
    );
    page.run("CometChat.sendTransientMessage(new CometChat.TransientMessage('alice', 'user', { emote: 'bow' }))");
    let heard = game.next::<TransientReceived>();
    assert_eq!(
        (heard.data.as_str(), heard.user.uid.as_str()),
        (r#"{"emote":"bow"}"#, "bob")
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn changes_and_reactions_go_both_ways() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let sent = game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Helo")));
    let id = json!({"id": page.next("onTextMessageReceived")["id"]});
    game.does(|chat| chat.edit_message(sent.id, TextMessage::to_user("bob", "Hello")));
    let edited = page.next("onMessageEdited");
    assert_eq!(
        (&edited["text"], &edited["editedBy"]),
        (&json!("Hello"), &json!("alice"))
    );

    page.run_with("CometChat.addReaction(id, '😂')", id.clone());
    let reaction = game.next::<ReactionChanged>();
    assert_eq!(
        (&*reaction.reaction, reaction.added, reaction.message_id),
        ("😂", true, sent.id)
    );
    let message = game.does(|chat| chat.add_reaction(sent.id, "😂"));
    assert_eq!(
        (
            message.reactions()[0].count,
            message.reactions()[0].reacted_by_me
        ),
        (2, true)
    );
    assert_eq!(
        page.next("onMessageReactionAdded")["reaction"]["uid"],
        "alice"
    );
    game.does(|chat| chat.remove_reaction(sent.id, "😂"));
    assert_eq!(
        page.next("onMessageReactionRemoved")["reaction"]["reaction"],
        "😂"
    );
    page.run_with("CometChat.removeReaction(id, '😂')", id.clone());
    assert!(!game.next::<ReactionChanged>().added);

    game.does(|chat| chat.delete_message(sent.id));
    assert_eq!(page.next("onMessageDeleted")["deletedBy"], "alice");
    let text = "CometChat.sendMessage(new CometChat.TextMessage('alice', 'Mien', 'user'))";
    let id = json!({"id": page.run(text)["id"]});
    let heard = game.next::<MessageReceived>();
    let edit = "CometChat.editMessage(having(new CometChat.TextMessage('alice', 'Mine', 'user'), { setId: id }))";
    page.run_with(edit, id.clone());
    let edited = game.next::<MessageEdited>();
    assert_eq!((edited.id, edited.text()), (heard.id, Some("Mine")));
    page.run_with("CometChat.deleteMessage(id)", id);
    let deleted = game.next::<MessageDeleted>();
    assert!(deleted.id == heard.id && deleted.is_deleted());
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn typing_receipts_and_presence_are_told() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    assert_eq!(game.next::<PresenceChanged>().user.uid.as_str(), "bob");

    game.does(|chat| chat.start_typing(bob()));
    let started = page.next("onTypingStarted");
    assert_eq!(
        (&started["sender"]["uid"], &started["sender"]["status"]),
        (&json!("alice"), &json!("online"))
    );
    game.does(|chat| chat.end_typing(bob()));
    page.next("onTypingEnded");
    page.run("CometChat.startTyping(new CometChat.TypingIndicator('alice', 'user'))");
    let typing = game.next::<TypingChanged>();
    assert_eq!((typing.user.uid.as_str(), typing.typing), ("bob", true));
    page.run("CometChat.endTyping(new CometChat.TypingIndicator('alice', 'user'))");
    assert!(!game.next::<TypingChanged>().typing);

    let sent = game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Seen?")));
    page.next("onTextMessageReceived");
    let mark = "CometChat.getMessageDetails(id).then((message) => CometChat[how](message))";
    for (how, kind) in [
        ("markAsDelivered", ReceiptKind::Delivered),
        ("markAsRead", ReceiptKind::Read),
    ] {
        page.run_with(mark, json!({"id": sent.id.to_string(), "how": how}));
        let receipt = game.next::<ReceiptReceived>();
        assert_eq!(
            (receipt.kind, receipt.message_id, receipt.user.uid.as_str()),
            (kind, sent.id, "bob")
        );
    }

    drop(page);
    let gone = game.next::<PresenceChanged>();
    assert!(!gone.online && gone.user.uid == "bob");
    let carol = stage.page("carol");
    drop(game);
    assert_eq!(carol.next("onUserOffline")["uid"], "alice");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn they_meet_in_a_group() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    page.run(
        "CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [
            new CometChat.GroupMember('alice', 'participant'),
        ], [])",
    );
    let mut happened = || {
        let change = game.next::<GroupChanged>();
        let action = change.group_action().expect("an action");
        (
            action.kind,
            action.by.uid.to_string(),
            action.on.uid.to_string(),
        )
    };
    let by_bob = |kind, on: &str| (kind, "bob".to_owned(), on.to_owned());
    assert_eq!(happened(), by_bob(GroupActionKind::Added, "alice"));
    page.run("CometChat.updateGroupMemberScope('guild', 'alice', 'moderator')");
    let promoted = GroupActionKind::ScopeChanged {
        from: GroupScope::Participant,
        to: GroupScope::Moderator,
    };
    assert_eq!(happened(), by_bob(promoted, "alice"));
    let carol = stage.page("carol");
    carol.run("CometChat.joinGroup('guild', 'public')");
    assert_eq!(
        happened(),
        (
            GroupActionKind::Joined,
            "carol".to_owned(),
            "carol".to_owned()
        )
    );
    page.run("CometChat.kickGroupMember('guild', 'carol')");
    assert_eq!(happened(), by_bob(GroupActionKind::Kicked, "carol"));

    game.does(|chat| chat.send_message(TextMessage::to_group("guild", "Here I am")));
    let got = page.next("onTextMessageReceived");
    assert_eq!(
        (&got["text"], &got["receiver"]["guid"]),
        (&json!("Here I am"), &json!("guild"))
    );
    page.run("CometChat.sendMessage(new CometChat.TextMessage('guild', 'Welcome', 'group'))");
    assert_eq!(game.next::<MessageReceived>().text(), Some("Welcome"));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn typing_in_a_group_is_told_both_ways() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    guild(&mut game, &page);
    let carol = stage.page("carol");
    game.does(|chat| chat.start_typing(Guid::from("guild")));
    for other in [&page, &carol] {
        let started = other.next("onTypingStarted");
        assert_eq!(
            (&started["receiverId"], &started["sender"]["uid"]),
            (&json!("guild"), &json!("alice"))
        );
    }
    // Whoever sends has ended typing.
    game.does(|chat| chat.send_message(TextMessage::to_group("guild", "So")));
    page.next("onTypingEnded");

    for (method, typing) in [("startTyping", true), ("endTyping", false)] {
        let code = "CometChat[method](new CometChat.TypingIndicator('guild', 'group'))";
        page.run_with(code, json!({"method": method}));
        let told = game.next::<TypingChanged>();
        assert_eq!(
            (told.user.uid.as_str(), &told.receiver, told.typing),
            ("bob", &ReceiverId::Group("guild".into()), typing)
        );
    }
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_logs_out_is_gone_and_finds_what_was_said_meanwhile() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    game.does(|chat| chat.logout());
    assert_eq!(game.next::<LoggedOut>().user.uid, "alice");
    assert_eq!(page.next("onUserOffline")["uid"], "alice");
    say(&page, "alice", "user", "Are you gone?");
    let answer = || TextMessage::to_user("bob", "I am");
    assert_eq!(
        game.refused(|chat| chat.send_message(answer())),
        ErrorCode::UserNotLoggedIn
    );
    game.log_in("alice");
    assert_eq!(page.next("onUserOnline")["uid"], "alice");
    let history = MessagesRequest::in_conversation(bob()).pager();
    let missed = game.does(|chat| chat.fetch_previous(&history));
    assert_eq!(missed.items[0].text(), Some("Are you gone?"));

    page.run("CometChat.logout()");
    game.next::<PresenceChanged>();
    game.does(|chat| chat.send_message(answer()));
    page.log_in("bob");
    // The SDK took itself for connected all the while, and may not say that it is.
    assert_eq!(page.next("authenticated")["status"], "OK");
    let history = page.pager("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(1)");
    assert_eq!(history.previous()[0]["text"], "I am");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn both_come_back_after_the_server_was_killed() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let _stage = stage.restart();
    page.next("onDisconnected");
    page.run(
        "CometChat.sendMessage(new CometChat.TextMessage('alice', 'Missed by nobody', 'user'))",
    );
    assert_eq!(
        game.next::<MessageReceived>().text(),
        Some("Missed by nobody")
    );
    page.next("authenticated");
    game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Nor by you")));
    assert_eq!(page.next("onTextMessageReceived")["text"], "Nor by you");
}
