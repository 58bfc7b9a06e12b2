use serde_json::json;

use super::{messages::texts, stage::Stage};

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_page_comes_back_after_the_server_was_killed_and_finds_what_it_missed() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run("CometChat.createGroup(new CometChat.Group('guild', 'Guild', 'public'))");
    let last =
        alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'Before', 'user'))");
    bob.next("onTextMessageReceived");
    let session = bob.run("CometChat.getSessionId()");

    let stage = stage.restart();
    for page in [&alice, &bob] {
        page.next("onDisconnected");
    }
    // Sent over HTTP, maybe before bob's socket is back.
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'Meanwhile', 'user'))");
    for page in [&alice, &bob] {
        page.next("inConnecting");
        page.next("onConnected");
        page.next("authenticated");
    }
    assert_eq!(bob.run("CometChat.getConnectionStatus()"), "connected");
    assert_eq!(bob.run("CometChat.getSessionId()"), session);
    let missed = bob.pager_with(
        "new CometChat.MessagesRequestBuilder().setUID('alice').setMessageId(id).setLimit(10)",
        json!({"id": last["id"]}),
    );
    assert_eq!(texts(&missed.next()), ["Meanwhile"]);

    alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'After', 'user'))");
    while bob.next("onTextMessageReceived")["text"] != "After" {}
    assert_eq!(
        bob.run("CometChat.joinGroup('guild', 'public')")["membersCount"],
        2
    );
    assert_eq!(alice.next_args("onGroupMemberJoined").len(), 3);
    drop(stage);
}
