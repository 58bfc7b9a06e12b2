//! A connection that the server keeps for the next request, and closes just as that goes out.

use std::{io::Write, net::TcpStream, sync::mpsc};

use bevy_cometchat::ErrorCode;

use super::{
    fake_server::{FakeServer, read_request, right_answer},
    player::{Player, ended, settings},
};

/// Answers the first request on each connection, and closes it when the second one has come. Tells which came.
fn closing_on_the_second_request() -> (FakeServer, mpsc::Receiver<String>) {
    let (told, requests) = mpsc::channel();
    let server = FakeServer::listen(move |mut stream: TcpStream, address| {
        let next = |stream: &mut TcpStream| {
            let (method, path) = read_request(stream)?;
            let _ = told.clone().send(format!("{method} {path}"));
            Some((method, path))
        };
        let Some((method, path)) = next(&mut stream) else {
            return;
        };
        let answer = String::from_utf8(right_answer(&method, &path, address)).unwrap();
        let kept = answer.replace("connection: close\r\n", "");
        let _ = stream.write_all(kept.as_bytes());
        next(&mut stream);
    });
    (server, requests)
}

#[test]
fn what_can_be_repeated_is_made_again_on_a_new_connection() {
    let (server, requests) = closing_on_the_second_request();
    let alice = Player::logged_in(
        "alice",
        settings(server.address).auto_establish_socket_connection(false),
    );
    for _ in 0..3 {
        ended(alice.client.user("bob")).expect("an answer");
    }
    let seen: Vec<_> = requests.try_iter().collect();
    let count = |request: &str| seen.iter().filter(|it| it.ends_with(request)).count();
    assert_eq!(count("auth_tokens"), 1, "{seen:?}");
    assert_eq!(count("PUT /v3.0/me"), 2, "{seen:?}");
    assert_eq!(count("GET /v3.0/users/bob"), 6, "{seen:?}");
}

#[test]
fn what_changes_something_is_not_made_twice() {
    let (server, requests) = closing_on_the_second_request();
    let alice = Player::logged_in(
        "alice",
        settings(server.address).auto_establish_socket_connection(false),
    );
    let error = ended(alice.client.join_group("guild", None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::ServerUnreachable);
    let seen: Vec<_> = requests.try_iter().collect();
    let joins = seen.iter().filter(|it| it.starts_with("POST /v3.0/groups"));
    assert_eq!(joins.count(), 1, "{seen:?}");
}
