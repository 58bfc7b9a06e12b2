//! What one peer does must not be felt by another: after each attack a second player is served, and memory is bounded.
//! `GET me` is answered in well under 250 ms; ten times that is asserted, for slow machines.

use std::{
    io::{Read, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::client::{APP, Api, Login, config, group, server, text_message};
use bevy_cometchat::local_server::LocalServer;

pub(super) const MAX_MEDIAN: Duration = Duration::from_millis(2_500);

/// Runs attacks in threads of their own until `others` have done what they do meanwhile.
pub(super) fn while_attacked<T>(
    attacks: Vec<Box<dyn FnMut() -> bool + Send>>,
    others: impl FnOnce() -> T,
) -> T {
    let is_over = Arc::<AtomicBool>::default();
    let attackers: Vec<_> = attacks
        .into_iter()
        .map(|mut attack| {
            let is_over = is_over.clone();
            thread::spawn(move || while !is_over.load(Ordering::Relaxed) && attack() {})
        })
        .collect();
    // Until it is under way.
    thread::sleep(Duration::from_millis(200));
    let result = others();
    is_over.store(true, Ordering::Relaxed);
    for attacker in attackers {
        attacker.join().unwrap();
    }
    result
}

/// How long `GET me` takes as a rule.
pub(super) fn median(player: &Login) -> Duration {
    let mut times: Vec<_> = (0..15)
        .map(|_| {
            let began = Instant::now();
            player.get("me").data();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

#[track_caller]
fn assert_served(player: &Login) {
    let median = median(player);
    println!("median of GET me: {median:?}");
    assert!(median < MAX_MEDIAN, "{median:?}");
}

/// A frame from a client, masked with zeros.
pub(super) fn frame(is_final: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![opcode | if is_final { 0x80 } else { 0 }];
    frame.push(0x80 | u8::try_from(payload.len()).unwrap());
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// A connection that is a WebSocket, on which nothing was said yet.
pub(super) fn raw_socket(api: &Api) -> Box<dyn super::client::ReadWrite> {
    let mut stream = api.stream();
    upgrade(&mut stream, api);
    stream
}

/// Makes a connection a WebSocket.
pub(super) fn upgrade(stream: &mut (impl Read + Write), api: &Api) {
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        api.address
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
}

#[test]
fn endless_empty_fragments_keep_nobody_waiting() {
    for config in [config(), config().without_rate_limits(), config().tls()] {
        let server = LocalServer::start(config).unwrap();
        let api = Api::of(&server);
        let bob = api.log_in("bob", "b1");
        let attacks = (0..4)
            .map(|number| {
                let api = api.clone();
                let mut stream = None;
                let opcode = [1, 9, 2, 10][number];
                let attack = move || {
                    let stream = stream.get_or_insert_with(|| {
                        let mut stream = raw_socket(&api);
                        if opcode < 8 {
                            stream.write_all(&frame(false, opcode, b"")).unwrap();
                        }
                        stream
                    });
                    let opcode = if opcode < 8 { 0 } else { opcode };
                    let many = frame(opcode >= 8, opcode, b"").repeat(10_000);
                    stream.write_all(&many).is_ok()
                };
                Box::new(attack) as Box<dyn FnMut() -> bool + Send>
            })
            .collect();
        while_attacked(attacks, || assert_served(&bob));
    }
}

#[test]
fn a_message_in_too_many_fragments_ends_the_socket() {
    let server = server();
    let mut stream = raw_socket(&Api::of(&server));
    stream.write_all(&frame(false, 1, b"")).unwrap();
    stream.write_all(&frame(false, 0, b"").repeat(128)).unwrap();
    let mut head = [0; 4];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head[0], 0x88);
    assert_eq!(u16::from_be_bytes([head[2], head[3]]), 1009);
}

#[test]
fn bodies_that_nobody_vouches_for_take_little_memory() {
    const CONNECTIONS: usize = 200;
    let server = server();
    let api = Api::of(&server);
    let bob = api.log_in("bob", "b1");
    let before = memory();
    let body = vec![b' '; 1_000_000];
    let mut streams: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(api.address).unwrap();
            let head = format!(
                "POST /messages HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\nContent-Length: 1048576\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
            stream
        })
        .collect();
    for stream in &mut streams {
        // As much of it as the server takes.
        let _cut_short = stream.write_all(&body);
    }
    assert_served(&bob);
    let grown = memory().saturating_sub(before);
    println!("{} MiB for {CONNECTIONS} bodies of 1 MiB", grown >> 20);
    assert!(grown < 64 << 20, "{grown}");
}

/// How many bytes of memory the process has.
fn memory() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * 4_096
}

#[test]
fn who_asks_for_much_waits_for_themselves() {
    let server = LocalServer::start(config().without_rate_limits()).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let text = "\u{1F600}".repeat(65_536);
    for _ in 0..36 {
        alice.send("user", "carol", &text).data();
    }
    let attacks = (0..8)
        .map(|number| {
            let alice = api.log_in("alice", "a1");
            let attack = move || {
                let route = if number % 2 == 0 {
                    "users/carol/messages?per_page=100"
                } else {
                    "users/carol/messages?per_page=100&searchKey=nothing"
                };
                alice.get(route).status != 0
            };
            Box::new(attack) as Box<dyn FnMut() -> bool + Send>
        })
        .collect();
    while_attacked(attacks, || assert_served(&bob));
}

#[test]
fn a_page_ends_where_it_is_too_long_and_goes_on_there() {
    const MESSAGES: usize = 50;
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let text = "\u{1F600}".repeat(65_536);
    let mut sent: Vec<_> = (0..MESSAGES)
        .map(|_| alice.send("user", "bob", &text).data()["id"].clone())
        .collect();
    let ids = |page: &Value| -> Vec<Value> {
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["id"].clone()).collect()
    };
    let newest = alice.get("users/bob/messages?per_page=100").json();
    let first = ids(&newest);
    assert!(first.len() < MESSAGES, "{}", first.len());
    assert_eq!(newest["meta"]["pagination"]["total_pages"], 2);
    let route = format!(
        "users/bob/messages?per_page=100&affix=prepend&id={}",
        first[0].as_str().unwrap()
    );
    let older = ids(&alice.get(&route).json());
    assert_eq!([older, first].concat(), sent);

    let mut read = Vec::new();
    while read.len() < MESSAGES {
        let last = read.last().map_or("0", |id: &Value| id.as_str().unwrap());
        let route = format!("users/bob/messages?per_page=100&affix=append&id={last}");
        let page = ids(&alice.get(&route).json());
        assert!(!page.is_empty());
        read.extend(page);
    }
    sent.truncate(MESSAGES);
    assert_eq!(read, sent);
}

#[test]
fn lists_are_short() {
    let server = server();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    group(&alice, "guild", &[]);
    let many: Vec<_> = (0..101).map(|number| format!("u{number}")).collect();
    let bad = (400, "ERR_BAD_REQUEST".to_owned());
    for (method, route, body) in [
        ("PUT", "groups/guild/members", json!({"participants": many})),
        ("POST", "blockedusers", json!({"blockedUids": many})),
        (
            "GET",
            &*format!("users?uids={}", many.join(",")),
            json!(null),
        ),
        (
            "GET",
            &*format!("groups?tags={}", many.join(",")),
            json!(null),
        ),
        (
            "GET",
            &*format!("messages?mentionedUids={}", many.join(",")),
            json!(null),
        ),
        (
            "GET",
            &*format!("users?searchKey={}", "x".repeat(101)),
            json!(null),
        ),
    ] {
        assert_eq!(
            alice.request(method, route, &body).refusal(),
            bad,
            "{route}"
        );
    }
    let headers = [("Authorization", &*alice.jwt), ("appId", APP)];
    let body = json!({"groups": many}).to_string();
    let refused = api.raw("POST", "/api/v1/online-members", &headers, &body);
    assert_eq!(refused.refusal(), bad);

    let twice = json!({"participants": ["bob", "BOB", "bob"]});
    let added = alice.request("PUT", "groups/guild/members", &twice).data();
    assert_eq!(added["participants"]["bob"]["success"], true);
    for _ in 0..150 {
        alice.send("user", "bob", "hi").data();
    }
    let page = alice.get("users/bob/messages?per_page=1000").data();
    assert_eq!(page.as_array().unwrap().len(), 100);
}

#[test]
fn a_reply_to_a_reply_is_in_the_same_thread_and_the_group_can_be_deleted() {
    let server = LocalServer::start(config().without_rate_limits()).unwrap();
    let alice = Api::of(&server).log_in("alice", "a1");
    group(&alice, "guild", &[]);
    let root = alice.send("group", "guild", "root").data()["id"].clone();
    let mut parent = root.clone();
    for _ in 0..1_100 {
        let route = format!("messages/{}/thread", parent.as_str().unwrap());
        let body = text_message("group", "guild", "deeper");
        let reply = alice.request("POST", &route, &body).data();
        assert_eq!(reply["parentId"], root);
        parent = reply["id"].clone();
    }
    alice.request("DELETE", "groups/guild", &json!(null)).data();
    assert_eq!(alice.get("groups/guild").status, 404);
    let gone = alice.get(&format!("messages/{}", root.as_str().unwrap()));
    assert_eq!(gone.status, 404);
}

#[test]
fn profiles_are_small() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let bad = (400, "ERR_BAD_REQUEST".to_owned());
    let tags = |count: usize, length: usize| json!(vec!["t".repeat(length); count]);
    for (member, fine, too_much) in [
        ("name", json!("n".repeat(100)), json!("n".repeat(101))),
        (
            "statusMessage",
            json!("s".repeat(255)),
            json!("s".repeat(256)),
        ),
        ("avatar", json!("a".repeat(2_048)), json!("a".repeat(2_049))),
        (
            "metadata",
            json!({"m": "x".repeat(5_000)}),
            json!({"m": "x".repeat(5_120)}),
        ),
        ("tags", tags(25, 100), tags(26, 1)),
        ("tags", tags(1, 1), tags(1, 101)),
    ] {
        alice.request("PUT", "me", &json!({member: fine})).data();
        let refused = alice.request("PUT", "me", &json!({member: too_much}));
        assert_eq!(refused.refusal(), bad, "{member}");
        let group = json!({"guid": "g", "type": "public", "name": "g", member: too_much});
        if member != "avatar" && member != "statusMessage" {
            assert_eq!(
                alice.request("POST", "groups", &group).refusal(),
                bad,
                "{member}"
            );
        }
    }
    let group = json!({"guid": "g", "type": "public", "name": "g", "description": "d".repeat(256)});
    assert_eq!(alice.request("POST", "groups", &group).refusal(), bad);
}

#[test]
fn members_who_read_as_fast_as_they_can_get_all_that_is_large() {
    const MESSAGES: usize = 64;
    let server = LocalServer::start(config().without_rate_limits()).unwrap();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let members = ["bob", "carol"].map(|uid| api.log_in(uid, "d"));
    group(&alice, "guild", &members.each_ref());
    let readers = members.map(|member| {
        let mut socket = member.connect();
        thread::spawn(move || {
            let mut count = 0;
            while count < MESSAGES {
                let frame = socket.next();
                count += usize::from(frame["body"]["category"] == "message");
            }
        })
    });
    let text = "\u{1F600}".repeat(65_536);
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let (alice, text) = (api.log_in("alice", "a1"), text.clone());
            thread::spawn(move || {
                for _ in 0..MESSAGES / 8 {
                    alice.send("group", "guild", &text).data();
                }
            })
        })
        .collect();
    for sender in senders {
        sender.join().unwrap();
    }
    for reader in readers {
        reader.join().unwrap();
    }
}

