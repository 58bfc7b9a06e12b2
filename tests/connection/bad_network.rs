use std::time::{Duration, Instant};

use bevy_cometchat::{
    client::Event,
    connection::ConnectionStatus,
    local_server::LocalServer,
    model::{MessageId, TextMessage},
    test_util::NetworkCondition,
};

use super::player::{PATIENCE, Player, config, ended, network, server, settings};

#[test]
fn m4_a_ping_over_a_long_way_tells_how_long_it_is() {
    let server = server();
    let network = network(&server);
    let alice = Player::live("alice", settings(network.address()));
    let one_way = Duration::from_millis(60);
    network.set(NetworkCondition::perfect().latency(one_way));
    let round_trip = ended(alice.client.ping()).unwrap();
    assert!(round_trip >= 2 * one_way, "{round_trip:?}");
}

#[test]
fn d4_messages_over_a_slow_and_unsteady_line_arrive_in_order_once() {
    let server = LocalServer::start(config().tls()).unwrap();
    let network = network(&server);
    let secure = |address| {
        bevy_cometchat::AppSettings::builder()
            .local_server(address, server.certificate_pem())
            .outbox(|limits| limits.per_minute = None)
            .session_in_memory()
    };
    let mut alice = Player::live("alice", secure(network.address()));
    let bob = Player::live("bob", secure(server.address()));
    network.set(
        NetworkCondition::perfect()
            .latency(Duration::from_millis(20))
            .jitter(Duration::from_millis(30))
            .bytes_per_second(64 * 1024),
    );
    let sent: Vec<_> = (0..50).map(|n| say(&bob, n)).collect();
    let received: Vec<_> = sent.iter().map(|_| alice.wait_for_message().id).collect();
    assert_eq!(received, sent);
}

#[test]
fn d3_a_storm_of_restarts_costs_no_message() {
    let server = LocalServer::start(config().without_rate_limits()).unwrap();
    let network = network(&server);
    let unlimited = settings(network.address()).recovery_limit(usize::MAX);
    let mut alice = Player::live("alice", unlimited);
    let bob = Player::live("bob", settings(server.address()));
    network.set(
        NetworkCondition::perfect()
            .restarts(Duration::from_millis(300), Duration::from_millis(100)),
    );
    let (mut sent, mut received, mut connections) = (Vec::new(), Vec::new(), 0);
    let start = Instant::now();
    while connections < 4 {
        assert!(start.elapsed() < PATIENCE, "{connections} connections");
        sent.push(say(&bob, sent.len()));
        for event in alice.drain() {
            match event {
                Event::MessageReceived(message) => received.push(message.id),
                Event::StatusChanged(change) if change.to == ConnectionStatus::Connected => {
                    connections += 1;
                }
                _ => {}
            }
        }
    }
    network.set(NetworkCondition::perfect());
    while received.len() < sent.len() {
        received.push(alice.wait_for_message().id);
    }
    assert_eq!(received, sent);
}

/// The n-th message to alice.
fn say(player: &Player, number: usize) -> MessageId {
    let message = TextMessage::to_user("alice", format!("message {number}"));
    ended(player.client.send_message(message))
        .expect("the message is stored")
        .id
}
