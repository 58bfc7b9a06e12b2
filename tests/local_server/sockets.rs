use std::{thread, time::Duration};

use serde_json::{Value, json};
use tungstenite::Message;

use super::client::{Api, server};
use bevy_cometchat::local_server::LocalServer;

#[test]
fn a_socket_that_does_not_authenticate_is_told_why_and_closed() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let changed = |change: fn(&mut Value)| {
        let mut frame = alice.auth_frame();
        change(&mut frame);
        frame
    };
    let cases = [
        (changed(|frame| frame["body"]["auth"] = "x".into()), "401"),
        (changed(|frame| frame["body"]["auth"] = "".into()), "401"),
        (changed(|frame| frame["sender"] = "bob".into()), "401"),
        (changed(|frame| frame["appId"] = "other".into()), "404"),
    ];
    for (frame, code) in cases {
        let mut socket = api.socket();
        socket.send(&frame);
        let reply = socket.next();
        assert_eq!(reply["type"], "auth", "{frame}");
        assert_eq!(reply["body"]["code"], code, "{frame}");
        assert!(!reply["body"]["status"].as_str().unwrap().is_empty());
        assert_eq!(socket.closed_with(), 4001);
    }
}

#[test]
fn whatever_comes_before_the_auth_frame_ends_the_socket() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    for first in [
        r#"{"action":"ping","ack":"true"}"#.to_owned(),
        alice
            .frame(
                "typing_indicator",
                "user",
                "bob",
                json!({"action": "started"}),
            )
            .to_string(),
        "nonsense".to_owned(),
        r#"{"type":"auth"}"#.to_owned(),
    ] {
        let mut socket = api.socket();
        socket.send_text(&first);
        assert_eq!(socket.closed_with(), 4001, "{first}");
    }
}

#[test]
fn a_socket_that_says_nothing_is_closed_in_time() {
    let server = server();
    assert_eq!(Api::of(&server).socket().closed_with(), 4001);
}

#[test]
fn typing_and_transient_messages_come_from_who_authenticated() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let (mut a1, mut b1) = (alice.connect(), bob.connect());
    let mut a2 = api.log_in("alice", "a2").connect();

    let mallory = json!({"uid": "carol", "name": "Carol"});
    let typing = json!({"action": "started", "user": mallory, "metadata": {"x": 1}});
    let mut typing = alice.frame("typing_indicator", "user", "bob", typing);
    typing["sender"] = "carol".into();
    typing["deviceId"] = "c1".into();
    a1.send(&typing);
    let transient = json!({"user": mallory, "data": {"LIVE_REACTION": "heart"}});
    a1.send(&alice.frame("transient_message", "user", "bob", transient));

    for socket in [&mut b1, &mut a2] {
        let frame = socket.next();
        assert_eq!(frame["type"], "typing_indicator");
        assert_eq!(frame["sender"], "alice");
        assert_eq!(frame["deviceId"], "a1");
        assert_eq!(
            (&frame["receiver"], &frame["receiverType"]),
            (&json!("bob"), &json!("user"))
        );
        assert_eq!(frame["body"]["action"], "started");
        assert_eq!(frame["body"]["user"]["uid"], "alice");
        assert_eq!(frame["body"]["metadata"], json!({"x": 1}));
        let frame = socket.next();
        assert_eq!(frame["type"], "transient_message");
        assert_eq!(frame["body"]["user"]["uid"], "alice");
        assert_eq!(frame["body"]["data"], json!({"LIVE_REACTION": "heart"}));
    }
    a1.expect_silence();
}