#[test]
fn nobody_is_silenced_by_taking_their_session_for_ones_own() {
    let server = server();
    let api = Api::of(&server);
    let (bob, mallory) = (api.log_in("bob", "b1"), api.log_in("carol", "b1"));
    let mut at_bob = bob.connect_with_presence("ALL_USERS".into());
    let mut at_mallory = mallory.connect();
    assert_ne!(at_bob.next()["deviceId"], "b1");
    mallory.send("user", "bob", "you do not hear me").data();
    let heard = at_bob.next();
    assert_eq!(heard["body"]["data"]["text"], "you do not hear me");
    assert_ne!(heard["deviceId"], "b1");
    at_mallory.send(&mallory.frame(
        "typing_indicator",
        "user",
        "bob",
        json!({"action": "started"}),
    ));
    let typing = at_bob.next();
    assert_eq!(typing["type"], "typing_indicator");
    assert_ne!(typing["deviceId"], "b1");
}

#[test]
fn who_may_no_longer_read_a_message_hears_no_more_of_it() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "d"));
    group(&alice, "guild", &[&bob, &carol]);
    let of_bob = bob.send("group", "guild", "by bob").data()["id"].clone();
    let of_alice = alice.send("group", "guild", "by alice").data()["id"].clone();
    let route = |id: &Value, rest: &str| format!("messages/{}{rest}", id.as_str().unwrap());
    bob.request("POST", &route(&of_alice, "/reactions/x"), &json!({}))
        .data();
    bob.request("DELETE", "groups/guild/members", &json!(null))
        .data();

    let mut at_bob = bob.connect();
    // A reaction, a receipt, an edit of what bob reacted to, a pin, an edit of what bob wrote, a thread, a quotation.
    carol
        .request("POST", &route(&of_bob, "/reactions/y"), &json!({}))
        .data();
    carol
        .request("POST", "groups/guild/conversation/read", &json!({}))
        .data();
    alice
        .request(
            "PUT",
            &route(&of_alice, ""),
            &text_message("group", "guild", "edited"),
        )
        .data();
    alice
        .request("POST", &route(&of_bob, "/pin"), &json!({}))
        .data();
    alice
        .request(
            "PUT",
            &route(&of_bob, ""),
            &text_message("group", "guild", "edited"),
        )
        .data();
    carol
        .request(
            "POST",
            &route(&of_bob, "/thread"),
            &text_message("group", "guild", "reply"),
        )
        .data();
    let mut quoting = text_message("group", "guild", "as he said");
    quoting["quotedMessageId"] = of_bob.clone();
    carol.request("POST", "messages", &quoting).data();
    alice
        .request("DELETE", &route(&of_bob, ""), &json!(null))
        .data();
    at_bob.expect_silence();
}

