use bevy_cometchat::{
    client::Event,
    connection::{Cause, ConnectionStatus},
    model::{MessageContent, ModerationStatus},
};

use super::{
    fake_server::{FakeServer, accept, json, message, message_frame, send},
    player::{Player, ended, settings},
};

/// Frames that are not what docs/protocol.md describes.
fn malformed() -> Vec<String> {
    let with = |member: &str, value: serde_json::Value| {
        let mut frame: serde_json::Value = serde_json::from_str(&message_frame(1, "x")).unwrap();
        frame["body"][member] = value;
        frame.to_string()
    };
    let without = |member: &str| {
        let mut frame: serde_json::Value = serde_json::from_str(&message_frame(1, "x")).unwrap();
        frame["body"].as_object_mut().unwrap().remove(member);
        frame.to_string()
    };
    vec![
        String::new(),
        "not JSON".into(),
        "{".into(),
        "null".into(),
        "17".into(),
        "[]".into(),
        "{}".into(),
        r#"{"type":"message"}"#.into(),
        r#"{"type":"message","body":null}"#.into(),
        r#"{"type":"message","body":[]}"#.into(),
        r#"{"type":"message","body":"text"}"#.into(),
        r#"{"type":7,"body":{}}"#.into(),
        message_frame(1, "x").replacen("message", "message\u{0}", 1).replace('\u{0}', "\\"),
        message_frame(1, "x")[..200].to_owned(),
        with("id", "abc".into()),
        with("id", serde_json::json!(-1)),
        with("id", serde_json::json!({})),
        with("id", serde_json::json!(1e300)),
        with("data", "text".into()),
        with("data", serde_json::Value::Null),
        with("category", serde_json::json!([])),
        without("id"),
        without("data"),
        without("category"),
        without("type"),
        with("receiverType", "planet".into()),
        format!("{}{}", r#"{"type":"message","body":"#.repeat(5_000), "}".repeat(5_000)),
        "[".repeat(200_000),
        format!(r#"{{"type":"message","body":{{"data":{}1{}}}}}"#, "[".repeat(100_000), "]".repeat(100_000)),
        r#"{"type":"typing_indicator","body":{"action":"started"}}"#.into(),
        r#"{"type":"typing_indicator","receiver":"alice","receiverType":"user","body":{"action":"paused","user":{"uid":"b"}}}"#.into(),
        r#"{"type":"auth","body":{}}"#.into(),
        format!("\u{feff}{}", message_frame(1, "x")),
    ]
}

#[test]
fn d2_malformed_frames_are_dropped_and_counted_and_close_nothing() {
    let frames = malformed();
    let count = frames.len() as u64;
    let server = FakeServer::with_socket(move |mut socket| {
        accept(&mut socket);
        for frame in &frames {
            send(&mut socket, frame);
        }
        let _ = socket.send(tungstenite::Message::binary(vec![0, 159, 146, 150]));
        send(&mut socket, &message_frame(5, "after the storm"));
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    assert_eq!(alice.wait_for_message().text(), Some("after the storm"));
    let counted = alice.client.counters().malformed() + alice.client.counters().unmodelled();
    assert_eq!(counted, count + 1);
}

#[test]
fn d2_a_frame_of_ten_megabytes_is_dropped_and_counted() {
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        send(
            &mut socket,
            &message_frame(4, &"x".repeat(10 * 1024 * 1024)),
        );
        send(&mut socket, &message_frame(5, "small"));
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    assert_eq!(alice.wait_for_message().text(), Some("small"));
    assert_eq!(alice.client.counters().malformed(), 1);
}

#[test]
fn d2_unknown_frames_and_members_are_no_trouble() {
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        send(
            &mut socket,
            r#"{"type":"from_the_future","body":{"data":[1,2,3]}}"#,
        );
        send(
            &mut socket,
            r#"{"type":"presence","sender":"b","body":{"action":"online","user":{"uid":"b"}}}"#,
        );
        let mut body = message(6, "with extras");
        body["whatIsThis"] = serde_json::json!({"deep": [{"er": 1}]});
        body["sentAt"] = "1795448821".into();
        body["id"] = 6.into();
        let frame = serde_json::json!({"type": "message", "body": body, "more": true});
        send(&mut socket, &frame.to_string());
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    let raw = alice.wait_for("the raw event", |event| match event {
        Event::RawReceived(raw) => Some(raw),
        _ => None,
    });
    assert_eq!(&*raw.kind, "from_the_future");
    assert!(raw.frame.as_str().contains("[1,2,3]"), "{raw:?}");
    let message = alice.wait_for_message();
    assert_eq!((message.id.0, message.sent_at.0), (6, 1_795_448_821));
    assert_eq!(alice.client.counters().unmodelled(), 1);
    assert_eq!(alice.client.counters().malformed(), 0);
}

#[test]
fn d2_frames_of_the_own_device_are_dropped() {
    let server = FakeServer::with_socket(|mut socket| {
        let Ok(tungstenite::Message::Text(auth)) = socket.read() else {
            return;
        };
        let auth: serde_json::Value = serde_json::from_str(&auth).unwrap();
        send(
            &mut socket,
            r#"{"type":"auth","body":{"code":"200","status":"OK"}}"#,
        );
        let mut echo: serde_json::Value = serde_json::from_str(&message_frame(1, "echo")).unwrap();
        echo["deviceId"] = auth["deviceId"].clone();
        // Bob names the device of alice.
        send(&mut socket, &echo.to_string());
        echo["sender"] = "alice".into();
        echo["body"]["sender"] = "alice".into();
        send(&mut socket, &echo.to_string());
        send(&mut socket, &message_frame(2, "not an echo"));
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    assert_eq!(alice.wait_for_message().text(), Some("echo"));
    assert_eq!(alice.wait_for_message().text(), Some("not an echo"));
    assert_eq!(alice.client.counters().echoes(), 1);
}

#[test]
fn a_message_without_entities_and_one_of_an_unmodelled_kind_still_arrive() {
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        let mut bare = message(1, "bare");
        bare["data"] = serde_json::json!({"text": "bare"});
        send(
            &mut socket,
            &serde_json::json!({"type": "message", "body": bare}).to_string(),
        );
        let mut custom = message(2, "fallback");
        custom["category"] = "custom".into();
        custom["type"] = "trade".into();
        custom["data"]["customData"] = serde_json::json!({"gold": 5});
        send(
            &mut socket,
            &serde_json::json!({"type": "message", "body": custom}).to_string(),
        );
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    let bare = alice.wait_for_message();
    assert_eq!(
        (bare.text(), bare.sender.uid.as_str()),
        (Some("bare"), "bob")
    );
    let custom = alice.wait_for_message();
    let MessageContent::Custom(content) = &custom.content else {
        panic!("{custom:?}")
    };
    assert_eq!(&*content.kind, "trade");
    assert_eq!(content.text.as_deref(), Some("fallback"));
    let data: serde_json::Value = content.data.parse().unwrap();
    assert_eq!(data["gold"], 5);
}

#[test]
fn typing_reaches_the_game() {
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        send(
            &mut socket,
            r#"{"type":"typing_indicator","receiver":"alice","receiverType":"user","deviceId":"d","sender":"bob","body":{"action":"started","user":{"uid":"bob","name":"Bob"}}}"#,
        );
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    let typing = alice.wait_for("typing", |event| match event {
        Event::TypingChanged(typing) => Some(typing),
        _ => None,
    });
    assert!(typing.typing);
    assert_eq!(&*typing.user.name, "Bob");
}

#[test]
fn what_moderation_decides_reaches_the_game_also_of_the_own_messages() {
    let server = FakeServer::with_socket(|mut socket| {
        let Ok(tungstenite::Message::Text(auth)) = socket.read() else {
            return;
        };
        let auth: serde_json::Value = serde_json::from_str(&auth).unwrap();
        send(
            &mut socket,
            r#"{"type":"auth","body":{"code":"200","status":"OK"}}"#,
        );
        let mut body = message(7, "hm");
        body["data"]["moderation"] = serde_json::json!({"status": "disapproved"});
        let frame = serde_json::json!({
            "type": "on_moderation_status_changed", "deviceId": auth["deviceId"], "body": body,
        });
        send(&mut socket, &frame.to_string());
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    let moderated = alice.wait_for("moderation", |event| match event {
        Event::MessageModerated(message) => Some(message),
        _ => None,
    });
    assert_eq!(moderated.id.0, 7);
    assert_eq!(
        moderated.details().moderation,
        Some(ModerationStatus::Disapproved)
    );
}

#[test]
fn d5_a_game_that_does_not_drain_loses_no_message_and_keeps_its_connection() {
    const COUNT: u64 = 60_000;
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        for id in 1..=COUNT {
            send(&mut socket, &message_frame(id, "a lot"));
        }
        send(&mut socket, r#"{"action":"pong"}"#);
        while let Ok(frame) = socket.read() {
            if frame.to_text().is_ok_and(|text| text.contains("ping")) {
                send(&mut socket, r#"{"action":"pong"}"#);
            }
        }
    });
    let watchful = settings(server.address).timing(|timing| {
        timing.heartbeat_interval = std::time::Duration::from_millis(100);
        timing.pong_timeout = std::time::Duration::from_millis(1_000);
    });
    let mut alice = Player::live("alice", watchful);
    std::thread::sleep(std::time::Duration::from_secs(3));
    for id in 1..=COUNT {
        assert_eq!(alice.wait_for_message().id.0, id);
    }
    let lost = alice.drain().iter().any(|event| {
        matches!(event, Event::StatusChanged(change) if change.to == ConnectionStatus::Disconnected)
    });
    assert!(!lost, "a slow game is not a lost connection");
}

#[test]
fn d5_a_new_connection_is_read_on_though_the_one_before_waits_for_the_game_too() {
    const COUNT: u64 = 10_000;
    let nothing_missed = |method: &str, path: &str| {
        let is_list = method == "GET" && path.contains("/messages");
        is_list.then(|| json(r#"{"data":[]}"#))
    };
    let server = FakeServer::start_with(nothing_missed, |mut socket| {
        accept(&mut socket);
        for id in 1..=COUNT {
            send(&mut socket, "counted as it is read");
            send(&mut socket, &message_frame(id, "a lot"));
        }
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    // It reads no more when the count has not grown for a second.
    let (mut read, mut unchanged) = (0, 0);
    while unchanged < 10 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let before = std::mem::replace(&mut read, alice.client.counters().malformed());
        unchanged = if read == 0 || read > before {
            0
        } else {
            unchanged + 1
        };
    }
    assert!(read < COUNT, "nothing more is read for lack of room");
    ended(alice.client.disconnect()).expect("a connection");
    ended(alice.client.connect()).expect("another connection");
    assert!(
        alice.client.counters().malformed() < 2 * read,
        "the new connection waits for room, too, after its first batch"
    );
    for id in 1..=COUNT {
        let received = alice.wait_for("message", |event| match event {
            Event::MessageReceived(message) => Some(message.id.0),
            Event::StatusChanged(change) => {
                assert_ne!(change.cause, Cause::PongTimeout);
                None
            }
            _ => None,
        });
        assert_eq!(received, id);
    }
}
