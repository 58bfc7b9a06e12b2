use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use bevy_cometchat::{ErrorCode, client::Event, connection::Cause, test_util::NetworkCondition};

use super::{
    fake_server::{FakeServer, accept},
    player::{Player, ended, network, server, settings},
};

/// X1 says 500 ms; a slow machine gets ten times that.
const BOUND: Duration = Duration::from_secs(5);

fn stop(player: &mut Player) -> Vec<Event> {
    let start = Instant::now();
    player.client.shut_down();
    let rest = player.rest();
    assert!(start.elapsed() < BOUND, "it took {:?}", start.elapsed());
    rest
}

#[test]
fn x1_the_last_close_has_code_1000() {
    let (told, close) = mpsc::channel();
    let server = FakeServer::with_socket(move |mut socket| {
        accept(&mut socket);
        while let Ok(frame) = socket.read() {
            if let tungstenite::Message::Close(close) = frame {
                let _ = told.send(close.map(|close| u16::from(close.code)));
            }
        }
    });
    let mut alice = Player::live("alice", settings(server.address));
    let rest = stop(&mut alice);
    assert_eq!(close.recv_timeout(BOUND).unwrap(), Some(1000));
    let exiting = |event: &Event| matches!(event, Event::StatusChanged(change) if change.cause == Cause::Exiting);
    assert!(rest.iter().any(exiting), "{rest:?}");
}

#[test]
fn x1_a_peer_that_stopped_reading_does_not_hold_up_the_exit() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    network.set(NetworkCondition::black_hole());
    stop(&mut alice);
}

#[test]
fn x1_nor_does_an_attempt_in_mid_handshake() {
    let server = FakeServer::with_socket(|_| std::thread::sleep(Duration::from_secs(60)));
    let mut alice = Player::logged_in("alice", settings(server.address));
    alice.wait_until(bevy_cometchat::connection::ConnectionStatus::Connecting);
    stop(&mut alice);
}

#[test]
fn x1_nor_does_a_login_without_an_answer() {
    let server = FakeServer::with_requests(|_, _| {
        std::thread::sleep(Duration::from_secs(60));
        None
    });
    let mut alice = Player::new(settings(server.address));
    let login = alice
        .client
        .login(bevy_cometchat::AuthKey::new("alice", "key"));
    stop(&mut alice);
    assert!(
        login.outcome().is_some_and(|outcome| outcome.is_err()),
        "the login ended too"
    );
}

#[test]
fn x1_what_is_asked_for_after_the_end_fails_instead_of_hanging() {
    let server = server();
    let player = Player::live("alice", settings(server.address()));
    player.client.shut_down();
    let late: Vec<_> = (0..100).map(|_| player.client.ping()).collect();
    for request in late {
        assert_eq!(ended(request).unwrap_err().code, ErrorCode::Cancelled);
    }
}
