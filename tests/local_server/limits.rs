use std::io::Write;

use serde_json::{Value, json};

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
    let began = std::time::Instant::now();
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
