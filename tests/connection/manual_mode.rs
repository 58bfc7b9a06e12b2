use std::time::{Duration, Instant};

use bevy_cometchat::{
    ErrorCode,
    connection::{AppState, Cause, ConnectionStatus, Retry},
    model::TextMessage,
};

use super::player::{Player, ended, server, settings};

#[test]
fn m1_manual_mode_opens_no_socket_and_http_works_without_one() {
    let server = server();
    let player = Player::logged_in(
        "alice",
        settings(server.address()).auto_establish_socket_connection(false),
    );
    ended(
        player
            .client
            .send_message(TextMessage::to_user("bob", "no socket needed")),
    )
    .unwrap();
    let error = ended(player.client.ping()).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotConnected);
}

#[test]
fn m2_m3_connect_succeeds_when_live_and_disconnect_always() {
    let server = server();
    let mut player =
        Player::new(settings(server.address()).auto_establish_socket_connection(false));
    assert_eq!(
        ended(player.client.connect()).unwrap_err().code,
        ErrorCode::UserNotLoggedIn
    );
    player.log_in("alice").unwrap();
    ended(player.client.disconnect()).unwrap();
    let (first, second) = (player.client.connect(), player.client.connect());
    ended(first).unwrap();
    ended(second).unwrap();
    ended(player.client.connect()).unwrap();
    ended(player.client.disconnect()).unwrap();
    let change = player.wait_until_lost(Cause::DisconnectCalled);
    assert_eq!(change.retry, Retry::Never);
}

#[test]
fn m6_in_the_background_the_connection_dies_unless_pinged_and_m7_stays_dead() {
    let background_timeout = Duration::from_secs(2);
    let server = server();
    let settings = settings(server.address())
        .auto_establish_socket_connection(false)
        .timing(|timing| timing.background_timeout = background_timeout);
    let mut player = Player::logged_in("alice", settings);
    ended(player.client.connect()).unwrap();
    let start = Instant::now();
    player.client.set_app_state(AppState::Background);
    for _ in 0..6 {
        std::thread::sleep(background_timeout / 4);
        ended(player.client.ping()).expect("a pinged connection lives on");
    }
    assert!(start.elapsed() >= background_timeout);
    let change = player.wait_until_lost(Cause::BackgroundTimeout);
    assert_eq!(change.retry, Retry::Never);
    player.client.set_app_state(AppState::Foreground);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(
        ended(player.client.ping()).unwrap_err().code,
        ErrorCode::NotConnected
    );
    ended(player.client.connect()).unwrap();
    player.wait_until(ConnectionStatus::Connected);
}

#[test]
fn two_clients_in_one_process_do_not_disturb_each_other() {
    let server = server();
    let mut alice = Player::live("alice", settings(server.address()));
    let mut bob = Player::live("bob", settings(server.address()));
    ended(alice.client.disconnect()).unwrap();
    alice.wait_until(ConnectionStatus::Disconnected);
    ended(bob.client.ping()).unwrap();
    drop(alice);
    ended(bob.client.ping()).unwrap();
    let _ = bob.drain();
}
