use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use bevy_cometchat::{
    client::Event,
    connection::{Cause, ConnectionStatus, Retry},
    local_server::LocalServer,
    model::TextMessage,
    test_util::NetworkCondition,
};

use super::{
    fake_server::{FakeServer, accept, message_frame, send},
    player::{Player, config, ended, network, server, settings},
};

#[test]
fn a2_a_killed_server_is_found_again_when_it_is_back() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("chat.sqlite");
    let first = LocalServer::start(config().data(&data)).unwrap();
    let address = first.address();
    let mut alice = Player::live("alice", settings(address));
    first.kill();
    let lost = alice.wait_until(ConnectionStatus::Disconnected);
    assert!(matches!(lost.retry, Retry::After(_)), "{lost:?}");

    let _second = LocalServer::start(config().data(&data).listen(address)).unwrap();
    alice.wait_until(ConnectionStatus::Connected);
    let mut bob = Player::live("bob", settings(address));
    ended(
        alice
            .client
            .send_message(TextMessage::to_user("bob", "still here")),
    )
    .unwrap();
    assert_eq!(bob.wait_for_message().text(), Some("still here"));
}

#[test]
fn r1_a_server_that_is_away_for_five_seconds_is_tried_with_growing_delays() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    network.set(NetworkCondition::refusing());
    network.reset_all();
    alice.wait_until_lost(Cause::ConnectionLost);
    alice.wait_until_lost(Cause::Unreachable);
    std::thread::sleep(Duration::from_secs(5));
    network.set(NetworkCondition::perfect());
    let live = alice.wait_until(ConnectionStatus::Connected);
    // A cap of 0.5 s and a spacing of 50 ms: neither silence nor a storm.
    assert!((3..=100).contains(&live.attempt), "{live:?}");
}

#[test]
fn m5_a_tcp_connection_that_is_reset_is_a_loss_and_is_repaired() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    network.reset_all();
    let lost = alice.wait_until_lost(Cause::ConnectionLost);
    assert_eq!(lost.close_code, None);
    alice.wait_until(ConnectionStatus::Connected);
}

#[test]
fn m5_so_is_one_that_is_closed_without_a_close_frame() {
    let server = FakeServer::with_socket(|mut socket| accept(&mut socket));
    let mut alice = Player::live("alice", settings(server.address));
    let lost = alice.wait_until_lost(Cause::ConnectionLost);
    assert_eq!(lost.close_code, None);
    alice.wait_until(ConnectionStatus::Connected);
}

#[test]
fn r5_a_close_by_the_server_is_reported_with_its_code_and_reason() {
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        let _ = socket.close(Some(tungstenite::protocol::CloseFrame {
            code: 4321.into(),
            reason: "maintenance".into(),
        }));
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    let lost = alice.wait_until_lost(Cause::ClosedByServer);
    assert_eq!(lost.close_code, Some(4321));
    assert_eq!(lost.reason.as_deref(), Some("maintenance"));
    assert!(matches!(lost.retry, Retry::After(_)));
}

#[test]
fn r4_refused_credentials_end_the_attempts() {
    static SOCKETS: AtomicUsize = AtomicUsize::new(0);
    let server = FakeServer::with_socket(|mut socket| {
        SOCKETS.fetch_add(1, SeqCst);
        let _ = socket.read();
        send(
            &mut socket,
            r#"{"type":"auth","body":{"code":"401","status":"no"}}"#,
        );
        while socket.read().is_ok() {}
    });
    let mut alice = Player::logged_in("alice", settings(server.address));
    let refused = alice.wait_until_lost(Cause::CredentialsRejected);
    assert_eq!(refused.retry, Retry::Never);
    let error = ended(alice.client.connect()).unwrap_err();
    assert_eq!(error.cause, Some(Cause::CredentialsRejected), "{error}");
    assert_eq!(SOCKETS.load(SeqCst), 2, "one at login, one by connect()");
}

#[test]
fn r2_a_server_that_never_answers_the_auth_frame_fails_the_attempt() {
    let server = FakeServer::with_socket(|mut socket| while socket.read().is_ok() {});
    let quick = settings(server.address)
        .timing(|timing| timing.attempt_timeout = Duration::from_millis(300));
    let mut alice = Player::logged_in("alice", quick);
    let late = alice.wait_until_lost(Cause::AttemptTimeout);
    assert_eq!(late.attempt, 1);
    let late = alice.wait_until_lost(Cause::AttemptTimeout);
    assert_eq!(late.attempt, 2);
}

#[test]
fn r2_a_server_that_never_answers_the_upgrade_fails_the_attempt() {
    let server = server();
    let network = network(&server);
    let quick = settings(network.address())
        .auto_establish_socket_connection(false)
        .timing(|timing| timing.attempt_timeout = Duration::from_millis(300));
    let mut alice = Player::logged_in("alice", quick);
    network.set(NetworkCondition::black_hole());
    let connect = alice.client.connect();
    alice.wait_until_lost(Cause::AttemptTimeout);
    network.set(NetworkCondition::perfect());
    alice.wait_until(ConnectionStatus::Connected);
    ended(connect).unwrap();
}

#[test]
fn r3_the_servers_retry_after_is_honoured() {
    let server = FakeServer::refusing_upgrades(
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 41\r\ncontent-length: 0\r\n\r\n",
    );
    let mut alice = Player::logged_in("alice", settings(server.address));
    let refused = alice.wait_until_lost(Cause::UpgradeRefused);
    match refused.retry {
        Retry::After(delay) => assert!(delay >= Duration::from_secs(40), "{delay:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn d1_what_arrived_before_a_close_is_delivered_before_the_status_change() {
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        for id in 1..=1_000 {
            send(&mut socket, &message_frame(id, "last words"));
        }
        let _ = socket.close(None);
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    let mut received = 0;
    alice.wait_for("close", |event| match event {
        Event::MessageReceived(message) => {
            received += 1;
            assert_eq!(message.id.0, received);
            None
        }
        Event::StatusChanged(change) if change.to == ConnectionStatus::Disconnected => Some(()),
        _ => None,
    });
    assert_eq!(received, 1_000);
}

#[test]
fn a5_a_disconnect_is_sticky_and_connect_undoes_it() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    ended(alice.client.disconnect()).unwrap();
    alice.wait_until_lost(Cause::DisconnectCalled);
    let before = network.connections();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(network.connections(), before, "nothing reopens it");
    ended(alice.client.connect()).unwrap();
    alice.wait_until(ConnectionStatus::Connected);
}
