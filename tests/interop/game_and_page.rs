//! A game on this crate's client and a page on CometChat's SDK, in one conversation.

use bevy_cometchat::prelude::*;
use serde_json::json;

use super::stage::Stage;

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn texts_go_both_ways() {
    let stage = Stage::new();
    let (mut game, page) = (stage.game("alice"), stage.page("bob"));
    game.chat()
        .send_message(TextMessage::to_user("bob", "From the game 🎮"));
    let got = page.next("onTextMessageReceived");
    assert_eq!(got["text"], "From the game 🎮");
    assert_eq!(got["sender"]["name"], "Alice");

    page.run(
        "CometChat.sendMessage(new CometChat.TextMessage('alice', 'From the page 🌐', 'user'))",
    );
    let heard = game.next_message();
    assert_eq!(heard.text(), Some("From the page 🌐"));
    assert_eq!(heard.sender.name.as_ref(), "Bob");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn they_meet_in_a_group() {
    let stage = Stage::new();
    let (mut game, page) = (stage.game("alice"), stage.page("bob"));
    page.run(
        "CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [
            new CometChat.GroupMember('alice', 'participant'),
        ], [])",
    );
    game.chat()
        .send_message(TextMessage::to_group("guild", "Here I am"));
    let got = page.next("onTextMessageReceived");
    assert_eq!(
        (&got["text"], &got["receiver"]["guid"]),
        (&json!("Here I am"), &json!("guild"))
    );
    page.run("CometChat.sendMessage(new CometChat.TextMessage('guild', 'Welcome', 'group'))");
    // The first that the game heard is that it was added.
    while game.next_message().text() != Some("Welcome") {}
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn the_page_sees_the_game_come_and_the_game_sees_the_page_type() {
    let stage = Stage::new();
    let page = stage.page("bob");
    let mut game = stage.game("alice");
    assert_eq!(page.next("onUserOnline")["uid"], "alice");
    page.run("CometChat.startTyping(new CometChat.TypingIndicator('alice', 'user'))");
    let typing = game.next_typing();
    assert_eq!((typing.0.user.uid.as_str(), typing.0.typing), ("bob", true));
    page.run("CometChat.endTyping(new CometChat.TypingIndicator('alice', 'user'))");
    assert!(!game.next_typing().0.typing);
    drop(game);
    assert_eq!(page.next("onUserOffline")["uid"], "alice");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn both_come_back_after_the_server_was_killed() {
    let stage = Stage::new();
    let (mut game, page) = (stage.game("alice"), stage.page("bob"));
    let stage = stage.restart();
    page.next("onDisconnected");
    page.run(
        "CometChat.sendMessage(new CometChat.TextMessage('alice', 'Missed by nobody', 'user'))",
    );
    assert_eq!(game.next_message().text(), Some("Missed by nobody"));
    page.next("authenticated");
    game.chat()
        .send_message(TextMessage::to_user("bob", "Nor by you"));
    assert_eq!(page.next("onTextMessageReceived")["text"], "Nor by you");
    drop(stage);
}
