use std::time::Duration;

use bevy_cometchat::{
    ErrorCode,
    connection::{Cause, ConnectionStatus},
    model::{TransientMessage, Uid},
    test_util::NetworkCondition,
};

use super::player::{Player, ended, network, server, settings};

#[test]
fn h1_a_black_hole_is_found_by_the_heartbeat_and_repaired() {
    let server = server();
    let network = network(&server);
    let watchful = settings(network.address()).timing(|timing| {
        timing.heartbeat_interval = Duration::from_millis(300);
        timing.pong_timeout = Duration::from_millis(1_500);
    });
    let mut alice = Player::live("alice", watchful);
    network.set(NetworkCondition::black_hole());
    alice.wait_until_lost(Cause::PongTimeout);
    network.set(NetworkCondition::perfect());
    alice.wait_until(ConnectionStatus::Connected);
}

#[test]
fn m4_a_ping_into_a_black_hole_fails_and_counts_as_a_loss() {
    let server = server();
    let network = network(&server);
    let patient = settings(network.address()).timing(|timing| {
        timing.heartbeat_interval = Duration::from_secs(600);
        timing.pong_timeout = Duration::from_millis(500);
    });
    let mut alice = Player::live("alice", patient);
    let round_trip = ended(alice.client.ping()).unwrap();
    assert!(round_trip < Duration::from_secs(10), "{round_trip:?}");
    network.set(NetworkCondition::black_hole());
    let error = ended(alice.client.ping()).unwrap_err();
    assert_eq!(
        (error.code, error.cause),
        (ErrorCode::NotConnected, Some(Cause::PongTimeout))
    );
    alice.wait_until_lost(Cause::PongTimeout);
}

#[test]
fn h1_a_peer_that_stops_reading_is_found_too() {
    use super::fake_server::{FakeServer, accept};

    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        std::thread::sleep(Duration::from_secs(60));
    });
    let watchful = settings(server.address).timing(|timing| {
        timing.heartbeat_interval = Duration::from_millis(100);
        timing.pong_timeout = Duration::from_millis(500);
    });
    let mut alice = Player::live("alice", watchful);
    alice.wait_until_lost(Cause::PongTimeout);
}

#[test]
fn d5_what_is_told_does_not_pile_up_before_a_peer_that_stops_reading() {
    use super::fake_server::{FakeServer, accept};

    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        std::thread::sleep(Duration::from_secs(60));
    });
    let patient = settings(server.address).timing(|timing| {
        timing.heartbeat_interval = Duration::from_secs(600);
    });
    let alice = Player::live("alice", patient);
    let much = TransientMessage::new(Uid::from("bob"), &"x".repeat(16 * 1024)).unwrap();
    let refused = (0..20_000).find_map(|_| {
        let told = alice.client.send_transient_message(much.clone());
        ended(told).err()
    });
    let code = refused.map(|error| error.code);
    assert_eq!(code, Some(ErrorCode::TooManyRequests));
}
