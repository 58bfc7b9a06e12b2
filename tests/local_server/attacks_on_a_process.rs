//! Attacks at full speed, with what is allowed: large bodies, searches, profiles, pages, guesses.

use std::{
    io::{Read, Write},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    attack_target::{Attack, MIB, Target, connect_from, flood, request_from, upload},
    attacks::{MAX_MEDIAN, frame, raw_socket, while_attacked},
    client::{APP, Api, config, group, text_message},
};
use bevy_cometchat::local_server::LocalServer;

#[test]
fn empty_frames_without_end() {
    for arguments in [&[][..], &["--no-rate-limits"]] {
        let target = Target::start(arguments);
        let attacks = [1, 2, 9, 10].map(|opcode| {
            let api = target.api.clone();
            let is_control = opcode >= 8;
            let many = frame(is_control, if is_control { opcode } else { 0 }, b"").repeat(10_000);
            let connect = move || {
                let mut stream = raw_socket(&api);
                if !is_control {
                    stream.write_all(&frame(false, opcode, b"")).unwrap();
                }
                stream
            };
            flood(connect, move |stream| stream.write_all(&many))
        });
        target.assert_withstands("empty frames", 32 * MIB, |during| {
            while_attacked(attacks.into(), during);
        });
    }
}

#[test]
fn large_bodies_and_uploads_without_pause() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("chat.db");
    let target = Target::start(&["--no-rate-limits", "--data", data.to_str().unwrap()]);
    let file = "x".repeat(2 * MIB);
    let text = "\u{1F600}".repeat(65_536);
    let attacks = (0..4)
        .map(|number| {
            let carol = target.api.log_in("carol", &format!("c{number}"));
            let (file, text) = (file.clone(), text.clone());
            let attack = move || {
                let reply = if number % 2 == 0 {
                    upload(&carol, &file)
                } else {
                    carol.send("user", "alice", &text)
                };
                assert_eq!(reply.status, 200);
                true
            };
            Box::new(attack) as Attack
        })
        .collect();
    target.assert_withstands("bodies and uploads", 128 * MIB, |during| {
        while_attacked(attacks, during);
    });
}

#[test]
fn a_large_group_is_deleted_and_searched() {
    const SENDERS: usize = 4;
    const MESSAGES: usize = 500;
    let target = Target::start(&["--no-rate-limits"]);
    let carol = target.api.log_in("carol", "c");
    group(&carol, "guild", &[]);
    let root = carol.send("group", "guild", "root").data()["id"].clone();
    let senders: Vec<_> = (0..SENDERS)
        .map(|number| {
            let carol = target.api.log_in("carol", &format!("c{number}"));
            let mut parent = root.clone();
            thread::spawn(move || {
                for _ in 0..MESSAGES {
                    let route = format!("messages/{}/thread", parent.as_str().unwrap());
                    let body = text_message("group", "guild", &"aab".repeat(300));
                    parent = carol.request("POST", &route, &body).data()["id"].clone();
                }
            })
        })
        .collect();
    senders
        .into_iter()
        .for_each(|sender| sender.join().unwrap());
    let attacks = ["groups/guild/messages", "messages", "users", "groups"]
        .into_iter()
        .map(|route| {
            let carol = target.api.log_in("carol", "c");
            let wildcards = "%25a_".repeat(25);
            let route = format!("{route}?per_page=100&searchKey={wildcards}");
            let attack = move || {
                assert_eq!(carol.get(&route).status, 200, "{route}");
                true
            };
            Box::new(attack) as Attack
        })
        .collect();
    target.assert_withstands("searches", 64 * MIB, |during| {
        while_attacked(attacks, during)
    });

    target.assert_withstands("the end of a group", 64 * MIB, |during| {
        thread::scope(|scope| {
            let deletion = scope.spawn(|| carol.request("DELETE", "groups/guild", &Value::Null));
            let mut longest = Duration::ZERO;
            while !deletion.is_finished() {
                let began = Instant::now();
                target.player.get("me").data();
                longest = longest.max(began.elapsed());
            }
            println!("the longest GET me while the group is deleted: {longest:?}");
            deletion.join().unwrap().data();
            assert!(longest < MAX_MEDIAN);
            during();
        });
    });
}

#[test]
fn replies_that_nobody_reads() {
    let target = Target::start(&["--no-rate-limits"]);
    let carol = target.api.log_in("carol", "c");
    let text = "\u{1F600}".repeat(65_536);
    for _ in 0..36 {
        carol.send("user", "dave", &text).data();
    }
    target.assert_withstands("unread replies", 160 * MIB, |during| {
        let mut unread = Vec::new();
        for _ in 0..60 {
            let mut stream = connect_from(2, &target.api);
            let request = format!(
                "GET /users/dave/messages?per_page=100 HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\nauthToken: {}\r\n\r\n",
                carol.token
            );
            stream.write_all(request.as_bytes()).unwrap();
            unread.push(stream);
        }
        during();
        drop(unread);
    });
}

