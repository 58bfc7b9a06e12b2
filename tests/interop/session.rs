use serde_json::json;

use super::stage::{KEY, Stage};

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_user_logs_in_by_the_auth_key_and_is_connected() {
    let stage = Stage::new();
    let alice = stage.visitor();
    assert_eq!(alice.run("CometChat.getLoggedinUser()"), json!(null));
    assert_eq!(alice.run("CometChat.getConnectionStatus()"), "disconnected");

    let user = alice.log_in("alice");
    assert_eq!(
        (&user["uid"], &user["name"]),
        (&json!("alice"), &json!("Alice"))
    );
    assert_eq!(alice.next("loginSuccess")["uid"], "alice");
    alice.next("inConnecting");
    alice.next("onConnected");
    alice.next("authenticated");
    assert_eq!(alice.run("CometChat.getConnectionStatus()"), "connected");
    assert_eq!(alice.run("CometChat.getLoggedinUser()")["uid"], "alice");

    // Who is logged in already is not logged in again.
    assert_eq!(alice.log_in("alice")["uid"], "alice");
    alice.heard_no("onDisconnected");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_user_logs_in_by_a_token() {
    let stage = Stage::new();
    let token = stage
        .page("alice")
        .run("CometChat.getLoggedinUser().then((user) => user.authToken)");

    let page = stage.visitor();
    let user = page.run_with("CometChat.login(token)", json!({"token": token}));
    assert_eq!(user["uid"], "alice");
    page.next("loginSuccess");
    page.next("authenticated");
    assert_eq!(page.run("CometChat.getUser('bob')")["name"], "Bob");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_reload_keeps_the_session_and_connects() {
    let stage = Stage::new();
    let alice = stage.page("alice");
    let session = alice.run("CometChat.getSessionId()");
    alice.reload();
    alice.init(stage.server.address());
    alice.next("authenticated");
    assert_eq!(alice.run("CometChat.getLoggedinUser()")["uid"], "alice");
    assert_eq!(alice.run("CometChat.getSessionId()"), session);
    assert_eq!(alice.run("CometChat.getUser('bob')")["uid"], "bob");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn two_tabs_of_a_browser_share_the_session() {
    let stage = Stage::new();
    let (tab, bob) = (stage.page("alice"), stage.page("bob"));
    let other_tab = tab.open_beside();
    other_tab.init(stage.server.address());
    other_tab.next("authenticated");
    assert_eq!(other_tab.run("CometChat.getLoggedinUser()")["uid"], "alice");
    bob.run("CometChat.sendMessage(new CometChat.TextMessage('alice', 'To both', 'user'))");
    for page in [&tab, &other_tab] {
        assert_eq!(page.next("onTextMessageReceived")["text"], "To both");
    }
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_logout_ends_the_token_and_the_connection() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let token = alice.run("CometChat.getLoggedinUser().then((user) => user.authToken)");
    alice.run("CometChat.logout()");
    alice.next("logoutSuccess");
    assert_eq!(alice.run("CometChat.getLoggedinUser()"), json!(null));
    assert_eq!(bob.next("onUserOffline")["uid"], "alice");
    let code = alice.refused("CometChat.login(token)", json!({"token": token}));
    assert_eq!(code, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");

    // Another one may log in there then.
    alice.go_online("carol");
    assert_eq!(bob.next("onUserOnline")["uid"], "carol");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn another_user_takes_over_without_a_logout() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.log_in("carol");
    alice.next("authenticated");
    assert_eq!(bob.next("onUserOffline")["uid"], "alice");
    assert_eq!(bob.next("onUserOnline")["uid"], "carol");
    bob.run("CometChat.sendMessage(new CometChat.TextMessage('carol', 'Welcome', 'user'))");
    assert_eq!(alice.next("onTextMessageReceived")["text"], "Welcome");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_token_that_became_worthless_logs_the_user_out() {
    let stage = Stage::new();
    let alice = stage.page("alice");
    let token = alice.run("CometChat.getLoggedinUser().then((user) => user.authToken)");
    let twin = stage.visitor();
    twin.run_with("CometChat.login(token)", json!({"token": token}));
    twin.next("authenticated");

    alice.run("CometChat.logout()");
    let code = twin.refused("CometChat.getUser('bob')", json!({}));
    assert_eq!(code, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    twin.next("logoutSuccess");
    assert_eq!(twin.run("CometChat.getLoggedinUser()"), json!(null));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn in_manual_mode_the_app_connects() {
    let stage = Stage::new();
    let (bob, alice) = (
        stage.page("bob"),
        super::page::Page::open(super::browser::Browser::shared()),
    );
    alice.init_with(
        stage.server.address(),
        "autoEstablishSocketConnection(false)",
    );
    alice.log_in("alice");
    // What needs no socket works without one.
    let text = "CometChat.sendMessage(new CometChat.TextMessage('bob', 'No socket yet', 'user'))";
    assert_eq!(alice.run(text)["text"], "No socket yet");
    assert_eq!(bob.next("onTextMessageReceived")["sender"]["uid"], "alice");
    alice.heard_no("inConnecting");

    alice.run("CometChat.connect()");
    alice.next("onConnected");
    alice.next("authenticated");
    assert_eq!(bob.next("onUserOnline")["uid"], "alice");
    alice.run("CometChat.disconnect()");
    assert_eq!(bob.next("onUserOffline")["uid"], "alice");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn what_a_login_lacks_is_told() {
    let stage = Stage::new();
    let page = stage.visitor();
    let login = |uid: &str, key: &str| {
        page.refused("CometChat.login(uid, key)", json!({"uid": uid, "key": key}))
    };
    assert_eq!(login("alice", "another key"), "AUTH_ERR_APIKEY_NOT_FOUND");
    assert_eq!(login("nobody", KEY), "ERR_UID_NOT_FOUND");
    let code = page.refused("CometChat.login('no such token')", json!({}));
    assert_eq!(code, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND");
    let code = page.refused("CometChat.getUser('bob')", json!({}));
    assert_eq!(code, "USER_NOT_LOGED_IN");

    // None of that keeps anybody from logging in properly.
    page.go_online("alice");
}
