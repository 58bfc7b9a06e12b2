use serde_json::{Value, json};

use super::client::{Api, Login, Socket, config, group, server};
use bevy_cometchat::local_server::LocalServer;

fn action(socket: &mut Socket, kind: &str, by: &str, on: &str) -> Value {
    let data = socket.next()["body"]["data"].clone();
    assert_eq!(data["action"], kind, "{data}");
    let entities = &data["entities"];
    assert_eq!(entities.as_object().unwrap().len(), 3, "{data}");
    assert_eq!(entities["by"]["entity"]["uid"], by);
    assert_eq!(entities["on"]["entity"]["uid"], on);
    assert_eq!(entities["on"]["entityType"], "user");
    assert_eq!(entities["for"]["entity"]["guid"], "guild");
    data
}

fn refused(user: &Login, method: &str, route: &str, body: Value) -> (u16, String) {
    user.request(method, &format!("groups/guild{route}"), &body)
        .refusal()
}

fn no_clearance() -> (u16, String) {
    (403, "ERR_GROUP_NO_SCOPE_CLEARANCE".to_owned())
}

#[test]
fn members_are_added_and_each_is_told() {
    let server = LocalServer::start(config().user("dan")).unwrap();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    let new = json!({"guid": "guild", "name": "Guild", "type": "private",
                     "members": {"admins": [], "moderators": ["bob"], "participants": [], "usersToBan": []}});
    let created = alice.request("POST", "groups", &new).data();
    assert_eq!(created["guid"], "guild");
    let members = &created["members"]["data"];
    assert_eq!(members["moderators"]["bob"]["success"], true);
    for map in ["admins", "participants", "usersToBan"] {
        assert_eq!(members[map], json!({}));
    }
    let (mut a, mut c) = (alice.connect(), carol.connect());

    let add = json!({"admins": ["carol"], "participants": ["carol", "nobody", "alice"], "usersToBan": ["dan"]});
    let reply = bob.request("PUT", "groups/guild/members", &add).data();
    assert_eq!(reply["participants"]["carol"], json!({"success": true}));
    for (map, uid, code) in [
        ("admins", "carol", "ERR_GROUP_NO_SCOPE_CLEARANCE"),
        ("participants", "nobody", "ERR_UID_NOT_FOUND"),
        ("participants", "alice", "ERR_ALREADY_JOINED"),
    ] {
        assert_eq!(reply[map][uid]["error"]["code"], code);
        assert!(reply[map][uid]["error"]["message"].is_string());
    }
    assert_eq!(reply["usersToBan"]["dan"], json!({"success": true}));
    assert_eq!(reply["moderators"], json!({}));
    for socket in [&mut a, &mut c] {
        action(socket, "added", "bob", "carol");
        action(socket, "banned", "bob", "dan");
    }
    carol.send("group", "guild", "hi").data();

    let listed = alice.get("groups/guild/members?scopes=admin,moderator");
    let scopes: Vec<_> = listed
        .data()
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["uid"].clone(), member["scope"].clone()))
        .collect();
    assert_eq!(
        scopes,
        [
            (json!("alice"), json!("admin")),
            (json!("bob"), json!("moderator"))
        ]
    );
    let status = alice.get("groups/guild/members?status=available&searchKey=car");
    assert_eq!(status.data()[0]["uid"], "carol");

    let participant = json!({"participants": ["dan"]});
    let reply = carol
        .request("PUT", "groups/guild/members", &participant)
        .data();
    assert_eq!(
        reply["participants"]["dan"]["error"]["code"],
        "ERR_GROUP_NO_SCOPE_CLEARANCE"
    );
}

