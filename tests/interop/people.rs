use serde_json::{Value, json};

use super::{
    browser::Browser,
    page::Page,
    stage::{KEY, Stage},
};

fn uids(users: &[Value]) -> Vec<&str> {
    users
        .iter()
        .map(|user| user["uid"].as_str().expect("a uid"))
        .collect()
}

fn found(page: &Page<'_>, calls: &str) -> Vec<String> {
    let users = page
        .pager(&format!(
            "new CometChat.UsersRequestBuilder().setLimit(30){calls}"
        ))
        .next();
    uids(&users).into_iter().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn users_are_listed_page_by_page_and_searched() {
    let stage = Stage::new();
    let alice = stage.page("alice");
    let pager = alice.pager("new CometChat.UsersRequestBuilder().setLimit(1)");
    let pages = [pager.next(), pager.next(), pager.next()];
    assert_eq!(pages.map(|page| page.len()), [1, 1, 0]);
    assert_eq!(found(&alice, ""), ["bob", "carol"]);
    assert_eq!(found(&alice, ".setSearchKeyword('CAR')"), ["carol"]);
    assert_eq!(found(&alice, ".setUIDs(['bob', 'nobody'])"), ["bob"]);
    assert_eq!(
        found(&alice, ".sortBy('name').sortByOrder('desc')"),
        ["carol", "bob"]
    );
    assert_eq!(found(&alice, ".friendsOnly(true)"), [""; 0]);
    let bob = alice.run("CometChat.getUser('bob')");
    assert_eq!(
        (&bob["name"], &bob["status"]),
        (&json!("Bob"), &json!("offline"))
    );
    assert_eq!(
        alice.refused("CometChat.getUser('nobody')", json!({})),
        "ERR_UID_NOT_FOUND"
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn users_are_made_and_changed_with_the_auth_key() {
    let stage = Stage::new();
    let alice = stage.page("alice");
    let made = alice.run_with(
        "CometChat.createUser(having(new CometChat.User('dave'), {
            setName: 'Dave',
            setAvatar: 'https://example.com/dave.png',
            setRole: 'wizard',
            setTags: ['tall'],
            setMetadata: { level: 7 },
        }), key)",
        json!({"key": KEY}),
    );
    let seen = alice.run("CometChat.getUser('dave')");
    for user in [&made, &seen] {
        assert_eq!(
            (&user["uid"], &user["name"]),
            (&json!("dave"), &json!("Dave"))
        );
        assert_eq!(user["avatar"], "https://example.com/dave.png");
        assert_eq!(user["role"], "wizard");
        assert_eq!(user["metadata"], json!({"level": 7}));
    }
    assert_eq!(found(&alice, ".setRoles(['wizard'])"), ["dave"]);
    assert_eq!(found(&alice, ".setTags(['tall']).withTags(true)"), ["dave"]);

    let change =
        "CometChat.updateUser(having(new CometChat.User('dave'), { setName: 'David' }), key)";
    assert_eq!(alice.run_with(change, json!({"key": KEY}))["name"], "David");
    let create = "CometChat.createUser(new CometChat.User({ uid, name: 'X' }), key)";
    let code = alice.refused(create, json!({"uid": "dave", "key": KEY}));
    assert_eq!(code, "ERR_UID_ALREADY_EXISTS");
    let code = alice.refused(create, json!({"uid": "eve", "key": "another"}));
    assert_eq!(code, "AUTH_ERR_APIKEY_NOT_FOUND");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_user_changes_what_they_say_of_themselves() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let changed = alice.run(
        "CometChat.updateCurrentUserDetails(having(new CometChat.User('alice'), {
            setName: 'Alice the Brave',
            setAvatar: 'https://example.com/brave.png',
            setStatusMessage: 'In a dungeon',
            setLink: 'https://example.com/alice',
            setMetadata: { level: 12 },
        }))",
    );
    let seen = bob.run("CometChat.getUser('alice')");
    for user in [&changed, &seen, &alice.run("CometChat.getLoggedinUser()")] {
        assert_eq!(user["name"], "Alice the Brave");
        assert_eq!(user["avatar"], "https://example.com/brave.png");
        assert_eq!(user["statusMessage"], "In a dungeon");
        assert_eq!(user["link"], "https://example.com/alice");
        assert_eq!(user["metadata"], json!({"level": 12}));
    }
    // The session goes on, and messages bear the new name.
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'Look', 'user'))");
    assert_eq!(
        bob.next("onTextMessageReceived")["sender"]["name"],
        "Alice the Brave"
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_comes_and_goes_is_told() {
    let stage = Stage::new();
    let alice = stage.page("alice");
    let bob = stage.page("bob");
    let online = alice.next("onUserOnline");
    assert_eq!(
        (&online["uid"], &online["name"]),
        (&json!("bob"), &json!("Bob"))
    );
    assert_eq!(online["status"], "online");
    assert_eq!(alice.run("CometChat.getUser('bob')")["status"], "online");
    assert_eq!(found(&alice, ".setStatus('online')"), ["bob"]);
    assert_eq!(found(&alice, ".setStatus('offline')"), ["carol"]);

    // A second device changes nothing, nor does its end.
    let phone = stage.page("bob");
    drop(phone);
    drop(bob);
    let offline = alice.next("onUserOffline");
    assert_eq!(
        (&offline["uid"], &offline["status"]),
        (&json!("bob"), &json!("offline"))
    );
    assert!(offline["lastActiveAt"].as_u64() > Some(0), "{offline}");
    alice.heard_no("onUserOnline");
    assert_eq!(found(&alice, ".setStatus('online')"), [""; 0]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn presence_is_told_to_who_subscribed() {
    let stage = Stage::new();
    let create = "CometChat.createUser(new CometChat.User({ uid: 'dave', name: 'Dave', role: 'wizard' }), key)";
    stage.page("carol").run_with(create, json!({"key": KEY}));
    let subscriber = |settings: &str| {
        let page = Page::open(Browser::shared());
        page.init_with(stage.server.address(), settings);
        page.go_online("alice");
        page
    };
    let of_wizards = subscriber("subscribePresenceForRoles(['wizard'])");
    let of_none = subscriber("setRegion('us')");
    let _bob = stage.page("bob");
    let dave = stage.page("dave");
    assert_eq!(of_wizards.next("onUserOnline")["uid"], "dave");
    of_wizards.heard_no("onUserOnline");
    for page in [&of_wizards, &of_none] {
        dave.run("CometChat.sendMessage(new CometChat.TextMessage('alice', 'Hello', 'user'))");
        page.next("onTextMessageReceived");
        page.heard_no("onUserOnline");
    }
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_is_blocked_is_not_heard() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let blocked = bob.run("CometChat.blockUsers(['alice', 'nobody'])");
    assert_eq!(blocked["alice"]["success"], true);
    assert_eq!(blocked["nobody"]["success"], false);
    let code = alice.refused(
        "CometChat.sendMessage(new CometChat.TextMessage('bob', 'Hello?', 'user'))",
        json!({}),
    );
    assert_eq!(code, "ERR_BLOCKED_USER");
    alice.run("CometChat.startTyping(new CometChat.TypingIndicator('bob', 'user'))");
    assert_eq!(bob.run("CometChat.getUser('alice')")["blockedByMe"], true);
    assert_eq!(alice.run("CometChat.getUser('bob')")["hasBlockedMe"], true);

    let list = |page: &Page<'_>, calls: &str| {
        let users = page
            .pager(&format!(
                "new CometChat.BlockedUsersRequestBuilder().setLimit(10){calls}"
            ))
            .next();
        users.len()
    };
    assert_eq!(list(&bob, ".blockedByMe()"), 1);
    assert_eq!(list(&bob, ".hasBlockedMe()"), 0);
    assert_eq!(list(&alice, ".hasBlockedMe()"), 1);
    assert_eq!(list(&bob, ".setSearchKeyword('ali')"), 1);
    assert_eq!(found(&bob, ".hideBlockedUsers(true)"), ["carol"]);

    bob.run("CometChat.unblockUsers(['alice'])");
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'And now?', 'user'))");
    assert_eq!(bob.next("onTextMessageReceived")["text"], "And now?");
    bob.heard_no("onTypingStarted");
    assert_eq!(list(&bob, ""), 0);
}
