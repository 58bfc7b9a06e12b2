mod moderation;

use std::{thread, time::Duration};

use serde_json::{Value, json};

use super::client::{Api, config, server, text_message};
use bevy_cometchat::local_server::{LocalServer, ModerationRules};

#[test]
fn a_text_reaches_the_receiver_and_the_senders_other_devices() {
    for tls in [false, true] {
        let config = if tls { config().tls() } else { config() };
        let server = LocalServer::start(config).unwrap();
        let api = Api::of(&server);
        let (alice, alice_too) = (api.log_in("alice", "a1"), api.log_in("alice", "a2"));
        let (bob, carol) = (api.log_in("bob", "b1"), api.log_in("carol", "c1"));
        let (mut a1, mut a2) = (alice.connect(), alice_too.connect());
        let (mut b1, mut c1) = (bob.connect(), carol.connect());

        let mut message = text_message("user", "bob", "hi \u{1F600} \"you\"");
        message["muid"] = "muid-1".into();
        message["tags"] = json!(["t1"]);
        message["metadata"] = json!({"k": 1});
        let sent = alice.request("POST", "messages", &message).data();

        assert!(sent["id"].as_str().unwrap().parse::<u64>().is_ok());
        assert_eq!(sent["muid"], "muid-1");
        assert_eq!(sent["conversationId"], "alice_user_bob");
        assert_eq!(sent["sender"], "alice");
        assert_eq!(sent["receiver"], "bob");
        assert_eq!(sent["receiverType"], "user");
        assert_eq!(
            (&sent["category"], &sent["type"]),
            (&json!("message"), &json!("text"))
        );
        assert!(sent["sentAt"].as_u64().unwrap() > 1_700_000_000);
        assert_eq!(sent["tags"], json!(["t1"]));
        let data = &sent["data"];
        assert_eq!(data["text"], "hi \u{1F600} \"you\"");
        assert_eq!(data["metadata"], json!({"k": 1}));
        assert_eq!(data["resource"], "a1");
        let sender = &data["entities"]["sender"];
        assert_eq!(
            (&sender["entityType"], &sender["entity"]["uid"]),
            (&json!("user"), &json!("alice"))
        );
        assert_eq!(sender["entity"]["name"], "Alice");
        assert_eq!(sender["entity"]["status"], "online");
        assert_eq!(data["entities"]["receiver"]["entity"]["uid"], "bob");

        for socket in [&mut b1, &mut a2] {
            let frame = socket.next();
            assert_eq!(frame["type"], "message");
            assert_eq!(frame["deviceId"], "a1");
            assert_eq!(frame["sender"], "alice");
            assert_eq!(
                (&frame["receiver"], &frame["receiverType"]),
                (&json!("bob"), &json!("user"))
            );
            assert_eq!(frame["body"], sent);
        }
        a1.expect_silence();
        c1.expect_silence();

        let back = bob.send("user", "alice", "and you").data();
        assert_eq!(back["conversationId"], "alice_user_bob");
        assert!(id(&back) > id(&sent));
        for socket in [&mut a1, &mut a2] {
            assert_eq!(socket.next()["body"], back);
        }
        b1.expect_silence();
    }
}

fn id(message: &Value) -> u64 {
    message["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_message_sent_again_is_stored_and_told_once() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let mut socket = bob.connect();
    let mut message = text_message("user", "bob", "once");
    message["muid"] = "same".into();

    let first = alice.request("POST", "messages", &message).data();
    let second = alice.request("POST", "messages", &message).data();
    assert_eq!(second, first);
    // Another user's muids are their own.
    message["receiver"] = "alice".into();
    let of_bob = bob.request("POST", "messages", &message).data();
    assert_ne!(of_bob["id"], first["id"]);

    assert_eq!(socket.next()["body"], first);
    socket.expect_silence();
}

#[test]
fn a_reply_stays_in_the_conversation_of_its_parent() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let parent = alice.send("user", "bob", "question").data();
    let route = format!("messages/{}/thread", id(&parent));

    let answer = text_message("user", "bob", "answer");
    let reply = alice.request("POST", &route, &answer).data();
    assert_eq!(reply["parentId"], parent["id"]);

    let elsewhere = text_message("user", "carol", "answer");
    for (route, body) in [
        (&*route, &elsewhere),
        ("messages/999/thread", &answer),
        ("messages/x/thread", &answer),
        ("messages/18446744073709551615/thread", &answer),
    ] {
        let refusal = alice.request("POST", route, body).refusal();
        assert_eq!(
            refusal,
            (404, "ERR_MESSAGE_ID_NOT_FOUND".to_owned()),
            "{route}"
        );
    }
}