#[test]
fn who_blocked_the_author_hears_nothing_of_the_message() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "d"));
    group(&alice, "guild", &[&bob, &carol]);
    let blocked = json!({"blockedUids": ["alice"]});
    bob.request("POST", "blockedusers", &blocked).data();
    let mut at_bob = bob.connect();
    let id = alice.send("group", "guild", "hi").data()["id"].clone();
    let route = format!("messages/{}/reactions/x", id.as_str().unwrap());
    carol.request("POST", &route, &json!({})).data();
    carol.request("DELETE", &route, &json!(null)).data();
    at_bob.expect_silence();
}

#[test]
fn conversations_whose_ids_collide_are_two() {
    let config = config()
        .user("a")
        .user("b_user_c")
        .user("a_user_b")
        .user("c");
    let server = LocalServer::start(config).unwrap();
    let api = Api::of(&server);
    let [a, bc, ab, c] = ["a", "b_user_c", "a_user_b", "c"].map(|uid| api.log_in(uid, "d"));
    let secret = a.send("user", "b_user_c", "secret").data();
    let id = secret["id"].as_str().unwrap();
    let other = ab.send("user", "c", "other").data();
    assert_eq!(secret["conversationId"], other["conversationId"]);
    // Neither a reply nor a quotation reaches over.
    let reply = text_message("user", "c", "reply");
    let refused = ab.request("POST", &format!("messages/{id}/thread"), &reply);
    assert_eq!(
        refused.refusal(),
        (404, "ERR_MESSAGE_ID_NOT_FOUND".to_owned())
    );
    let mut quoting = reply;
    quoting["quotedMessageId"] = id.into();
    assert_eq!(ab.request("POST", "messages", &quoting).refusal().0, 404);
    // What one read is not read by the other.
    c.request("POST", "users/a_user_b/conversation/read", &json!({}))
        .data();
    let unread = bc.get("users/a/conversation").data();
    assert_eq!(unread["unreadMessageCount"], 1);
    assert_eq!(unread["lastMessage"]["data"]["text"], "secret");
    let rows = c.get("users/a_user_b/messages").data();
    assert_eq!(rows.as_array().unwrap().len(), 1);
}

