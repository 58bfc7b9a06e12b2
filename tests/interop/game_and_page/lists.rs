//! What one side did, the other reads in its lists.

use bevy_cometchat::{
    client::{ConversationsRequest, ReactionsRequest},
    model::*,
    prelude::*,
};
use serde_json::json;

use super::{bob, game_and_page, guild, say};
use crate::{game::Game, messages::texts, stage::Stage};

fn page_of(game: &mut Game, history: &Pager<ChatMessage>) -> Vec<String> {
    let page = game.does(|chat| chat.fetch_previous(history));
    page.items
        .iter()
        .map(|message| message.text().unwrap_or("no text").to_owned())
        .collect()
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn each_reads_the_history_that_both_made() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let code = "CometChat.sendMessage(having(new CometChat.TextMessage('alice', 'North?', 'user'), { setTags: ['map'] }))";
    let asked = page.run(code);
    let answer = TextMessage::to_user("bob", "North.").in_thread_of(id(&asked));
    game.does(|chat| chat.send_message(answer));
    let wrong = game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Suoth!")));
    game.does(|chat| chat.edit_message(wrong.id, TextMessage::to_user("bob", "South!")));
    let last = say(&page, "alice", "user", "Make up your mind");
    page.run_with("CometChat.addReaction(id, '😂')", json!({"id": last["id"]}));

    let both = ["North?", "South!", "Make up your mind"];
    let history = MessagesRequest::in_conversation(bob())
        .without_replies()
        .with_limit(2)
        .pager();
    assert_eq!(page_of(&mut game, &history), both[1..]);
    assert_eq!(page_of(&mut game, &history), both[..1]);
    let builder =
        "new CometChat.MessagesRequestBuilder().setUID('alice').hideReplies(true).setLimit(2)";
    let history = page.pager(builder);
    assert_eq!(texts(&history.previous()), both[1..]);
    assert_eq!(texts(&history.previous()), both[..1]);

    let thread = MessagesRequest::in_thread_of(id(&asked)).pager();
    assert_eq!(page_of(&mut game, &thread), ["North."]);
    let found = MessagesRequest::everywhere().search("mind").pager();
    assert_eq!(page_of(&mut game, &found), both[2..]);
    let tagged = MessagesRequest::in_conversation(bob())
        .with_tags(["map"])
        .pager();
    assert_eq!(page_of(&mut game, &tagged), both[..1]);
    let reactions = ReactionsRequest::to(id(&last)).pager();
    let reactions = game.does(|chat| chat.fetch_next(&reactions)).items;
    assert_eq!(
        (&*reactions[0].reaction, reactions[0].user.uid.as_str()),
        ("😂", "bob")
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn each_sees_the_conversations_and_what_is_unread() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    guild(&mut game, &page);
    say(&page, "guild", "group", "To all");
    say(&page, "alice", "user", "One");
    say(&page, "alice", "user", "Two");

    let all = ConversationsRequest::all().pager();
    let all = game.does(|chat| chat.fetch_next(&all)).items;
    let seen: Vec<_> = all
        .iter()
        .map(|conversation| {
            let last = conversation.last_message.as_ref();
            (&conversation.with, last.and_then(|last| last.text()))
        })
        .collect();
    assert!(
        matches!(&*seen, [(Receiver::User(user), Some("Two")), (Receiver::Group(group), Some("To all"))]
            if user.uid == "bob" && group.guid == "guild"),
        "{seen:?}"
    );
    let counts = game.does(|chat| chat.unread_counts());
    assert_eq!(
        (all[0].unread_count, counts.of(&bob().into())),
        (2, 2),
        "{counts:?}"
    );
    game.does(|chat| chat.mark_conversation_as_read(bob()));
    assert_eq!(game.does(|chat| chat.unread_count(bob())), 0);
    let unread = ConversationsRequest::with_users().only_unread().pager();
    assert_eq!(game.does(|chat| chat.fetch_next(&unread)).items, []);
    page.next("onMessagesRead");

    game.does(|chat| chat.tag_conversation(bob(), ["friend"]));
    let tagged = game.does(|chat| chat.conversation(bob()));
    assert_eq!(tagged.tags, ["friend".into()]);
    game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Three")));
    let his = page.run("CometChat.getConversation('alice', 'user')");
    assert_eq!(
        (&his["lastMessage"]["text"], &his["unreadMessageCount"]),
        (&json!("Three"), &json!(1))
    );
    game.does(|chat| chat.delete_conversation(bob()));
    let history = MessagesRequest::in_conversation(bob()).pager();
    assert_eq!(page_of(&mut game, &history), [""; 0]);
    let history = page.pager("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(10)");
    assert_eq!(texts(&history.previous()), ["One", "Two", "Three"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn each_flags_what_the_other_said() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let his = say(&page, "alice", "user", "Buy gold now");
    let reasons = game.does(|chat| chat.flag_reasons());
    let told = page.run("CometChat.getFlagReasons()");
    assert_eq!(told[0]["id"], *reasons[0].id);
    game.does(|chat| chat.flag_message(id(&his), &reasons[0].id, Some("again")));
    let mine = game.does(|chat| chat.send_message(TextMessage::to_user("bob", "No")));
    let flag = "CometChat.flagMessage(id, { reasonId: reason })";
    let args = json!({"id": mine.id.to_string(), "reason": *reasons[0].id});
    assert_eq!(page.run_with(flag, args)["success"], true);
}

fn id(message: &serde_json::Value) -> MessageId {
    let id = message["id"].to_string();
    MessageId(id.trim_matches('"').parse().expect("an id"))
}
