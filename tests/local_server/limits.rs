use std::{
    io::{Read, Write},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tungstenite::Message;

use super::client::{APP, Api, Reply, config, server};
use bevy_cometchat::local_server::{LocalServer, Rate, RateLimits};

fn limits() -> RateLimits {
    let rate = Rate {
        per_second: 1,
        burst: 5,
    };
    RateLimits {
        requests: rate,
        frames: rate,
    }
}

#[test]
fn every_reply_says_how_much_is_left_of_the_rate_limit() {
    let server = LocalServer::start(config().rate_limits(RateLimits {
        requests: Rate {
            per_second: 1,
            burst: 50,
        },
        ..Default::default()
    }));
    let server = server.unwrap();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let page = [
        ("Origin", "http://localhost:3000"),
        ("appId", APP),
        ("authToken", &*alice.token),
    ];
    for (route, status) in [("/me", 200), ("/nothing", 404), ("/users/nobody", 404)] {
        let reply = api.raw("GET", route, &page, "");
        assert_eq!(reply.status, status);
        let number = |name: &str| reply.headers[name].parse::<u64>().unwrap();
        assert_eq!(number("x-rate-limit"), 50);
        assert!(number("x-rate-limit-remaining") < 50);
        assert!(number("x-rate-limit-reset") > 1_700_000_000);
    }
}

#[test]
fn a_group_of_more_than_300_members_has_no_unread_counts() {
    let mut config = config();
    for number in 0..299 {
        config = config.user(format!("u{number}"));
    }
    let members = |others: usize| {
        let others = (0..others).map(|number| format!("u{number}"));
        ["alice".to_owned(), "bob".to_owned()]
            .into_iter()
            .chain(others)
    };
    let config = config
        .group_of("full", members(298))
        .group_of("large", members(299));
    let server = LocalServer::start(config).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    for (guid, unread) in [("full", 1), ("large", 0)] {
        alice.send("group", guid, "hello").data();
        let conversation = bob.get(&format!("groups/{guid}/conversation")).data();
        assert_eq!(conversation["unreadMessageCount"], unread, "{guid}");
    }
}

#[test]
fn a_request_too_many_is_refused_and_says_when_to_ask_again() {
    let server = LocalServer::start(config().rate_limits(limits())).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let refused = (0..20)
        .map(|_| alice.get("me"))
        .find(|reply| reply.status != 200)
        .expect("a refusal");
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.refusal(), (429, "ERR_TOO_MANY_REQUESTS".to_owned()));
    bob.get("me").data();
}

#[test]
fn a_connection_too_busy_is_refused_whoever_it_is() {
    let server = LocalServer::start(config().rate_limits(limits())).unwrap();
    let mut stream = Api::of(&server).stream();
    for number in 1..=8 {
        let close = if number == 8 {
            "Connection: close\r\n"
        } else {
            ""
        };
        let request = format!("GET /settings HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\n{close}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
    }
    let replies = Reply::read(stream).body;
    assert!(replies.contains("ERR_TOO_MANY_REQUESTS"), "{replies}");
}

#[test]
fn frames_too_many_are_read_later() {
    let fast = RateLimits {
        frames: Rate {
            per_second: 50,
            burst: 1,
        },
        ..limits()
    };
    let server = LocalServer::start(config().rate_limits(fast)).unwrap();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let mut bob = api.log_in("bob", "b1").connect();
    let mut socket = alice.connect();
    let began = Instant::now();
    for number in 0..20 {
        let body = json!({"data": number});
        socket.send(&alice.frame("transient_message", "user", "bob", body));
    }
    for number in 0..20 {
        assert_eq!(bob.next()["body"]["data"], number);
    }
    assert!(began.elapsed().as_millis() >= 300);
}

#[test]
fn without_limits_nothing_is_refused() {
    let server = LocalServer::start(config().without_rate_limits()).unwrap();
    let alice = Api::of(&server).log_in("alice", "a1");
    for _ in 0..1_100 {
        assert_eq!(alice.get("me").status, 200);
    }
}

#[test]
fn what_a_player_does_is_far_below_the_limits() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    for _ in 0..300 {
        assert_eq!(alice.request("GET", "me", &Value::Null).status, 200);
    }
}

