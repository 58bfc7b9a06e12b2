//! Attacks on a server in a process of its own: what they cost another player, and how much memory they make it take.
//! Who attacks before they are logged in comes from another address than the player.

use std::{
    cell::Cell,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use super::{
    attacks::{MAX_MEDIAN, frame, median, raw_socket, upgrade, while_attacked},
    client::{APP, Api, Login, Reply, config, group, text_message},
    program::{self, KilledOnDrop},
};
use bevy_cometchat::local_server::LocalServer;

const MIB: usize = 1 << 20;

/// The server that is attacked, and who plays on it meanwhile.
struct Target {
    program: KilledOnDrop,
    api: Api,
    player: Login,
}

impl Target {
    fn start(arguments: &[&str]) -> Self {
        let more = [&["--user", "carol", "--user", "dave"], arguments].concat();
        let (program, api) = program::start(&more);
        let player = api.log_in("bob", "b1");
        Self {
            program,
            api,
            player,
        }
    }

    /// How many bytes of memory the process has, by `VmRSS`, or had at most, by `VmHWM`.
    fn memory(&self, which: &str) -> usize {
        let status = format!("/proc/{}/status", self.program.0.id());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status.lines().find(|line| line.starts_with(which)).unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<usize>()
            .unwrap()
            * 1_024
    }

    /// Asserts that the player is served while and after `attack` runs, which calls what it is given when it is under
    /// way, and that the process never had `max_memory` bytes more than before.
    fn assert_withstands(&self, name: &str, max_memory: usize, attack: impl FnOnce(&dyn Fn())) {
        let alone = median(&self.player);
        let before = self.memory("VmRSS");
        let during = Cell::new(None);
        attack(&|| during.set(Some(median(&self.player))));
        let during = during.get().expect("the attack was under way");
        let after = median(&self.player);
        let grown = self.memory("VmHWM").saturating_sub(before);
        println!(
            "{name}: GET me takes {alone:?} alone, {during:?} during and {after:?} after it; {} KiB of memory",
            grown >> 10
        );
        assert!(during < MAX_MEDIAN, "{name}: {during:?}");
        assert!(after < MAX_MEDIAN, "{name}: {after:?}");
        assert!(grown < max_memory, "{name}: {} KiB", grown >> 10);
    }
}

type Attack = Box<dyn FnMut() -> bool + Send>;

/// Connections that are made anew whenever the server ends them, and on which `send` sends.
fn flood<S>(
    mut connect: impl FnMut() -> S + Send + 'static,
    mut send: impl FnMut(&mut S) -> std::io::Result<()> + Send + 'static,
) -> Attack
where
    S: Write + Send + 'static,
{
    let mut stream = None;
    Box::new(move || {
        if send(stream.get_or_insert_with(&mut connect)).is_err() {
            stream = None;
        }
        true
    })
}

/// A connection from another address of this machine, on which nothing waits for long.
fn connect_from(host: u8, api: &Api) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let source = SocketAddr::from(([127, 0, 0, host], 0));
    socket.bind(&source.into()).unwrap();
    socket.connect(&api.address.into()).unwrap();
    let stream = TcpStream::from(socket);
    let patience = Some(Duration::from_millis(500));
    stream.set_write_timeout(patience).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn request_from(host: u8, api: &Api, head: &str, body: &str) -> Reply {
    let mut stream = connect_from(host, api);
    let request = format!(
        "{head}\r\nHost: x\r\nappId: {APP}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    Reply::read(stream)
}

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
fn requests_that_never_end() {
    let target = Target::start(&[]);
    let mallory = target.api.log_in("carol", "c1");
    let heads = [
        // Chunks of which each says more than it holds, single bytes, trailers.
        ("1;".to_owned() + &"x".repeat(1_000) + "\r\nx\r\n").repeat(20),
        "1\r\nx\r\n".repeat(10_000),
        "0\r\n".to_owned() + &"t: x\r\n".repeat(10_000),
    ];
    let mut attacks: Vec<Attack> = Vec::new();
    for chunks in heads {
        let (api, token) = (target.api.clone(), mallory.token.clone());
        let connect = move || {
            let mut stream = connect_from(2, &api);
            let head = format!(
                "POST /messages HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\nauthToken: {token}\r\n\
                 Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            let _ended = stream.write_all(head.as_bytes());
            stream
        };
        attacks.push(flood(connect, move |stream| {
            stream.write_all(chunks.as_bytes())
        }));
    }
    for request in [
        "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
        format!("GET /settings HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\n\r\n"),
        "\r\n\r\n".to_owned(),
    ] {
        let api = target.api.clone();
        let many = request.repeat(1_000);
        attacks.push(flood(
            move || connect_from(2, &api),
            move |stream| stream.write_all(many.as_bytes()),
        ));
    }
    target.assert_withstands("requests without end", 64 * MIB, |during| {
        while_attacked(attacks, during);
    });
}

#[test]
fn handshakes_that_never_end() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("chat.db");
    let target = Target::start(&["--data", data.to_str().unwrap()]);
    // Sockets on which nobody authenticates, each with most of a large message.
    target.assert_withstands("sockets of nobody", 96 * MIB, |during| {
        let mut sockets: Vec<_> = (0..300).map(|_| raw_socket(&target.api)).collect();
        for socket in &mut sockets {
            let piece = frame(false, 0, &[b'x'; 120]);
            let first = frame(false, 1, &[b'x'; 120]);
            let message = [first, piece.repeat(126)].concat();
            socket.write_all(&message).unwrap();
        }
        during();
    });
}

/// How many bytes of what is not complete an address may make the server hold, beside the first buffer of each
/// connection, and how large that is.
const SHARE: usize = 8 * MIB;
const UNCOUNTED: usize = 8 << 10;

#[test]
fn headers_that_never_end_take_no_more_than_the_share_of_their_address() {
    const CONNECTIONS: usize = 900;
    const LENGTH: usize = 60_000;
    let target = Target::start(&[]);
    // Each has most of a head, to which a byte is added now and then.
    let mut slow = Vec::new();
    target.assert_withstands("slow headers", 40 * MIB, |during| {
        for _ in 0..CONNECTIONS {
            let mut stream = connect_from(2, &target.api);
            let head = format!("GET /settings HTTP/1.1\r\nappId: {APP}\r\nHost: x\r\nlong: ");
            let long = head + &"x".repeat(LENGTH);
            let _refused = stream.write_all(long.as_bytes());
            slow.push(stream);
        }
        for _ in 0..5 {
            for stream in &mut slow {
                let _ended = stream.write(b"x");
            }
            thread::sleep(Duration::from_millis(50));
        }
        during();
    });
    // As many are held as there is room for, and served once they are complete.
    let served = slow.into_iter().filter_map(|mut stream| {
        stream.write_all(b"\r\nConnection: close\r\n\r\n").ok()?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).ok()?;
        (&status == b"HTTP/1.1 200").then_some(())
    });
    assert_held("slow headers", served.count(), LENGTH);
    // What is dropped is given back.
    let short = format!("GET /settings HTTP/1.1\r\nlong: {}", "x".repeat(LENGTH));
    request_from(2, &target.api, &short, "").data();
}

#[test]
fn however_many_addresses_hold_what_they_can_users_are_served() {
    let target = Target::start(&[]);
    target.assert_withstands("slow headers of many", 96 * MIB, |during| {
        let held: Vec<_> = (2..=8)
            .flat_map(|host| (0..200).map(move |_| host))
            .map(|host| {
                let mut stream = connect_from(host, &target.api);
                let head = format!("GET /settings HTTP/1.1\r\nlong: {}", "x".repeat(60_000));
                let _refused = stream.write_all(head.as_bytes());
                stream
            })
            .collect();
        during();
        let bob = &target.player;
        bob.send("user", "alice", &"x".repeat(60_000)).data();
        upload(bob, "a file").data();
        drop(held);
    });
}

/// Asserts that as many of the attackers' connections were held as the share of their address allows.
fn assert_held(name: &str, held: usize, length: usize) {
    println!("{name}: {held} were held");
    let fit = SHARE / (length - UNCOUNTED);
    // A buffer may be up to twice as large as what is in it.
    assert!(
        (fit / 3..=fit + 1).contains(&held),
        "{name}: {held} of {fit}"
    );
}

#[test]
fn messages_that_never_end_take_no_more_than_the_share_of_their_address() {
    const SOCKETS: usize = 600;
    const LENGTH: usize = 60_000;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("chat.db");
    let target = Target::start(&["--data", data.to_str().unwrap()]);
    // Sockets on which nobody authenticates, each with most of a large message: in one frame, or in many.
    for is_in_parts in [false, true] {
        let mut sockets = Vec::new();
        target.assert_withstands("sockets of nobody", 40 * MIB, |during| {
            for _ in 0..SOCKETS {
                let mut socket = connect_from(3, &target.api);
                upgrade(&mut socket, &target.api);
                let message = if is_in_parts {
                    let part = long_frame(false, 0, LENGTH / 100);
                    [long_frame(false, 1, LENGTH / 100), part.repeat(99)].concat()
                } else {
                    let mut frame = long_frame(true, 1, LENGTH + 1);
                    frame.pop();
                    frame
                };
                let _refused = socket.write_all(&message);
                sockets.push(socket);
            }
            during();
        });
        // The others are told so.
        let held = sockets.into_iter().filter(|socket| {
            let mut socket = socket;
            socket
                .set_read_timeout(Some(Duration::from_millis(20)))
                .unwrap();
            let read = socket.read(&mut [0; 64]);
            read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
        });
        assert_held("sockets of nobody", held.count(), LENGTH);
        let _connected = target.player.connect();
    }
}

/// A frame of that length from a client, masked with zeros.
fn long_frame(is_final: bool, opcode: u8, length: usize) -> Vec<u8> {
    let mut frame = vec![opcode | if is_final { 0x80 } else { 0 }, 0x80 | 126];
    frame.extend_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
    frame.extend_from_slice(&[0; 4]);
    frame.resize(frame.len() + length, b'x');
    frame
}

#[test]
fn one_address_does_not_take_all_connections() {
    let limits = [
        "--max-connections",
        "60",
        "--max-connections-per-address",
        "20",
    ];
    let target = Target::start(&limits);
    let crowd: Vec<_> = (0..200).map(|_| connect_from(2, &target.api)).collect();
    // One too many is told so, or not even that.
    let mut one_more = connect_from(2, &target.api);
    one_more
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let _ended =
        one_more.write_all(b"GET /settings HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut status = [0; 12];
    let is_told = one_more.read_exact(&mut status).is_ok();
    assert!(!is_told || &status == b"HTTP/1.1 429");
    // Others are served, as often as they like.
    for _ in 0..50 {
        target.player.get("me").data();
    }
    let sockets: Vec<_> = (0..15).map(|_| target.player.connect()).collect();
    drop((crowd, sockets));
    let deadline = Instant::now() + Duration::from_secs(60);
    let ask = || {
        let mut stream = connect_from(2, &target.api);
        let request = format!("GET /settings HTTP/1.1\r\nappId: {APP}\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).ok()?;
        (&status == b"HTTP/1.1 200").then_some(())
    };
    while ask().is_none() {
        assert!(Instant::now() < deadline, "the share is not given back");
        thread::sleep(Duration::from_millis(50));
    }
}

const FORM: &str = "Content-Type: multipart/form-data; boundary=x";

#[test]
fn bodies_of_nobody_keep_nobody_from_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("chat.db");
    let target = Target::start(&["--data", data.to_str().unwrap()]);
    target.assert_withstands("bodies of nobody", 64 * MIB, |during| {
        let held: Vec<_> = (0..900)
            .map(|number| {
                let mut stream = connect_from(2, &target.api);
                // Each in another's name, whom nobody knows.
                let kind = ["x: x", FORM][number % 2];
                let head = format!(
                    "POST /messages HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\nauthToken: t{number}\r\n{kind}\r\n\
                     Content-Length: 16384\r\n\r\n"
                );
                let body = " ".repeat(16_000);
                let _refused = stream.write_all((head + &body).as_bytes());
                stream
            })
            .collect();
        during();
        let bob = &target.player;
        bob.send("user", "alice", "hi").data();
        bob.send("user", "alice", &"x".repeat(60_000)).data();
        upload(bob, "a file").data();
        drop(held);
    });
}

/// Sends a file with a message.
fn upload(user: &Login, content: &str) -> Reply {
    let message = json!({"text": "caption"});
    let mut form = String::new();
    for (name, value) in [
        ("type", "file"),
        ("receiverType", "user"),
        ("category", "message"),
        ("data", &message.to_string()),
        ("receiver", "alice"),
    ] {
        form +=
            &format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    form += &format!(
        "--x\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"f\"\r\n\r\n{content}\r\n--x--\r\n"
    );
    let headers = [
        ("appId", APP),
        ("authToken", &*user.token),
        ("Content-Type", "multipart/form-data; boundary=x"),
    ];
    user.api.raw("POST", "/v3.0/messages", &headers, &form)
}

#[test]
fn uploads_that_never_end_keep_nobody_from_theirs() {
    const FILES: usize = 100;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("chat.db");
    let target = Target::start(&["--data", data.to_str().unwrap()]);
    target.assert_withstands("uploads without end", 64 * MIB, |during| {
        let mut held = Vec::new();
        for uid in ["carol", "dave"] {
            let mallory = target.api.log_in(uid, "d");
            for first in (0..FILES).step_by(10) {
                let files: serde_json::Map<_, _> = (first..first + 10)
                    .map(|number| {
                        (
                            format!("f{number}"),
                            json!({"name": "f", "size": 1_000_000}),
                        )
                    })
                    .collect();
                let body = json!({"files": files, "receiver": "alice", "receiverType": "user"});
                let announced = mallory.request("POST", "files/upload-url", &body).data();
                for file in announced.as_object().unwrap().values() {
                    let url = file["request"]["url"].as_str().unwrap();
                    let path = url.splitn(4, '/').nth(3).unwrap();
                    held.push(stalled_upload(&target, path, ""));
                }
            }
            for _ in 0..50 {
                let token = format!("appId: {APP}\r\nauthToken: {}\r\n", mallory.token);
                held.push(stalled_upload(&target, "messages", &token));
            }
        }
        during();
        upload(&target.player, "a file").data();
        drop(held);
    });
}

/// Most of a file, and no more.
fn stalled_upload(target: &Target, path: &str, headers: &str) -> TcpStream {
    let mut stream = connect_from(2, &target.api);
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: x\r\n{headers}{FORM}\r\nContent-Length: 1000000\r\n\r\n\
         --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n{}",
        "x".repeat(250_000)
    );
    let _refused = stream.write_all(request.as_bytes());
    stream
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
