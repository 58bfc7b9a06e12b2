use super::harness::{
    CONNECTED, DISCONNECTED, NEVER, Server, World, is_open, millis, not_connected, secs,
};
use crate::connection::{
    BackgroundPolicy, Cause, ConnectionStatus, Input, LinkLoss, Mode, Output, Retry, Timing,
};

fn disconnecting_at_once() -> World {
    let mut world = World::with(
        Mode::Auto,
        BackgroundPolicy::DisconnectAtOnce,
        Timing::default(),
        1,
    );
    world.login();
    world.now_live()
}

#[test]
fn a1_login_connects() {
    let mut world = World::new(Mode::Auto);
    world.login();
    assert_eq!(world.opened(), [secs(0)]);
    world.run_for(millis(1));
    let changes: Vec<_> = world.changes().iter().map(|c| (c.to, c.cause)).collect();
    assert_eq!(
        changes,
        [
            (ConnectionStatus::Connecting, Cause::LoggedIn),
            (ConnectionStatus::Connected, Cause::Accepted)
        ]
    );
}

#[test]
fn a1_failed_first_attempts_are_retried() {
    let mut world = World::new(Mode::Auto);
    world.server = Server::down();
    world.login();
    world.run_for(secs(600));
    assert!(world.opened().len() > 10);
    world.server = Server::Accepts;
    world.run_for(secs(60));
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn a2_a_loss_in_the_foreground_is_repaired() {
    let mut world = World::auto_live();
    world.lose(Cause::ConnectionLost);
    assert_eq!(world.status(), ConnectionStatus::Disconnected);
    world.run_for(secs(1));
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn a2_a_loss_in_the_background_is_repaired_while_the_background_timeout_lasts() {
    let mut world = World::auto_live();
    world.background();
    world.run_for(secs(5));
    world.lose(Cause::ConnectionLost);
    assert!(matches!(world.last_change().retry, Retry::After(_)));
    world.run_for(secs(1));
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn a2_a_repair_in_the_background_stops_when_the_background_timeout_does() {
    let mut world = World::auto_live();
    world.background();
    world.server = Server::down();
    world.lose(Cause::ConnectionLost);
    world.run_for(secs(29));
    assert!(world.opened().len() > 1);
    world.run_for(secs(1));
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
    assert_eq!(world.last_change().retry, Retry::OnForeground);
    assert_eq!(world.connection.next_deadline(), None);
}

#[test]
fn a3_a_silent_game_is_dropped_after_the_background_timeout() {
    let mut world = World::auto_live();
    world.run_for(secs(7));
    world.background();
    world.run_for(millis(29_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_for(millis(1));
    assert_eq!(world.closed(), [secs(37)]);
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
    assert_eq!(world.last_change().retry, Retry::OnForeground);
}

#[test]
fn a3_disconnect_at_once_closes_and_reopens() {
    let mut world = disconnecting_at_once();
    world.background();
    assert_eq!(world.closed().len(), 1);
    assert_eq!(world.last_change().cause, Cause::Backgrounded);
    assert_eq!(world.last_change().retry, Retry::OnForeground);
    world.run_for(secs(3_600));
    assert_eq!(world.opened(), NEVER);
    world.foreground();
    assert_eq!(world.opened(), [secs(3_600)]);
    assert_eq!(world.last_change().cause, Cause::Foregrounded);
}

#[test]
fn a3_disconnect_at_once_gives_a_repair_up_too() {
    let mut world = disconnecting_at_once();
    world.server = Server::down();
    world.lose(Cause::ConnectionLost);
    let connect = world.connect();
    world.background();
    assert_eq!(world.last_change().retry, Retry::OnForeground);
    assert_eq!(world.settled(connect), not_connected(Cause::Backgrounded));
    assert_eq!(world.connection.next_deadline(), None);
}

#[test]
fn a3_disconnect_at_once_keeps_a_login_in_the_background_closed() {
    let mut world = World::with(
        Mode::Auto,
        BackgroundPolicy::DisconnectAtOnce,
        Timing::default(),
        1,
    );
    world.background();
    world.login();
    assert_eq!(world.opened(), NEVER);
    world.foreground();
    assert_eq!(world.opened().len(), 1);
}

#[test]
fn a3_disconnect_at_once_means_nothing_in_manual_mode() {
    let policy = BackgroundPolicy::DisconnectAtOnce;
    let mut world = World::with(Mode::Manual, policy, Timing::default(), 1);
    world.login();
    world.connect();
    let mut world = world.now_live();
    world.background();
    world.run_for(millis(29_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn a4_the_foreground_connects_at_once_after_a_background_timeout() {
    let mut world = World::auto_live();
    world.background();
    world.run_for(secs(300));
    world.log.clear();
    world.foreground();
    assert_eq!(world.opened(), [secs(300)]);
    assert_eq!(world.last_change().cause, Cause::Foregrounded);
    assert_eq!(world.last_change().attempt, 1);
}

#[test]
fn a4_the_foreground_does_not_wait_out_a_back_off() {
    // Some seeds draw a short wait anyway: one that is longer shows the difference.
    let mut longest = secs(0);
    for seed in 0..20 {
        let mut world = World::with(
            Mode::Auto,
            BackgroundPolicy::Timeout,
            Timing::default(),
            seed,
        );
        world.server = Server::down();
        world.login();
        world.run_for(secs(40));
        world.background();
        world.run_for(secs(2));
        let last_start = *world.opened().last().expect("it was tried");
        let Retry::After(wait) = world.last_change().retry else {
            panic!("a retry is pending")
        };
        world.log.clear();
        world.foreground();
        world.run_for(millis(500));
        assert!(world.opened()[0] <= secs(42).max(last_start + millis(500)));
        longest = longest.max(wait);
    }
    assert!(longest > secs(10));
}

#[test]
fn a4_the_foreground_waits_out_the_servers_retry_after() {
    let mut world = World::auto_live();
    world.background();
    let loss = LinkLoss {
        retry_after: Some(secs(100)),
        ..LinkLoss::new(Cause::ClosedByServer)
    };
    world.put(Input::LinkLost(world.link(), loss));
    world.run_for(secs(40));
    assert_eq!(world.last_change().retry, Retry::OnForeground);
    world.foreground();
    let reopened = world.run_to(secs(200), is_open);
    assert_eq!(reopened, Some(secs(100)));
}

#[test]
fn a5_disconnect_is_sticky() {
    let mut world = World::auto_live();
    let disconnect = world.disconnect();
    assert_eq!(world.settled(disconnect), DISCONNECTED);
    assert_eq!(world.last_change().cause, Cause::DisconnectCalled);
    assert_eq!(world.last_change().retry, Retry::Never);
    world.background();
    world.run_for(secs(100));
    world.foreground();
    world.sleep(secs(100));
    world.run_for(secs(100));
    world.put(Input::Tick);
    assert_eq!(world.opened(), NEVER);
    assert_eq!(world.connection.next_deadline(), None);
}

#[test]
fn a5_connect_undoes_a_disconnect() {
    let mut world = World::auto_live();
    world.disconnect();
    let connect = world.connect();
    assert_eq!(world.last_change().cause, Cause::ConnectCalled);
    world.run_for(millis(1));
    assert_eq!(world.settled(connect), CONNECTED);
}

#[test]
fn a5_a_login_undoes_a_disconnect() {
    let mut world = World::auto_live();
    world.disconnect();
    world.login();
    assert!(matches!(world.log.last(), Some((_, Output::OpenLink(_)))));
}

#[test]
fn a5_a_disconnect_in_the_background_is_kept_in_the_foreground() {
    let mut world = World::auto_live();
    world.background();
    world.run_for(secs(60));
    assert_eq!(world.last_change().retry, Retry::OnForeground);
    let disconnect = world.disconnect();
    assert_eq!(world.settled(disconnect), DISCONNECTED);
    assert_eq!(world.last_change().cause, Cause::DisconnectCalled);
    assert_eq!(world.last_change().retry, Retry::Never);
    world.foreground();
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn a4_a_repair_given_up_in_the_background_starts_afresh_in_the_foreground() {
    for seed in 0..50 {
        let policy = BackgroundPolicy::Timeout;
        let mut world = World::with(Mode::Auto, policy, Timing::default(), seed);
        world.server = Server::down();
        world.login();
        world.run_for(secs(60));
        world.background();
        world.run_for(secs(60));
        assert_eq!(world.last_change().retry, Retry::OnForeground);
        world.foreground();
        world.run_for(millis(0));
        let Retry::After(wait) = world.last_change().retry else {
            panic!("a retry is pending")
        };
        assert!(wait <= millis(1_200));
    }
}
