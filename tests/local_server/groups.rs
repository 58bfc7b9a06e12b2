use serde_json::{Value, json};

use bevy_cometchat::local_server::LocalServer;

use super::client::{Api, Login, config, server};

fn create(owner: &Login, kind: &str, password: Value) -> Value {
    let group = json!({"guid": "guild", "name": "Guild", "type": kind, "password": password, "hasJoined": false});
    owner.request("POST", "groups", &group).data()
}

fn join(user: &Login, password: &str) -> super::client::Reply {
    let body = json!({"guid": "guild", "type": "password", "password": password});
    user.request("POST", "groups/guild/members", &body)
}

#[test]
fn members_hear_of_each_other_and_of_what_is_said() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob, carol) = (
        api.log_in("alice", "a1"),
        api.log_in("bob", "b1"),
        api.log_in("carol", "c1"),
    );
    let bob_too = api.log_in("bob", "b2");
    let (mut a1, mut b1, mut b2, mut c1) = (
        alice.connect(),
        bob.connect(),
        bob_too.connect(),
        carol.connect(),
    );

    let group = create(&alice, "public", Value::Null);
    assert_eq!(group["guid"], "guild");
    assert_eq!(group["type"], "public");
    assert_eq!(group["owner"], "alice");
    assert_eq!(group["scope"], "admin");
    assert_eq!(group["hasJoined"], true);
    assert_eq!(group["membersCount"], 1);

    let joined = join(&bob, "").data();
    assert_eq!(joined["category"], "action");
    assert_eq!(joined["type"], "groupMember");
    assert_eq!(joined["receiver"], "guild");
    assert_eq!(joined["conversationId"], "group_guild");
    assert_eq!(joined["data"]["action"], "joined");
    let entities = &joined["data"]["entities"];
    assert_eq!(entities["by"]["entity"]["uid"], "bob");
    assert_eq!(entities["for"]["entityType"], "group");
    assert_eq!(entities["for"]["entity"]["guid"], "guild");
    assert_eq!(entities["for"]["entity"]["hasJoined"], true);
    assert_eq!(entities["for"]["entity"]["membersCount"], 2);
    assert_eq!(entities["for"]["entity"]["scope"], "participant");
    for socket in [&mut a1, &mut b2] {
        let frame = socket.next();
        assert_eq!(
            (&frame["type"], &frame["deviceId"]),
            (&json!("message"), &json!("b1"))
        );
        assert_eq!(frame["body"]["id"], joined["id"]);
        // What bob is in the group is not what alice is in it.
        let group = &frame["body"]["data"]["entities"]["for"]["entity"];
        assert_eq!(group["hasJoined"], true);
        assert!(group.get("scope").is_none());
    }
    b1.expect_silence();

    let said = alice.send("group", "guild", "welcome").data();
    assert_eq!(said["data"]["entities"]["receiver"]["entityType"], "group");
    for socket in [&mut b1, &mut b2] {
        let frame = socket.next();
        assert_eq!(
            (&frame["receiver"], &frame["receiverType"]),
            (&json!("guild"), &json!("group"))
        );
        assert_eq!(frame["body"]["id"], said["id"]);
    }
    a1.expect_silence();

    let left = bob
        .request("DELETE", "groups/guild/members", &json!({"guid": "guild"}))
        .data();
    assert_eq!(left["data"]["action"], "left");
    assert_eq!(
        left["data"]["entities"]["for"]["entity"]["hasJoined"],
        false
    );
    let told = a1.next()["body"].clone();
    assert_eq!(told["id"], left["id"]);
    assert_eq!(told["data"]["entities"]["for"]["entity"]["hasJoined"], true);
    let told = b2.next()["body"].clone();
    assert_eq!(
        told["data"]["entities"]["for"]["entity"]["hasJoined"],
        false
    );

    alice.send("group", "guild", "gone").data();
    for socket in [&mut b1, &mut b2, &mut c1] {
        socket.expect_silence();
    }
}

#[test]
fn a_password_lets_in_who_knows_it() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let group = create(&alice, "password", "sesame".into());
    assert!(group.get("password").is_none());
    for wrong in ["", "Sesame", "sesame "] {
        assert_eq!(
            join(&bob, wrong).refusal(),
            (403, "ERR_WRONG_GROUP_PASS".to_owned())
        );
    }
    let joined = join(&bob, "sesame").data();
    assert!(!joined.to_string().contains("sesame"));
}

#[test]
fn who_is_no_member_is_refused() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    create(&alice, "private", Value::Null);
    let mut a1 = alice.connect();
    let mut b1 = bob.connect();

    let refused = |method, route, body: Value| bob.request(method, route, &body).refusal();
    assert_eq!(
        bob.send("group", "guild", "hi").refusal(),
        (403, "ERR_GROUP_NOT_JOINED".to_owned())
    );
    assert_eq!(
        join(&bob, "").refusal(),
        (403, "ERR_GROUP_JOIN_NOT_ALLOWED".to_owned())
    );
    assert_eq!(
        refused("DELETE", "groups/guild/members", json!({})),
        (403, "ERR_GROUP_NOT_JOINED".to_owned())
    );
    assert_eq!(
        refused("POST", "groups/nowhere/members", json!({})),
        (404, "ERR_GUID_NOT_FOUND".to_owned())
    );
    assert_eq!(
        refused("DELETE", "groups/nowhere/members", json!({})),
        (404, "ERR_GUID_NOT_FOUND".to_owned())
    );
    assert_eq!(
        join(&alice, "").refusal(),
        (409, "ERR_ALREADY_JOINED".to_owned())
    );
    for (group, status, code) in [
        (
            json!({"guid": "guild", "name": "x", "type": "public"}),
            409,
            "ERR_GUID_ALREADY_EXISTS",
        ),
        (
            json!({"guid": "new", "name": "x", "type": "password"}),
            400,
            "ERR_EMPTY_GROUP_PASS",
        ),
        (
            json!({"guid": "a b", "name": "x", "type": "public"}),
            400,
            "ERR_BAD_REQUEST",
        ),
        (
            json!({"name": "x", "type": "public"}),
            400,
            "ERR_BAD_REQUEST",
        ),
    ] {
        assert_eq!(refused("POST", "groups", group), (status, code.to_owned()));
    }

    let typing = bob.frame(
        "typing_indicator",
        "group",
        "guild",
        json!({"action": "started"}),
    );
    b1.send(&typing);
    b1.expect_silence();
    a1.expect_silence();
}

#[test]
fn groups_of_the_configuration_are_there_at_start_with_all_its_users_and_stay_as_they_became() {
    let folder = tempfile::tempdir().unwrap();
    let config = config()
        .group("square:The square")
        .data(folder.path().join("chat.sqlite"));
    let server = LocalServer::start(config.clone()).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a"), api.log_in("bob", "b"));
    let seen_by = |user: &Login| user.request("GET", "groups/square", &Value::Null).data();
    let group = seen_by(&alice);
    assert_eq!(
        (&group["name"], &group["type"]),
        (&json!("The square"), &json!("public"))
    );
    assert_eq!(
        (&group["owner"], &group["scope"]),
        (&json!("alice"), &json!("admin"))
    );
    assert_eq!(seen_by(&bob)["scope"], "participant");
    bob.request("DELETE", "groups/square/members", &Value::Null)
        .data();
    server.stop();

    let server = LocalServer::start(config).unwrap();
    let bob = Api::of(&server).log_in("bob", "b");
    let group = bob.request("GET", "groups/square", &Value::Null).data();
    assert_eq!(group["hasJoined"], false);
}