#[test]
fn custom_messages_and_media_by_url_are_relayed_as_they_are() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let mut bob = api.log_in("bob", "b1").connect();
    let data = [
        (
            "custom",
            "location",
            json!({"customData": {"lat": 1.5}, "subType": "sub"}),
        ),
        (
            "message",
            "image",
            json!({"url": "", "attachments": [{"url": "https://example.org/x.png"}]}),
        ),
    ];
    for (category, kind, data) in data {
        let body = json!({"category": category, "type": kind, "receiver": "bob", "receiverType": "user", "data": data});
        let sent = alice.request("POST", "messages", &body).data();
        let received = bob.next()["body"].clone();
        assert_eq!(received, sent);
        for (member, value) in data.as_object().unwrap() {
            assert_eq!(received["data"][member], *value);
        }
    }
}

#[test]
fn nobody_sends_in_anothers_name() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let mut bob = api.log_in("bob", "b1").connect();
    let mut message = text_message("user", "bob", "I am carol");
    message["sender"] = "carol".into();
    message["data"] = json!({
        "text": "I am carol", "resource": "c1", "moderation": {"status": "approved"},
        "entities": {"sender": {"entity": {"uid": "carol", "name": "Carol"}, "entityType": "user"}},
    });
    alice.request("POST", "messages", &message).data();

    let frame = bob.next();
    assert_eq!(frame["sender"], "alice");
    assert_eq!(frame["deviceId"], "a1");
    assert_eq!(frame["body"]["sender"], "alice");
    assert_eq!(frame["body"]["data"]["resource"], "a1");
    assert_eq!(
        frame["body"]["data"]["entities"]["sender"]["entity"]["uid"],
        "alice"
    );
    assert!(frame["body"]["data"].get("moderation").is_none());
}

#[test]
fn a_message_that_makes_no_sense_is_refused() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let changed = |member: &str, value: Value| {
        let mut message = text_message("user", "bob", "hi");
        message[member] = value;
        message
    };
    let text = |text: &str| text_message("user", "bob", text);
    let cases = [
        (text(""), 400, "ERR_EMPTY_MESSAGE_TEXT"),
        (text(" \n "), 400, "ERR_EMPTY_MESSAGE_TEXT"),
        (text(&"x".repeat(65_537)), 400, "ERR_MESSAGE_TEXT_TOO_LONG"),
        (
            changed("receiver", "nobody".into()),
            404,
            "ERR_UID_NOT_FOUND",
        ),
        (changed("receiver", "".into()), 400, "ERR_BAD_REQUEST"),
        (
            changed("receiverType", "planet".into()),
            400,
            "ERR_BAD_REQUEST",
        ),
        (
            changed("receiverType", "group".into()),
            404,
            "ERR_GUID_NOT_FOUND",
        ),
        (changed("type", Value::Null), 400, "ERR_BAD_REQUEST"),
        (changed("data", json!([])), 400, "ERR_BAD_REQUEST"),
        (
            changed("muid", "x".repeat(101).into()),
            400,
            "ERR_BAD_REQUEST",
        ),
        (changed("category", "call".into()), 501, "ERR_UNSUPPORTED"),
        (changed("category", "action".into()), 501, "ERR_UNSUPPORTED"),
        (json!(17), 400, "ERR_BAD_REQUEST"),
    ];
    for (body, status, code) in cases {
        let refusal = alice.request("POST", "messages", &body).refusal();
        assert_eq!(refusal, (status, code.to_owned()), "{body}");
    }
    // The limit is in characters, whatever they take in bytes.
    alice
        .send("user", "bob", &"\u{1F600}".repeat(65_536))
        .data();
}

#[test]
fn frames_come_in_the_order_of_their_ids_whoever_sends() {
    let folder = tempfile::tempdir().unwrap();
    let config = config().data(folder.path().join("chat.db"));
    let server = LocalServer::start(config).unwrap();
    let api = Api::of(&server);
    let carol = api.log_in("carol", "c1");
    let mut sockets = [carol.connect(), carol.connect()];
    let senders = ["alice", "bob"].map(|uid| {
        let sender = api.log_in(uid, "device");
        thread::spawn(move || {
            for number in 0..50 {
                sender.send("user", "carol", &number.to_string()).data();
            }
        })
    });
    for sender in senders {
        sender.join().unwrap();
    }
    for socket in &mut sockets {
        let ids: Vec<_> = (0..100).map(|_| id(&socket.next()["body"])).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        socket.expect_silence();
    }
}

