use super::harness::{CONNECTED, NEVER, Server, World, millis, not_connected, secs};
use crate::connection::{
    BackgroundPolicy, Cause, ConnectionStatus, Input, LinkLoss, Mode, Output, Retry, Timing,
};

#[test]
fn m2_the_background_ends_an_attempt_when_the_background_timeout_is_over() {
    let timing = Timing {
        attempt_timeout: secs(60),
        connect_timeout: secs(60),
        ..Default::default()
    };
    let policy = BackgroundPolicy::Timeout;
    let mut world = World::with(Mode::Manual, policy, timing, 1);
    world.login();
    world.server = Server::Silent;
    let connect = world.connect();
    world.run_for(secs(10));
    world.background();
    world.run_for(millis(29_999));
    assert_eq!(world.status(), ConnectionStatus::Connecting);
    world.run_for(millis(1));
    let failure = not_connected(Cause::BackgroundTimeout);
    assert_eq!(world.settled(connect), failure);
    assert_eq!(world.closed(), [secs(40)]);
}

#[test]
fn m6_background_timeout_ends_the_connection() {
    let mut world = World::manual_live();
    world.run_for(secs(4));
    world.background();
    world.run_for(millis(29_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_for(millis(1));
    assert_eq!(world.closed(), [secs(34)]);
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
    assert_eq!(world.last_change().retry, Retry::Never);
}

#[test]
fn m6_each_ping_moves_the_deadline_to_its_call() {
    let mut world = World::manual_live();
    world.latency = secs(3);
    world.background();
    for _ in 0..5 {
        world.run_for(secs(20));
        world.ping();
    }
    world.run_until(millis(129_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_until(secs(130));
    assert_eq!(world.closed(), [secs(130)]);
}

#[test]
fn m6_a_ping_moves_the_deadline_even_when_it_joins_another() {
    let mut world = World::manual_live();
    world.latency = secs(4);
    world.background();
    world.run_for(secs(20));
    world.ping();
    world.run_for(secs(2));
    world.ping();
    world.run_until(secs(60));
    assert_eq!(world.closed(), [secs(52)]);
}

#[test]
fn m6_a_ping_at_the_very_deadline_counts_and_a_later_one_does_not() {
    let mut world = World::manual_live();
    world.background();
    world.skip(secs(30));
    world.ping();
    assert_eq!(world.status(), ConnectionStatus::Connected);

    world.skip(millis(30_001));
    let late = world.ping();
    assert_eq!(world.settled(late), not_connected(Cause::BackgroundTimeout));
    assert_eq!(world.closed().len(), 1);
}

#[test]
fn m7_nothing_reconnects_after_a_background_timeout() {
    let mut world = World::manual_live();
    world.background();
    world.run_for(secs(31));
    world.foreground();
    world.run_for(secs(3_600));
    assert_eq!(world.opened(), NEVER);
    let connect = world.connect();
    world.run_for(millis(1));
    assert_eq!(world.settled(connect), CONNECTED);
}

#[test]
fn m7_nothing_reconnects_after_a_loss_in_the_background() {
    let mut world = World::manual_live();
    world.background();
    world.lose(Cause::ConnectionLost);
    assert_eq!(world.last_change().cause, Cause::ConnectionLost);
    assert_eq!(world.last_change().retry, Retry::Never);
    world.run_for(secs(10));
    world.foreground();
    world.run_for(secs(3_600));
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn m7_a_missing_pong_in_the_background_is_a_loss_there() {
    let mut world = World::manual_live();
    world.background();
    world.answers_pings = false;
    world.ping();
    world.run_for(secs(60));
    assert_eq!(world.last_change().cause, Cause::PongTimeout);
    assert_eq!(world.last_change().retry, Retry::Never);
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn m7_a_retry_pending_at_the_end_of_the_background_timeout_is_given_up() {
    let mut world = World::manual_live();
    let loss = LinkLoss {
        retry_after: Some(secs(100)),
        ..LinkLoss::new(Cause::ClosedByServer)
    };
    world.put(Input::LinkLost(world.link(), loss));
    world.background();
    let given_up = world.run_to(secs(100), |output| matches!(output, Output::Status(_)));
    assert_eq!(given_up, Some(secs(30)));
    assert_eq!(world.last_change().from, ConnectionStatus::Disconnected);
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
    assert_eq!(world.last_change().retry, Retry::Never);
    assert_eq!(world.connection.next_deadline(), None);
}

#[test]
fn m8_the_foreground_in_time_cancels_the_deadline_and_probes() {
    let mut world = World::manual_live();
    world.background();
    world.run_for(secs(29));
    world.foreground();
    assert_eq!(world.pinged(), [secs(29)]);
    world.run_for(secs(3_600));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    assert_eq!(world.closed(), NEVER);
}

#[test]
fn m8_each_background_has_its_own_deadline() {
    let mut world = World::manual_live();
    world.background();
    world.run_for(secs(29));
    world.foreground();
    world.run_for(secs(1));
    world.background();
    world.run_until(secs(100));
    assert_eq!(world.closed(), [secs(60)]);
}

#[test]
fn m9_connect_in_the_background_counts_the_deadline_from_the_call() {
    let mut world = World::manual();
    world.latency = secs(2);
    world.background();
    world.run_for(secs(100));
    let connect = world.connect();
    world.run_for(secs(2));
    assert_eq!(world.settled(connect), CONNECTED);
    world.run_until(secs(200));
    assert_eq!(world.closed(), [secs(130)]);
}

#[test]
fn m9_a_failed_attempt_in_the_background_is_not_retried() {
    let mut world = World::manual();
    world.server = Server::down();
    world.background();
    let connect = world.connect();
    world.run_for(secs(100));
    assert_eq!(world.settled(connect), not_connected(Cause::Unreachable));
    assert_eq!(world.opened().len(), 1);
    assert_eq!(world.last_change().retry, Retry::Never);
}