#[test]
fn rights_go_by_scope() {
    let server = LocalServer::start(config().user("dan")).unwrap();
    let api = Api::of(&server);
    let [alice, bob, carol, dan] = ["alice", "bob", "carol", "dan"].map(|uid| api.log_in(uid, "x"));
    group(&alice, "guild", &[&bob, &carol]);

    // A participant may do nothing to others, nor to the group.
    let scope = |scope: &str| json!({"scope": scope});
    let null = Value::Null;
    for (method, route, body) in [
        ("DELETE", "/members/carol", null.clone()),
        ("POST", "/bannedusers/carol", null.clone()),
        ("POST", "/bannedusers/dan", null.clone()),
        ("DELETE", "/bannedusers/dan", null.clone()),
        ("GET", "/bannedusers", null.clone()),
        ("PUT", "/members/carol", scope("admin")),
        ("PUT", "/members/bob", scope("admin")),
        ("PATCH", "/owner", json!({"owner": "bob"})),
        ("PUT", "", json!({"name": "Mine"})),
        ("DELETE", "", null.clone()),
    ] {
        assert_eq!(
            refused(&bob, method, route, body.clone()),
            no_clearance(),
            "{method} {route}"
        );
        // Who is no member may do even less.
        let expected = match route {
            "/owner" => no_clearance(),
            _ => (403, "ERR_GROUP_NOT_JOINED".to_owned()),
        };
        assert_eq!(
            refused(&dan, method, route, body),
            expected,
            "{method} {route}"
        );
    }

    // A moderator kicks and bans participants only.
    alice
        .request("PUT", "groups/guild/members/bob", &scope("moderator"))
        .data();
    assert_eq!(
        refused(&bob, "DELETE", "/members/alice", null.clone()),
        no_clearance()
    );
    assert_eq!(
        refused(&bob, "PUT", "/members/carol", scope("moderator")),
        no_clearance()
    );
    assert_eq!(
        refused(&bob, "DELETE", "/members/bob", null.clone()),
        no_clearance()
    );
    bob.request("DELETE", "groups/guild/members/carol", &null)
        .data();
    carol
        .request("POST", "groups/guild/members", &json!({}))
        .data();

    // An admin is not above another, nor above the owner.
    alice
        .request("PUT", "groups/guild/members/bob", &scope("admin"))
        .data();
    alice
        .request("PUT", "groups/guild/members/carol", &scope("admin"))
        .data();
    assert_eq!(
        refused(&bob, "DELETE", "/members/carol", null.clone()),
        no_clearance()
    );
    assert_eq!(
        refused(&bob, "POST", "/bannedusers/alice", null.clone()),
        no_clearance()
    );
    bob.request("PUT", "groups/guild", &json!({"name": "Ours"}))
        .data();

    for (method, route, body, status, code) in [
        (
            "PUT",
            "/members/carol",
            scope("admin"),
            409,
            "ERR_SAME_SCOPE",
        ),
        (
            "PUT",
            "/members/carol",
            scope("king"),
            400,
            "ERR_BAD_REQUEST",
        ),
        (
            "PUT",
            "/members/dan",
            scope("admin"),
            404,
            "ERR_NOT_A_MEMBER",
        ),
        (
            "DELETE",
            "/members/nobody",
            null.clone(),
            404,
            "ERR_UID_NOT_FOUND",
        ),
        (
            "POST",
            "/bannedusers/nobody",
            null.clone(),
            404,
            "ERR_UID_NOT_FOUND",
        ),
        (
            "DELETE",
            "/bannedusers/dan",
            null.clone(),
            404,
            "ERR_NOT_BANNED_GROUPMEMBER",
        ),
        (
            "PATCH",
            "/owner",
            json!({"owner": "dan"}),
            404,
            "ERR_NOT_A_MEMBER",
        ),
    ] {
        let refusal = refused(&alice, method, route, body);
        assert_eq!(refusal, (status, code.to_owned()), "{method} {route}");
    }
    let nowhere = alice.request("DELETE", "groups/nowhere/members/bob", &null);
    assert_eq!(nowhere.refusal(), (404, "ERR_GUID_NOT_FOUND".to_owned()));
}

#[test]
fn who_is_kicked_or_banned_is_told_and_out() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    group(&alice, "guild", &[&bob, &carol]);
    let (mut b, mut c) = (bob.connect(), carol.connect());
    let null = Value::Null;
    let out = (403, "ERR_GROUP_NOT_JOINED".to_owned());
    let join = || bob.request("POST", "groups/guild/members", &json!({}));

    alice
        .request("DELETE", "groups/guild/members/bob", &null)
        .data();
    action(&mut c, "kicked", "alice", "bob");
    let told = action(&mut b, "kicked", "alice", "bob");
    assert_eq!(told["entities"]["for"]["entity"]["hasJoined"], false);
    assert_eq!(bob.send("group", "guild", "hi").refusal(), out);
    assert_eq!(bob.get("groups/guild/messages").refusal(), out);
    assert_eq!(bob.get("groups/guild/members").refusal(), out);
    assert_eq!(bob.get("conversations").data(), json!([]));
    join().data();
    c.next();

    alice
        .request("POST", "groups/guild/bannedusers/bob", &null)
        .data();
    action(&mut c, "banned", "alice", "bob");
    action(&mut b, "banned", "alice", "bob");
    assert_eq!(bob.send("group", "guild", "hi").refusal(), out);
    let banned = (403, "ERR_BANNED_GROUPMEMBER".to_owned());
    assert_eq!(join().refusal(), banned);
    assert_eq!(
        refused(&alice, "POST", "/bannedusers/bob", null.clone()),
        banned
    );
    let add = json!({"participants": ["bob"]});
    let reply = alice.request("PUT", "groups/guild/members", &add).data();
    assert_eq!(
        reply["participants"]["bob"]["error"]["code"],
        "ERR_BANNED_GROUPMEMBER"
    );
    assert_eq!(
        alice.get("groups/guild/bannedusers").data()[0]["uid"],
        "bob"
    );

    alice
        .request("DELETE", "groups/guild/bannedusers/bob", &null)
        .data();
    action(&mut c, "unbanned", "alice", "bob");
    assert_eq!(alice.get("groups/guild/bannedusers").data(), json!([]));
    join().data();
    c.next();

    let scope = json!({"scope": "moderator"});
    alice
        .request("PUT", "groups/guild/members/bob", &scope)
        .data();
    let changed = action(&mut c, "scopeChanged", "alice", "bob");
    assert_eq!(
        changed["extras"]["scope"],
        json!({"old": "participant", "new": "moderator"})
    );
}