#[test]
fn guesses_are_slowed() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let body = json!({"guid": "vault", "name": "Vault", "type": "password", "password": "sesame"});
    alice.request("POST", "groups", &body).data();
    let join = |password: &str| {
        bob.request(
            "POST",
            "groups/vault/members",
            &json!({"password": password}),
        )
    };
    let refused = (0..100)
        .map(|_| join("x"))
        .find(|reply| reply.status == 429);
    let refused = refused.expect("guesses are slowed");
    assert!(refused.headers.contains_key("retry-after"));
    assert!(refused.headers.contains_key("x-rate-limit-reset"));
    assert_eq!(join("sesame").status, 429);

    let log_in = |key: &str| {
        api.request(
            "POST",
            "users/bob/auth_tokens",
            &[("apiKey", key)],
            &json!({}),
        )
    };
    let refused = (0..100)
        .map(|_| log_in("x"))
        .find(|reply| reply.status == 429);
    assert!(refused.is_some());
    let refused = (0..100)
        .map(|_| api.request("GET", "me", &[("authToken", "x")], &json!(null)))
        .find(|reply| reply.status == 429);
    assert!(refused.is_some());
    // Who is logged in is not troubled.
    alice.get("me").data();
    let _connected = alice.connect();
}

#[test]
fn pages_of_other_sites_and_names_of_others_are_refused() {
    let server = server();
    let api = Api::of(&server);
    let forbidden = (403, "ERR_ORIGIN_FORBIDDEN".to_owned());
    for path in ["/v3.0/settings", "/"] {
        for method in ["GET", "OPTIONS"] {
            let headers = [
                ("Origin", "https://evil.example"),
                ("appId", APP),
                ("Upgrade", "websocket"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ("Sec-WebSocket-Version", "13"),
            ];
            let refused = api.raw(method, path, &headers, "");
            assert_eq!(refused.refusal(), forbidden);
            assert!(!refused.headers.contains_key("access-control-allow-origin"));
        }
    }
    let rebound = [("Host", "evil.example"), ("appId", APP)];
    assert_eq!(
        api.raw("GET", "/settings", &rebound, "").refusal(),
        forbidden
    );
    for origin in [
        "http://localhost:3000",
        "http://127.0.0.1",
        "https://[::1]:8443",
    ] {
        let reply = api.raw(
            "GET",
            "/settings",
            &[("Origin", origin), ("appId", APP)],
            "",
        );
        assert_eq!(reply.headers["access-control-allow-origin"], origin);
        assert!(reply.headers.contains_key("access-control-expose-headers"));
        reply.data();
    }
}