#[test]
fn a_connection_too_many_is_told_to_come_back_later() {
    for tls in [false, true] {
        let config = config().max_connections(2).max_connections_per_address(2);
        let server = LocalServer::start(if tls { config.tls() } else { config }).unwrap();
        let api = Api::of(&server);
        let alice = api.log_in("alice", "a1");
        let socket = alice.connect();
        let mut idle = api.stream();
        // An answer tells that the server has taken it.
        let request = format!("GET /settings HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\n\r\n");
        idle.write_all(request.as_bytes()).unwrap();
        idle.read_exact(&mut [0; 15]).unwrap();

        let refused = alice.get("me");
        assert_eq!(refused.refusal(), (429, "ERR_TOO_MANY_REQUESTS".to_owned()));
        assert_eq!(refused.headers["retry-after"], "10");
        let handshake = [
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Sec-WebSocket-Version", "13"),
        ];
        assert_eq!(api.raw("GET", "/", &handshake, "").status, 429);

        drop(socket);
        let deadline = Instant::now() + Duration::from_secs(30);
        while alice.get("me").status == 429 {
            assert!(Instant::now() < deadline, "there is no room again");
            thread::yield_now();
        }
    }
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!(["x"]), |inner, _| json!([inner]))
}

#[test]
fn json_that_is_nested_too_deep_is_not_passed_on() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let (mut at_alice, mut at_bob) = (alice.connect(), bob.connect());
    let message = |depth| {
        json!({
            "type": "item", "category": "custom", "receiverType": "user", "receiver": "bob",
            "data": {"customData": nested(depth)},
        })
    };
    // Two levels of which are around it.
    alice.request("POST", "messages", &message(62)).data();
    assert_eq!(at_bob.next()["body"]["data"]["customData"], nested(62));
    let refusal = alice.request("POST", "messages", &message(63)).refusal();
    assert_eq!(refusal, (400, "ERR_BAD_REQUEST".to_owned()));

    let transient = |depth| {
        let body = json!({"data": nested(depth)});
        alice.frame("transient_message", "user", "bob", body)
    };
    at_alice.send(&transient(63));
    at_alice.send(&transient(62));
    assert_eq!(at_bob.next()["body"]["data"], nested(62));
    at_bob.expect_silence();
}

#[test]
fn frames_of_other_kinds_count_too() {
    let slow = RateLimits {
        frames: Rate {
            per_second: 50,
            burst: 1,
        },
        ..limits()
    };
    let server = LocalServer::start(config().rate_limits(slow)).unwrap();
    let mut socket = Api::of(&server).log_in("alice", "a1").connect();
    let began = Instant::now();
    for number in 0..20_u8 {
        let frame = match number % 2 {
            0 => Message::Ping(vec![number].into()),
            _ => Message::binary(vec![number]),
        };
        socket.send_message(frame);
    }
    socket.expect_pong_to(18);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[test]
fn who_asks_and_does_not_read_the_answers_is_dropped() {
    let server = LocalServer::start(config().without_rate_limits()).unwrap();
    let mut socket = Api::of(&server).log_in("alice", "a1").connect();
    let ping = Message::Ping(vec![0; 125].into());
    // What the operating system keeps on its way, and what the server does, has an end.
    let is_dropped = (0..1_000_000).any(|_| !socket.try_send(ping.clone()));
    assert!(is_dropped);
}

#[test]
fn a_server_without_a_limit_on_connections_serves() {
    let server = LocalServer::start(config().max_connections(usize::MAX)).unwrap();
    Api::of(&server).log_in("alice", "a1").get("me").data();
}

#[test]
fn an_edit_counts_as_a_message() {
    let server = LocalServer::start(config().messages_per_minute(3)).unwrap();
    let alice = Api::of(&server).log_in("alice", "a1");
    let sent = alice.send("user", "bob", "draft").data();
    let route = format!("messages/{}", sent["id"].as_str().unwrap());
    let edit = || alice.request("PUT", &route, &json!({"data": {"text": "better"}}));
    for _ in 0..2 {
        edit().data();
    }
    let refusal = (429, "ERR_TOO_MANY_REQUESTS".to_owned());
    assert_eq!(edit().refusal(), refusal);
    assert_eq!(alice.send("user", "bob", "more").refusal(), refusal);
    alice.request("DELETE", &route, &json!(null)).data();
}
