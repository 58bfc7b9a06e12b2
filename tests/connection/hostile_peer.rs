//! A server that never stops sending: the client's thread goes on with everything else.

use std::{
    io::Write,
    net::TcpStream,
    time::{Duration, Instant},
};

use bevy_cometchat::{ErrorCode, connection::Cause};
use tungstenite::WebSocket;

use super::{
    fake_server::{FakeServer, accept},
    player::{Player, settings},
};

/// What a slow machine gets for what takes milliseconds.
const BOUND: Duration = Duration::from_secs(10);

/// Writes `bytes` over and over, until the client is gone.
fn flood(stream: &mut TcpStream, bytes: &[u8]) {
    let bytes = bytes.repeat((256 << 10) / bytes.len());
    while stream.write_all(&bytes).is_ok() {}
}

/// Accepts the client, and floods it with a frame's bytes after those of another.
fn flooding(first: &'static [u8], then: &'static [u8]) -> FakeServer {
    FakeServer::with_socket(move |mut socket: WebSocket<TcpStream>| {
        accept(&mut socket);
        let _ = socket.get_mut().write_all(first);
        flood(socket.get_mut(), then);
    })
}

fn shut_down(player: &mut Player) {
    let start = Instant::now();
    player.client.shut_down();
    player.rest();
    assert!(start.elapsed() < BOUND, "it took {:?}", start.elapsed());
}

#[test]
fn a_message_in_endless_empty_fragments_ends_the_connection() {
    assert_ends_for_its_fragments(&[0x00, 0x00]);
}

#[test]
fn endless_fragments_between_pings_end_the_connection() {
    assert_ends_for_its_fragments(&[0x89, 0x01, b'x', 0x00, 0x00]);
}

/// A text message begins, and goes on without end in frames like these.
fn assert_ends_for_its_fragments(endless: &'static [u8]) {
    let server = flooding(&[0x01, 0x00], endless);
    let mut alice = Player::live("alice", settings(server.address));
    let loss = alice.wait_until_lost(Cause::ConnectionLost);
    let reason = loss.reason.unwrap_or_default();
    assert!(reason.contains("fragments"), "{reason}");
    shut_down(&mut alice);
}

#[test]
fn x1_endless_pings_do_not_hold_up_the_exit() {
    let server = flooding(&[], &[0x89, 0x00]);
    let mut alice = Player::live("alice", settings(server.address));
    shut_down(&mut alice);
}

#[test]
fn a_reply_behind_endless_100_continue_times_out() {
    let server = FakeServer::listen(|mut stream, _| {
        flood(&mut stream, b"HTTP/1.1 100 Continue\r\n\r\n");
    });
    let timeout = Duration::from_millis(500);
    let mut alice = Player::new(settings(server.address).request_timeout(timeout));
    let start = Instant::now();
    let error = alice.log_in("alice").unwrap_err();
    assert_eq!(error.code, ErrorCode::ServerUnreachable);
    assert!(start.elapsed() < BOUND, "it took {:?}", start.elapsed());
    shut_down(&mut alice);
}
