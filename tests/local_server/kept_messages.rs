use serde_json::{Value, json};

use super::client::{Api, Login, group, server};

fn id(message: &Value) -> &str {
    message["id"].as_str().unwrap()
}

fn pin(user: &Login, method: &str, message: &Value) -> super::client::Reply {
    user.request(method, &format!("messages/{}/pin", id(message)), &json!({}))
}

fn save(user: &Login, method: &str, message: &Value) -> super::client::Reply {
    user.request(
        method,
        &format!("messages/{}/save", id(message)),
        &json!({}),
    )
}

fn ids(user: &Login, route: &str) -> Vec<String> {
    let list = user.get(route).data();
    let rows = list.as_array().unwrap().iter();
    rows.map(|row| id(row).to_owned()).collect()
}

#[test]
fn a_moderator_pins_a_message_for_the_whole_group() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    group(&alice, "guild", &[&bob]);
    alice.send("group", "guild", "small talk").data();
    let rules = bob.send("group", "guild", "the rules").data();
    let (mut at_alice, mut at_bob) = (alice.connect(), bob.connect());

    let pinned = pin(&alice, "POST", &rules).data();
    assert_eq!(pinned["id"], rules["id"]);
    assert_eq!(pinned["pinnedBy"], "alice");
    assert!(pinned["pinnedAt"].is_u64());
    let frame = at_bob.next();
    assert_eq!(
        (&frame["type"], &frame["sender"]),
        (&json!("message_pinned"), &json!("alice"))
    );
    assert_eq!(frame["body"]["id"], rules["id"]);
    assert_eq!(frame["body"]["pinnedBy"], "alice");
    at_alice.expect_silence();
    for user in [&alice, &bob] {
        assert_eq!(ids(user, "groups/guild/messages?pinned=1"), [id(&rules)]);
    }

    let not_allowed = (403, "ERR_ACTION_NOT_ALLOWED".to_owned());
    assert_eq!(pin(&bob, "POST", &rules).refusal(), not_allowed);
    assert_eq!(pin(&bob, "DELETE", &rules).refusal(), not_allowed);
    let not_found = (404, "ERR_MESSAGE_ID_NOT_FOUND".to_owned());
    assert_eq!(pin(&carol, "POST", &rules).refusal(), not_found);

    let unpinned = pin(&alice, "DELETE", &rules).data();
    assert!(unpinned.get("pinnedAt").is_none() && unpinned.get("pinnedBy").is_none());
    assert_eq!(at_bob.next()["type"], "message_unpinned");
    assert_eq!(ids(&bob, "groups/guild/messages?pinned=1"), [""; 0]);
}

#[test]
fn either_of_two_pins_and_a_deleted_message_is_kept_by_nobody() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob] = ["alice", "bob"].map(|uid| api.log_in(uid, "device"));
    let message = alice.send("user", "bob", "remember the milk").data();
    pin(&bob, "POST", &message).data();
    save(&bob, "POST", &message).data();
    assert_eq!(ids(&alice, "users/bob/messages?pinned=1"), [id(&message)]);

    let route = format!("messages/{}", id(&message));
    alice.request("DELETE", &route, &json!(null)).data();
    assert_eq!(ids(&alice, "users/bob/messages?pinned=1"), [""; 0]);
    assert_eq!(ids(&bob, "messages?saved=1"), [""; 0]);
    for reply in [
        pin(&alice, "POST", &message),
        save(&alice, "POST", &message),
    ] {
        assert_eq!(
            reply.refusal(),
            (404, "ERR_MESSAGE_ID_NOT_FOUND".to_owned())
        );
    }
    let blocked = json!({"blockedUids": ["alice"]});
    let other = alice.send("user", "bob", "another").data();
    bob.request("POST", "blockedusers", &blocked).data();
    assert_eq!(
        pin(&alice, "POST", &other).refusal(),
        (403, "ERR_BLOCKED_USER".to_owned())
    );
}

#[test]
fn what_one_saves_is_theirs_alone() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    group(&alice, "guild", &[&bob]);
    let said = alice.send("user", "bob", "to you").data();
    alice.send("user", "bob", "not that").data();
    let told = alice.send("group", "guild", "to all").data();
    let mut here = bob.connect();
    let mut there = api.log_in("bob", "b2").connect();
    let mut at_alice = alice.connect();

    for message in [&said, &told] {
        let saved = save(&bob, "POST", message).data();
        assert!(saved["savedAt"].is_u64());
        // Again is no news.
        assert_eq!(
            save(&bob, "POST", message).data()["savedAt"],
            saved["savedAt"]
        );
        let frame = there.next();
        assert_eq!(frame["type"], "message_saved");
        assert_eq!(frame["body"]["id"], message["id"]);
        assert_eq!(frame["body"]["savedAt"], saved["savedAt"]);
        there.next();
    }
    here.expect_silence();
    at_alice.expect_silence();
    assert_eq!(ids(&bob, "messages?saved=1"), [id(&said), id(&told)]);
    assert_eq!(ids(&bob, "users/alice/messages?saved=1"), [id(&said)]);
    assert_eq!(ids(&alice, "messages?saved=1"), [""; 0]);
    let seen = alice.get(&format!("messages/{}", id(&said))).data();
    assert!(seen.get("savedAt").is_none());

    let forgotten = save(&bob, "DELETE", &said).data();
    assert!(forgotten.get("savedAt").is_none());
    assert_eq!(there.next()["type"], "message_unsaved");
    assert_eq!(ids(&bob, "messages?saved=1"), [id(&told)]);
}

#[test]
fn as_many_are_kept_as_the_settings_say() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let parameters = alice.get("me").data()["settings"]["parameters"].clone();
    for (keep, kind) in [(pin as fn(&_, &_, &_) -> _, "pinned"), (save, "saved")] {
        let flag = |name| &parameters[format!("features.ux.messages.{kind}.{name}")];
        assert_eq!(flag("enabled"), true);
        let limit = flag("limit").as_u64().unwrap();
        let messages: Vec<_> = (0..=limit)
            .map(|number| alice.send("user", "bob", &number.to_string()).data())
            .collect();
        let (last, others) = messages.split_last().unwrap();
        for message in others {
            keep(&alice, "POST", message).data();
        }
        let reached = (403, "ERR_LIMIT_REACHED".to_owned());
        assert_eq!(keep(&alice, "POST", last).refusal(), reached);
        keep(&alice, "POST", &others[0]).data();
        keep(&alice, "DELETE", &others[0]).data();
        keep(&alice, "POST", last).data();
    }
}
