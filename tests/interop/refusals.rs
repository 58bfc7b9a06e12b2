//! What the SDK rejects with when the server, or the SDK itself, does not do what it is asked.

use bevy_cometchat::local_server::{Rate, RateLimits};
use serde_json::json;

use super::{
    browser::Browser,
    page::Page,
    stage::{KEY, Stage},
};

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_message_that_cannot_be_sent_is_refused_for_its_reason() {
    let stage = Stage::new();
    let alice = stage.page("alice");
    alice.run("CometChat.createGroup(new CometChat.Group('guild', 'Guild', 'public'))");
    let bob = stage.page("bob");
    let refused = |page: &Page<'_>, to: &str, kind: &str, text: &str| {
        let code = "CometChat.sendMessage(new CometChat.TextMessage(to, text, kind))";
        page.refused(code, json!({"to": to, "kind": kind, "text": text}))
    };
    assert_eq!(
        refused(&alice, "nobody", "user", "Hello"),
        "ERR_UID_NOT_FOUND"
    );
    assert_eq!(
        refused(&alice, "nowhere", "group", "Hello"),
        "ERR_GUID_NOT_FOUND"
    );
    assert_eq!(
        refused(&bob, "guild", "group", "Hello"),
        "ERR_GROUP_NOT_JOINED"
    );
    assert_eq!(
        refused(&alice, "bob", "user", &"x".repeat(65_537)),
        "ERR_MESSAGE_TEXT_TOO_LONG"
    );
    assert_eq!(refused(&alice, "bob", "user", ""), "INVALID_MESSAGE_TEXT");
    let heavy = "CometChat.sendCustomMessage(
        new CometChat.CustomMessage('bob', 'user', 'map', { tiles: 'x'.repeat(2 ** 20) }),
    )";
    assert_eq!(alice.refused(heavy, json!({})), "ERR_PAYLOAD_TOO_LARGE");
    assert_eq!(
        refused(&alice, "bob", "crowd", "Hello"),
        "INVALID_RECEIVER_TYPE"
    );
    let reply =
        "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'To what?', 'user'), {
        setParentMessageId: 999999,
    }))";
    assert_eq!(alice.refused(reply, json!({})), "ERR_MESSAGE_ID_NOT_FOUND");

    // Nothing of that was sent, and the next message is.
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'Hello', 'user'))");
    assert_eq!(bob.next("onTextMessageReceived")["text"], "Hello");
    bob.heard_no("onTextMessageReceived");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_refusal_says_in_words_what_is_wrong() {
    let stage = Stage::new();
    let alice = stage.page("alice");
    let error = alice
        .try_run("CometChat.getUser('nobody')", json!({}))
        .unwrap_err();
    assert!(error.message.unwrap().contains("nobody"));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn an_app_that_the_server_does_not_know_is_refused() {
    let stage = Stage::new();
    let page = Page::open(Browser::shared());
    page.init_app("another", stage.server.address(), "setRegion('us')");
    let login = "CometChat.login('alice', key)";
    assert_eq!(
        page.refused(login, json!({"key": KEY})),
        "ERR_APP_NOT_FOUND"
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn what_the_server_does_not_do_is_refused_and_does_no_harm() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let call = "CometChat.initiateCall(new CometChat.Call('bob', 'audio', 'user'))";
    assert_eq!(alice.refused(call, json!({})), "ERR_ROUTE_NOT_FOUND");
    assert_eq!(alice.run("CometChat.isPinConversationEnabled()"), false);
    let pin = "CometChat.pinConversation('bob', 'user')";
    assert_eq!(alice.refused(pin, json!({})), "ERR_ROUTE_NOT_FOUND");
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'Then by text', 'user'))");
    assert_eq!(bob.next("onTextMessageReceived")["text"], "Then by text");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_asks_too_much_is_told_so_and_served_again_later() {
    let stage = Stage::with(|config| {
        let slow = Rate {
            per_second: 1,
            burst: 10,
        };
        config.rate_limits(RateLimits {
            requests: slow,
            frames: slow,
        })
    });
    let alice = stage.page("alice");
    let code = "Promise.all(Array.from({ length: 50 }, () => CometChat.getUser('bob')))";
    assert_eq!(alice.refused(code, json!({})), "ERR_TOO_MANY_REQUESTS");
    let patient = "new Promise((done) => {
        const ask = () => CometChat.getUser('bob').then(done, () => setTimeout(ask, 100));
        ask();
    })";
    assert_eq!(alice.run(patient)["name"], "Bob");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_user_who_is_not_logged_in_gets_nowhere_and_may_log_in_later() {
    let stage = Stage::new();
    let page = stage.visitor();
    for code in [
        "CometChat.sendMessage(new CometChat.TextMessage('bob', 'Hello', 'user'))",
        "CometChat.getGroup('guild')",
        "new CometChat.UsersRequestBuilder().setLimit(3).build().fetchNext()",
    ] {
        assert_eq!(page.refused(code, json!({})), "USER_NOT_LOGED_IN");
    }
    page.go_online("alice");
    page.heard_no("logoutSuccess");
}
