use serde_json::{Value, json};

use super::client::{Api, KEY, Login, config, group, server};
use bevy_cometchat::local_server::LocalServer;

fn uids(user: &Login, route: &str) -> Vec<String> {
    let list = user.get(route).json();
    assert!(list["meta"]["pagination"].is_object());
    let uid = |user: &Value| user["uid"].as_str().unwrap().to_owned();
    list["data"].as_array().unwrap().iter().map(uid).collect()
}

#[test]
fn users_are_listed_searched_and_filtered() {
    let server = LocalServer::start(config().user("zoe:Zoe")).unwrap();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let knight = json!({"uid": "dan", "name": "Dan", "role": "knight", "tags": ["t"]});
    api.request("POST", "users", &[("apiKey", KEY)], &knight)
        .data();
    let _bob = api.log_in("bob", "b1").connect();

    let others = ["bob", "carol", "dan", "zoe"];
    for (query, expected) in [
        ("", &others[..]),
        ("per_page=2", &others[..2]),
        ("per_page=2&page=2", &others[2..]),
        ("per_page=2&page=3", &[]),
        ("searchKey=CAR", &others[1..2]),
        ("roles=knight", &others[2..3]),
        ("tags=t&withTags=1", &others[2..3]),
        ("uids=zoe,nobody", &others[3..]),
        ("status=available", &others[..1]),
        ("status=offline", &others[1..]),
        ("friendsOnly=1", &[]),
        ("friendsOnly=0&hideBlockedUsers=0", &others),
    ] {
        let route = format!("users?{query}");
        assert_eq!(uids(&alice, &route), expected, "{query}");
    }
    let descending = uids(&alice, "users?sortBy=name&sortOrder=desc");
    assert_eq!(descending, ["zoe", "dan", "carol", "bob"]);
    assert_eq!(alice.get("users?uids=bob").data()[0]["status"], "online");
    assert_eq!(
        alice.get("users?per_page=x").refusal(),
        (400, "ERR_BAD_REQUEST".to_owned())
    );
    assert_eq!(
        alice.get("users/nobody").refusal(),
        (404, "ERR_UID_NOT_FOUND".to_owned())
    );
}

#[test]
fn the_app_changes_users_and_a_user_not_their_role() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let changes = json!({"name": "Sir Bob", "role": "knight"});
    let admin = |uid: &str, key: &str| {
        let route = format!("users/{uid}");
        api.request("PUT", &route, &[("apiKey", key)], &changes)
    };
    assert_eq!(admin("bob", KEY).data()["role"], "knight");
    let bob = alice.get("users/bob").data();
    assert_eq!(
        (&bob["name"], &bob["role"]),
        (&json!("Sir Bob"), &json!("knight"))
    );
    assert_eq!(
        admin("nobody", KEY).refusal(),
        (404, "ERR_UID_NOT_FOUND".to_owned())
    );
    assert_eq!(
        admin("bob", "x").refusal(),
        (401, "AUTH_ERR_APIKEY_NOT_FOUND".to_owned())
    );
    assert_eq!(
        alice.request("PUT", "users/bob", &changes).refusal(),
        (401, "AUTH_ERR_EMPTY_APIKEY".to_owned())
    );
    let me = alice.request("PUT", "me", &json!({"role": "king"})).data();
    assert_eq!(me["role"], "default");
}