#[test]
fn profiles_that_are_as_large_as_may_be() {
    const USERS: usize = 60;
    let target = Target::start(&["--no-rate-limits"]);
    let carol = target.api.log_in("carol", "c");
    group(&carol, "guild", &[]);
    let metadata = json!({"m": "x".repeat(5_000)});
    let profile = json!({"name": "n".repeat(100), "avatar": "a".repeat(2_000), "metadata": metadata,
        "tags": vec!["t".repeat(100); 25]});
    for number in 0..USERS {
        let mut user = profile.clone();
        user["uid"] = format!("u{number}").into();
        let key = [("apiKey", super::client::KEY)];
        target.api.request("POST", "users", &key, &user).data();
        let user = target.api.log_in(&format!("u{number}"), "d");
        user.request("POST", "groups/guild/members", &json!({}))
            .data();
        user.send("group", "guild", "hi").data();
    }
    let attacks = ["groups/guild/messages", "groups/guild/members", "users"]
        .into_iter()
        .map(|route| {
            let carol = target.api.log_in("carol", "c");
            let route = format!("{route}?per_page=100");
            let attack = move || carol.get(&route).status == 200;
            Box::new(attack) as Attack
        })
        .collect();
    target.assert_withstands("large profiles", 96 * MIB, |during| {
        while_attacked(attacks, during);
    });
}

#[test]
fn who_reads_gets_all_that_is_large_and_who_does_not_is_dropped() {
    const MESSAGES: usize = 64;
    let target = Target::start(&["--no-rate-limits"]);
    let alice = target.api.log_in("alice", "a1");
    let [carol, dave] = ["carol", "dave"].map(|uid| target.api.log_in(uid, "d"));
    group(&alice, "guild", &[&target.player, &carol, &dave]);
    let _never_read = dave.connect();
    let is_online = || alice.get("users/dave").data()["status"] == "online";
    assert!(is_online());
    target.assert_withstands("large messages", 160 * MIB, |during| {
        let readers = [&target.player, &carol].map(|member| {
            let mut socket = member.connect();
            thread::spawn(move || {
                let mut count = 0;
                while count < MESSAGES {
                    let frame = socket.next();
                    if frame["body"]["category"] == "message" {
                        count += 1;
                        // As clients do, however far they are behind.
                        socket.send_text(r#"{"action":"ping","ack":"true"}"#);
                    }
                }
            })
        });
        let text = "\u{1F600}".repeat(65_536);
        let senders: Vec<_> = (0..4)
            .map(|_| {
                let (alice, text) = (target.api.log_in("alice", "a1"), text.clone());
                thread::spawn(move || {
                    for _ in 0..MESSAGES / 4 {
                        alice.send("group", "guild", &text).data();
                    }
                })
            })
            .collect();
        during();
        senders
            .into_iter()
            .for_each(|sender| sender.join().unwrap());
        readers
            .into_iter()
            .for_each(|reader| reader.join().unwrap());
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    while is_online() {
        assert!(Instant::now() < deadline, "who reads nothing is kept");
        alice.send("group", "guild", "still there?").data();
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn guesses_are_slowed_by_address_and_by_group() {
    let server = LocalServer::start(config().max_connections(8_000)).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let log_in = |host, key: &str| {
        let head = format!("POST /users/bob/auth_tokens HTTP/1.1\r\napiKey: {key}");
        request_from(host, &api, &head, "{}")
    };
    // What was answered while guesses went on: a burst, and one a second.
    let allowed = |began: Instant| 22 + began.elapsed().as_secs() as usize;
    let began = Instant::now();
    let tried = (0..80).filter(|_| log_in(2, "x").status != 429).count();
    assert!(tried <= allowed(began), "{tried}");
    assert_eq!(log_in(2, super::client::KEY).status, 429);
    // Who guesses is slowed, and nobody else.
    log_in(3, super::client::KEY).data();

    let vault = json!({"guid": "vault", "name": "Vault", "type": "password", "password": "sesame"});
    alice.request("POST", "groups", &vault).data();
    let began = Instant::now();
    let join = |host: u8| {
        let head = format!(
            "POST /groups/vault/members HTTP/1.1\r\nauthToken: {}",
            bob.token
        );
        request_from(host, &api, &head, r#"{"password":"guess"}"#)
    };
    let tried = (10..110).filter(|&host| join(host).status != 429).count();
    assert!(tried <= allowed(began), "{tried}");
    alice.get("groups/vault").data();

    let began = Instant::now();
    let handshakes = (0..3_000)
        .filter(|_| {
            let mut stream = connect_from(4, &api);
            let request = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
            stream.write_all(request.as_bytes()).unwrap();
            let mut status = [0; 12];
            stream.read_exact(&mut status).unwrap();
            &status == b"HTTP/1.1 101"
        })
        .count();
    let seconds = began.elapsed().as_secs() as usize + 1;
    assert!(handshakes <= 2_000 + 100 * seconds, "{handshakes}");
    let _connected = alice.connect();
}