#[test]
fn the_owner_leaves_after_giving_the_group_away() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    group(&alice, "guild", &[&bob]);
    let leave = || alice.request("DELETE", "groups/guild/members", &json!(null));
    assert_eq!(
        leave().refusal(),
        (403, "ERR_OWNER_EXIT_FORBIDDEN".to_owned())
    );
    let to_bob = json!({"owner": "bob"});
    alice.request("PATCH", "groups/guild/owner", &to_bob).data();
    let group = bob.get("groups/guild").data();
    assert_eq!(
        (&group["owner"], &group["scope"]),
        (&json!("bob"), &json!("admin"))
    );
    assert_eq!(
        refused(&alice, "PATCH", "/owner", json!({"owner": "alice"})),
        no_clearance()
    );
    leave().data();
}

#[test]
fn groups_are_listed_changed_and_deleted() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    for (guid, kind, tags) in [
        ("guild", "public", json!(["t"])),
        ("inn", "password", json!([])),
        ("secret", "private", json!([])),
    ] {
        let body = json!({"guid": guid, "name": guid, "type": kind, "password": "x", "tags": tags});
        alice.request("POST", "groups", &body).data();
    }
    bob.request("POST", "groups/guild/members", &json!({}))
        .data();
    let guids = |user: &Login, query: &str| {
        let list = user.get(&format!("groups?{query}")).data();
        let guid = |group: &Value| group["guid"].as_str().unwrap().to_owned();
        list.as_array()
            .unwrap()
            .iter()
            .map(guid)
            .collect::<Vec<_>>()
    };
    assert_eq!(guids(&alice, ""), ["guild", "inn", "secret"]);
    assert_eq!(guids(&bob, ""), ["guild", "inn"]);
    assert_eq!(guids(&bob, "hasJoined=1"), ["guild"]);
    assert_eq!(guids(&bob, "hasJoined=0&per_page=1&page=2"), ["inn"]);
    assert_eq!(guids(&bob, "searchKey=IN"), ["inn"]);
    assert_eq!(guids(&bob, "tags=t"), ["guild"]);
    assert_eq!(bob.get("groups/inn").data()["hasJoined"], false);
    assert_eq!(
        bob.get("groups/secret").refusal(),
        (403, "ERR_GROUP_NOT_JOINED".to_owned())
    );
    assert_eq!(
        bob.get("groups/nowhere").refusal(),
        (404, "ERR_GUID_NOT_FOUND".to_owned())
    );

    let changed = alice.request(
        "PUT",
        "groups/guild",
        &json!({"name": "Guild", "type": "password"}),
    );
    assert_eq!(changed.refusal(), (400, "ERR_EMPTY_GROUP_PASS".to_owned()));
    let changes = json!({"name": "Guild", "type": "password", "password": "y", "description": "d"});
    let changed = alice.request("PUT", "groups/guild", &changes).data();
    assert_eq!(changed["type"], "password");
    assert_eq!(changed["description"], "d");
    assert_eq!(changed["tags"], json!(["t"]));

    alice.send("group", "guild", "last words").data();
    alice.request("DELETE", "groups/guild", &json!(null)).data();
    assert_eq!(bob.get("groups/guild").refusal().0, 404);
    assert_eq!(bob.get("messages").data(), json!([]));
    assert_eq!(bob.get("conversations").data(), json!([]));
}