#[test]
fn who_is_blocked_is_not_heard() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    group(&alice, "guild", &[&bob, &carol]);
    let before = bob.send("user", "alice", "before").data();
    let before = format!("messages/{}", before["id"].as_str().unwrap());
    let block = json!({"blockedUids": ["bob", "nobody", "alice"]});
    let reply = alice.request("POST", "blockedusers", &block).data();
    let worked = ["bob", "nobody", "alice"].map(|uid| reply[uid]["success"].clone());
    assert_eq!(worked, [json!(true), json!(false), json!(false)]);
    assert_eq!(uids(&alice, "blockedusers?direction=blockedByMe"), ["bob"]);
    assert_eq!(uids(&bob, "blockedusers?direction=hasBlockedMe"), ["alice"]);
    assert_eq!(uids(&bob, "blockedusers?direction=blockedByMe"), [""; 0]);
    assert_eq!(uids(&alice, "users?hideBlockedUsers=1"), ["carol"]);
    assert_eq!(alice.get("users/bob").data()["blockedByMe"], true);
    assert_eq!(bob.get("users/alice").data()["hasBlockedMe"], true);

    let blocked = (403, "ERR_BLOCKED_USER".to_owned());
    assert_eq!(bob.send("user", "alice", "hi").refusal(), blocked);
    assert_eq!(alice.send("user", "bob", "hi").refusal(), blocked);
    let edit = json!({"data": {"text": "rude"}});
    assert_eq!(bob.request("PUT", &before, &edit).refusal(), blocked);
    let react = bob.request("POST", &format!("{before}/reactions/x"), &json!({}));
    assert_eq!(react.refusal(), blocked);
    let interact = json!({"interactions": ["button"]});
    let interact = alice.request("PATCH", &format!("{before}/interacted"), &interact);
    assert_eq!(interact.refusal(), blocked);
    let (mut a, mut b, mut c) = (alice.connect(), bob.connect(), carol.connect());
    let typing = json!({"action": "started"});
    b.send(&bob.frame("typing_indicator", "user", "alice", typing.clone()));
    b.send(&bob.frame("typing_indicator", "group", "guild", typing));
    b.expect_silence();
    bob.send("group", "guild", "who hears?").data();
    for route in [
        "users/bob/conversation/read",
        "groups/guild/conversation/read",
    ] {
        alice.request("POST", route, &json!({})).data();
    }
    b.expect_silence();
    assert_eq!(c.next()["type"], "typing_indicator");
    assert_eq!(c.next()["type"], "message");
    a.expect_silence();
    let list = |query: &str| {
        let route = format!("groups/guild/messages?categories=message&{query}");
        alice.get(&route).data().as_array().unwrap().len()
    };
    assert_eq!(list("hideMessagesFromBlockedUsers=0"), 1);
    assert_eq!(list("hideMessagesFromBlockedUsers=1"), 0);

    let unblock = json!({"blockedUids": ["bob"]});
    alice.request("DELETE", "blockedusers", &unblock).data();
    bob.send("user", "alice", "thanks").data();
    assert_eq!(a.next()["body"]["data"]["text"], "thanks");
}

#[test]
fn presence_is_told_by_role() {
    let server = server();
    let api = Api::of(&server);
    let knight = json!({"role": "knight"});
    api.request("PUT", "users/bob", &[("apiKey", KEY)], &knight)
        .data();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    let mut roles = api.socket();
    let mut frame = alice.auth_frame();
    frame["body"]["presenceSubscription"] = "ROLES".into();
    frame["body"]["roles"] = json!(["knight"]);
    roles.send(&frame);
    assert_eq!(roles.next()["body"]["code"], "200");
    let mut friends = carol.connect_with_presence("FRIENDS".into());
    let _bob = bob.connect();
    assert_eq!(roles.next()["sender"], "bob");
    roles.expect_silence();
    friends.expect_silence();
}

#[test]
fn what_only_measures_is_answered() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    assert_eq!(
        alice
            .request("POST", "ping", &json!({"uid": "alice"}))
            .data(),
        json!({})
    );
    let session = json!({"sessionId": "s1", "data": {}, "generatedAt": 1});
    let reply = alice.request("POST", "user_sessions", &session).data();
    assert_eq!(reply["sessionId"], "s1");
    let jwt = alice.request("POST", "me/jwt", &json!({"passthrough": "x"}));
    assert_eq!(jwt.data()["jwt"], *alice.jwt);
}
