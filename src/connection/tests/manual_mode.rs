use super::harness::{
    CONNECTED, DISCONNECTED, NEVER, NOT_LOGGED_IN, Server, World, millis, not_connected, secs,
};
use crate::connection::{
    Cause, ConnectionStatus, Failure, Input, LinkId, LinkLoss, Mode, Output, Retry, Settled,
};

#[test]
fn m1_login_opens_nothing() {
    let mut world = World::manual();
    world.run_for(secs(100));
    world.background();
    world.foreground();
    assert!(world.log.is_empty());
    assert_eq!(world.connection.next_deadline(), None);
}

#[test]
fn m2_connect_needs_a_user() {
    let mut world = World::new(Mode::Manual);
    let connect = world.connect();
    assert_eq!(world.settled(connect), NOT_LOGGED_IN);
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn m2_connect_succeeds_when_live_and_not_before() {
    let mut world = World::manual();
    world.latency = secs(2);
    let connect = world.connect();
    world.run_for(millis(1_999));
    assert_eq!(world.status(), ConnectionStatus::Connecting);
    assert_eq!(world.settled(connect), None);
    world.run_for(millis(1));
    assert_eq!(world.settled(connect), CONNECTED);
}

#[test]
fn m2_connect_when_live_succeeds_at_once() {
    let mut world = World::manual_live();
    let connect = world.connect();
    assert_eq!(world.settled(connect), CONNECTED);
    assert_eq!(world.log.len(), 1);
}

#[test]
fn m2_connect_joins_an_attempt() {
    let mut world = World::manual();
    world.latency = secs(2);
    let first = world.connect();
    world.run_for(secs(1));
    let second = world.connect();
    world.run_for(secs(1));
    assert_eq!(world.settled(first), CONNECTED);
    assert_eq!(world.settled(second), CONNECTED);
    assert_eq!(world.opened().len(), 1);
}

#[test]
fn m2_connect_does_not_wait_out_a_back_off() {
    let mut world = World::manual_live();
    world.run_for(secs(20));
    let loss = LinkLoss {
        retry_after: Some(secs(300)),
        ..LinkLoss::new(Cause::ClosedByServer)
    };
    world.put(Input::LinkLost(world.link(), loss));
    world.run_for(secs(1));
    let connect = world.connect();
    assert_eq!(world.opened(), [secs(21)]);
    assert_eq!(world.last_change().attempt, 1);
    world.run_for(millis(1));
    assert_eq!(world.settled(connect), CONNECTED);
}

#[test]
fn m2_connect_fails_with_a_terminal_cause() {
    let mut world = World::manual();
    world.server = Server::Refuses(LinkLoss::new(Cause::CredentialsRejected));
    let connect = world.connect();
    world.run_for(millis(1));
    let failure = not_connected(Cause::CredentialsRejected);
    assert_eq!(world.settled(connect), failure);
    let Output::Settle(..) = world.log[world.log.len() - 1].1 else {
        panic!("the status change comes before the request ends")
    };
}

#[test]
fn m2_connect_fails_when_disconnect_ends_the_attempt() {
    let mut world = World::manual();
    world.server = Server::Silent;
    let connect = world.connect();
    let disconnect = world.disconnect();
    let failure = not_connected(Cause::DisconnectCalled);
    assert_eq!(world.settled(connect), failure);
    assert_eq!(world.settled(disconnect), DISCONNECTED);
    assert_eq!(world.closed().len(), 1);
}

#[test]
fn m2_connect_fails_when_logout_ends_the_attempt() {
    let mut world = World::manual();
    world.server = Server::Silent;
    let connect = world.connect();
    world.logout();
    assert_eq!(world.settled(connect), not_connected(Cause::LoggedOut));
}

#[test]
fn m2_connect_times_out_and_the_attempts_go_on() {
    let mut world = World::manual();
    world.server = Server::down();
    let connect = world.connect();
    world.run_for(millis(29_999));
    assert_eq!(world.settled(connect), None);
    world.run_for(millis(1));
    let last = Cause::Unreachable;
    assert_eq!(
        world.settled(connect),
        Some(Err(Failure::TimedOut { last }))
    );
    world.server = Server::Accepts;
    world.run_for(secs(60));
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn m2_each_connect_has_its_own_thirty_seconds() {
    let mut world = World::manual();
    world.server = Server::Silent;
    let first = world.connect();
    world.run_for(secs(3));
    let second = world.connect();
    world.run_until(secs(30));
    let last = Cause::AttemptTimeout;
    let timed_out = Some(Err(Failure::TimedOut { last }));
    assert_eq!(world.settled(first), timed_out);
    world.run_until(millis(32_999));
    assert_eq!(world.settled(second), None);
    world.run_until(secs(33));
    assert_eq!(world.settled(second), timed_out);
}

#[test]
fn m3_disconnect_closes_and_reports() {
    let mut world = World::manual_live();
    let link = world.link();
    let disconnect = world.disconnect();
    assert_eq!(world.log[0].1, Output::CloseLink(link));
    assert_eq!(world.last_change().from, ConnectionStatus::Connected);
    assert_eq!(world.last_change().to, ConnectionStatus::Disconnected);
    assert_eq!(world.last_change().cause, Cause::DisconnectCalled);
    assert_eq!(world.settled(disconnect), DISCONNECTED);
    world.run_for(secs(3_600));
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn m3_disconnect_reports_that_a_retry_is_given_up() {
    let mut world = World::manual_live();
    world.lose(Cause::ConnectionLost);
    world.disconnect();
    let change = world.last_change();
    assert_eq!(change.from, ConnectionStatus::Disconnected);
    assert_eq!(change.to, ConnectionStatus::Disconnected);
    assert_eq!(change.cause, Cause::DisconnectCalled);
    assert_eq!(change.retry, Retry::Never);
    world.run_for(secs(3_600));
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn m3_disconnect_succeeds_with_nothing_to_close() {
    let mut world = World::manual();
    let disconnect = world.disconnect();
    assert_eq!(world.settled(disconnect), DISCONNECTED);
    assert_eq!(world.log.len(), 1);
}

#[test]
fn m3_a_connect_right_after_a_disconnect_opens_at_once() {
    let mut world = World::manual_live();
    world.disconnect();
    world.connect();
    assert_eq!(world.opened(), [secs(0)]);
}

#[test]
fn m4_ping_tells_the_round_trip() {
    let mut world = World::manual_live();
    world.latency = millis(80);
    let ping = world.ping();
    assert_eq!(world.pinged(), [secs(0)]);
    world.run_for(secs(1));
    assert_eq!(world.settled(ping), Some(Ok(Settled::Pong(millis(80)))));
}

#[test]
fn m4_a_ping_without_pong_fails_and_is_a_loss() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    let ping = world.ping();
    world.run_for(millis(4_999));
    assert_eq!(world.settled(ping), None);
    world.run_for(millis(1));
    assert_eq!(world.settled(ping), not_connected(Cause::PongTimeout));
    assert_eq!(world.closed(), [secs(5)]);
    assert_eq!(world.changes()[0].cause, Cause::PongTimeout);
    assert!(matches!(world.changes()[0].retry, Retry::After(_)));
}

#[test]
fn m4_other_frames_do_not_answer_the_games_ping() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    let ping = world.ping();
    for _ in 0..5 {
        world.run_for(secs(1));
        world.put(Input::Inbound(LinkId(0)));
    }
    assert_eq!(world.settled(ping), not_connected(Cause::PongTimeout));
}

#[test]
fn m4_ping_joins_one_that_is_under_way() {
    let mut world = World::manual_live();
    world.latency = millis(100);
    let first = world.ping();
    world.run_for(millis(40));
    let second = world.ping();
    world.run_for(secs(1));
    assert_eq!(world.pinged().len(), 1);
    let pong = Some(Ok(Settled::Pong(millis(100))));
    assert_eq!(world.settled(first), pong);
    assert_eq!(world.settled(second), pong);
}

#[test]
fn m4_ping_is_never_silent() {
    let mut world = World::new(Mode::Manual);
    let signed_out = world.ping();
    assert_eq!(world.settled(signed_out), NOT_LOGGED_IN);

    world.login();
    let never = world.ping();
    assert_eq!(world.settled(never), not_connected(Cause::NotYetConnected));

    world.server = Server::Silent;
    world.connect();
    let attempting = world.ping();
    let failure = not_connected(Cause::NotYetConnected);
    assert_eq!(world.settled(attempting), failure);

    world.disconnect();
    let disconnected = world.ping();
    let failure = not_connected(Cause::DisconnectCalled);
    assert_eq!(world.settled(disconnected), failure);

    world.login();
    let anew = world.ping();
    assert_eq!(world.settled(anew), not_connected(Cause::NotYetConnected));
    assert_eq!(world.pinged(), NEVER);
}

#[test]
fn m5_a_loss_in_the_foreground_is_repaired() {
    let mut world = World::manual_live();
    world.lose(Cause::ClosedByServer);
    assert_eq!(world.last_change().cause, Cause::ClosedByServer);
    assert!(matches!(world.last_change().retry, Retry::After(_)));
    world.run_for(secs(1));
    assert_eq!(world.changes()[1].cause, Cause::Repair);
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn m5_the_repair_of_a_foreground_loss_may_end_in_the_background() {
    let mut world = World::manual_live();
    world.lose(Cause::ConnectionLost);
    world.background();
    world.run_for(secs(1));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_for(secs(30));
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
}

#[test]
fn m4_ping_during_a_repair_tells_what_was_lost() {
    let mut world = World::manual_live();
    world.lose(Cause::ClosedByServer);
    let ping = world.ping();
    assert_eq!(world.settled(ping), not_connected(Cause::ClosedByServer));
}