#[test]
fn a_message_is_as_large_as_the_clouds() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let bad = (400, "ERR_BAD_REQUEST".to_owned());
    let custom = |bytes: usize| {
        json!({
            "type": "item", "category": "custom", "receiverType": "user", "receiver": "bob",
            "data": {"customData": {"x": "x".repeat(bytes)}},
        })
    };
    alice.request("POST", "messages", &custom(10_000)).data();
    assert_eq!(
        alice.request("POST", "messages", &custom(10_240)).refusal(),
        bad
    );
    for (member, value) in [
        ("category", json!({"a": 1})),
        ("type", json!("dance")),
        ("type", json!("image")),
        ("type", json!({"a": 1})),
        ("tags", json!(vec!["t"; 26])),
        ("tags", json!(["t".repeat(101)])),
    ] {
        let mut message = text_message("user", "bob", "hi");
        message[member] = value;
        let refused = alice.request("POST", "messages", &message);
        assert_eq!(refused.refusal(), bad, "{message}");
    }
    for group in [
        json!({"guid": "g", "type": "public"}),
        json!({"guid": "g", "name": "G"}),
        json!({"guid": "a guid", "name": "G", "type": "public"}),
    ] {
        assert_eq!(
            alice.request("POST", "groups", &group).refusal(),
            bad,
            "{group}"
        );
    }
}

#[test]
fn thirty_messages_a_minute_are_sent() {
    let config = super::client::config().messages_per_minute(30);
    let server = LocalServer::start(config).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    for number in 0..30 {
        alice.send("user", "bob", &number.to_string()).data();
    }
    let refused = alice.send("user", "bob", "one more");
    assert_eq!(refused.headers["x-rate-limit"], "30");
    assert_eq!(refused.headers["x-rate-limit-remaining"], "0");
    let wait: u64 = refused.headers["retry-after"].parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.refusal(), (429, "ERR_TOO_MANY_REQUESTS".to_owned()));
    bob.send("user", "alice", "hi").data();
}

#[test]
fn a_muid_is_of_one_sender_and_one_receiver() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let send = |sender: &super::client::Login, receiver: &str| {
        let mut message = text_message("user", receiver, "hi");
        message["muid"] = "m1".into();
        sender.request("POST", "messages", &message).data()["id"].clone()
    };
    let to_bob = send(&alice, "bob");
    assert_eq!(send(&alice, "bob"), to_bob);
    let to_carol = send(&alice, "carol");
    assert_ne!(to_carol, to_bob);
    assert_ne!(send(&bob, "alice"), to_bob);
}

#[test]
fn what_a_user_reads_their_other_devices_hear() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let (here, there) = (api.log_in("bob", "b1"), api.log_in("bob", "b2"));
    let id = alice.send("user", "bob", "hi").data()["id"].clone();
    let (mut at_here, mut at_there) = (here.connect(), there.connect());
    let body = json!({"action": "read", "messageId": id, "user": {"uid": "bob"}});
    at_here.send(&here.frame("receipts", "user", "alice", body));
    let heard = at_there.next();
    assert_eq!(heard["type"], "receipts");
    assert_eq!(heard["body"]["action"], "read");
    assert_eq!(heard["body"]["messageId"], id);
    assert_eq!(heard["body"]["user"]["uid"], "bob");
    at_here.expect_silence();
}

#[test]
fn messages_are_judged_by_the_rules() {
    let rules = ModerationRules::default()
        .disapprove("Goblin")
        .hold_and_approve("maybe", Duration::from_secs(1))
        .hold_and_disapprove("perhaps", Duration::from_secs(1));
    let server = LocalServer::start(super::client::config().moderation(rules)).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let (mut at_alice, mut at_bob) = (alice.connect(), bob.connect());
    let status = |message: &Value| message["data"]["moderation"]["status"].clone();
    for (text, verdict) in [
        ("fine", "approved"),
        ("you GOBLIN", "disapproved"),
        ("maybe", "pending"),
        ("perhaps", "pending"),
    ] {
        assert_eq!(status(&alice.send("user", "bob", text).data()), verdict);
    }
    assert_eq!(status(&at_bob.next()["body"]), "approved");
    for verdict in ["approved", "disapproved"] {
        let told = at_alice.next();
        assert_eq!(told["type"], "on_moderation_status_changed");
        assert_eq!(status(&told["body"]), verdict);
    }
    assert_eq!(at_bob.next()["body"]["data"]["text"], "maybe");
    at_bob.expect_silence();
    let texts = |user: &super::client::Login, other: &str| {
        let rows = user.get(&format!("users/{other}/messages")).data();
        rows.as_array().unwrap().len()
    };
    assert_eq!((texts(&alice, "bob"), texts(&bob, "alice")), (4, 2));
}

#[test]
fn extensions_add_to_messages() {
    let said = json!({"links": []});
    let config = super::client::config()
        .extension("link-preview", &said)
        .unwrap();
    let server = LocalServer::start(config).unwrap();
    let alice = Api::of(&server).log_in("alice", "a1");
    let sent = alice.send("user", "bob", "https://example.org").data();
    let injected = &sent["data"]["metadata"]["@injected"]["extensions"]["link-preview"];
    assert_eq!(*injected, said);
}
