//! Attacks with what is never finished: requests, heads, frames, bodies and uploads that are held open.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    attack_target::{Attack, MIB, Target, connect_from, flood, request_from, upload},
    attacks::{frame, raw_socket, upgrade, while_attacked},
    client::APP,
};

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