#[test]
fn a_receipt_goes_to_the_author_from_who_the_message_was_for() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob, carol) = (
        api.log_in("alice", "a1"),
        api.log_in("bob", "b1"),
        api.log_in("carol", "c1"),
    );
    let (mut a1, mut b1, mut c1) = (alice.connect(), bob.connect(), carol.connect());
    let id = alice.send("user", "bob", "hi").data()["id"].clone();
    assert_eq!(b1.next()["body"]["id"], id);

    let receipt = |user: &super::client::Login| {
        let body = json!({"action": "read", "messageId": id, "user": {"uid": user.uid}});
        let mut frame = user.frame("receipts", "user", "alice", body);
        frame["messageSender"] = "carol".into();
        frame
    };
    b1.send(&receipt(&bob));
    let frame = a1.next();
    assert_eq!(frame["type"], "receipts");
    assert_eq!(frame["messageSender"], "alice");
    assert_eq!(frame["body"]["action"], "read");
    assert_eq!(frame["body"]["messageId"], id);
    assert_eq!(frame["body"]["user"]["uid"], "bob");
    assert!(frame["body"]["timestamp"].as_u64().unwrap() > 1_700_000_000);

    c1.send(&receipt(&carol));
    c1.expect_silence();
    a1.expect_silence();
}

#[test]
fn presence_is_told_to_who_subscribed() {
    let server = server();
    let api = Api::of(&server);
    let bob = api.log_in("bob", "b1");
    let mut everybody = api
        .log_in("alice", "a1")
        .connect_with_presence("ALL_USERS".into());
    let mut nobody = api
        .log_in("carol", "c1")
        .connect_with_presence("NONE".into());
    assert_eq!(everybody.next()["sender"], "carol");

    let (first, second) = (bob.connect(), bob.connect());
    let frame = everybody.next();
    assert_eq!(frame["type"], "presence");
    assert_eq!(
        (&frame["sender"], &frame["deviceId"]),
        (&json!("bob"), &json!("b1"))
    );
    assert_eq!(frame["body"]["action"], "online");
    assert_eq!(frame["body"]["user"]["status"], "online");
    assert!(frame["body"]["timestamp"].is_u64());

    drop((first, second));
    let frame = everybody.next();
    assert_eq!(frame["body"]["action"], "offline");
    assert_eq!(frame["body"]["user"]["uid"], "bob");
    assert_eq!(frame["body"]["user"]["status"], "offline");
    nobody.expect_silence();
    everybody.expect_silence();
}

#[test]
fn frames_that_make_no_sense_are_ignored() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let mut socket = alice.connect();
    for nonsense in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"type":"dance"}"#,
        r#"{"type":"typing_indicator","receiver":"nobody","receiverType":"user","body":{"action":"started"}}"#,
        r#"{"type":"receipts","receiver":"bob","receiverType":"user","body":{"action":"read","messageId":"99"}}"#,
        &"[".repeat(60_000),
        &alice.auth_frame().to_string(),
    ] {
        socket.send_text(nonsense);
    }
    socket.send_message(Message::binary(vec![0, 159, 146, 150]));
    socket.expect_silence();
}

#[test]
fn a_frame_that_is_too_large_ends_the_socket() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let mut socket = alice.connect();
    socket.send_text(&"x".repeat(64 * 1024 + 1));
    assert_eq!(socket.closed_with(), 1009);
}

#[test]
fn what_waits_for_a_slow_reader_comes_whole_and_in_order() {
    for tls in [false, true] {
        let config = super::client::config();
        let server = LocalServer::start(if tls { config.tls() } else { config }).unwrap();
        let api = Api::of(&server);
        let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
        let mut socket = bob.connect();
        // More than the operating system keeps, and less than the server does.
        let text = |number: usize| format!("{number} {}", "x".repeat(9_000 - number));
        for number in 0..420 {
            alice.send("user", "bob", &text(number)).data();
        }
        for number in 0..420 {
            assert_eq!(socket.next()["body"]["data"]["text"], text(number));
        }
        socket.expect_silence();
    }
}

#[test]
fn a_device_that_does_not_read_is_dropped_and_nobody_waits_for_it() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let stuck = bob.connect();
    let mut reading = api.log_in("bob", "b2").connect();
    let text = "\u{1F600}".repeat(10_000);
    const MESSAGES: usize = 400;
    for _ in 0..MESSAGES {
        alice.send("user", "bob", &text).data();
        assert_eq!(reading.next()["type"], "message");
    }
    // It is dropped after 10 s in which it reads nothing.
    thread::sleep(Duration::from_secs(11));
    assert!(stuck.frames_until_broken() < MESSAGES);
    reading.expect_silence();
}
