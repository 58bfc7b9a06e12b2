use std::time::Duration;

use super::harness::{DISCONNECTED, NEVER, Server, World, millis, not_connected, secs};
use crate::connection::{
    AppState, Cause, ConnectionStatus, Input, Mode, Now, Output, Retry, SessionOrigin,
};

#[test]
fn f2_repeated_app_states_are_harmless() {
    let mut world = World::manual_live();
    world.foreground();
    assert_eq!(world.pinged(), NEVER, "no return, no probe");
    world.background();
    world.run_for(secs(20));
    world.background();
    world.run_for(secs(20));
    assert_eq!(
        world.closed(),
        [secs(30)],
        "the background timeout does not start over"
    );
}

#[test]
fn f1_the_app_state_counts_for_whoever_logs_in_later() {
    let mut world = World::new(Mode::Auto);
    world.background();
    assert_eq!(world.connection.app_state(), AppState::Background);
    assert_eq!(world.connection.next_deadline(), None);
    world.run_for(secs(100));
    world.login();
    world.run_until(secs(200));
    assert_eq!(
        world.closed(),
        [secs(130)],
        "the background timeout counts from the login"
    );
}

#[test]
fn f3_the_app_starts_in_the_foreground() {
    assert_eq!(
        World::new(Mode::Auto).connection.app_state(),
        AppState::Foreground
    );
}

#[test]
fn x1_shutdown_closes_a_live_link_and_fails_what_is_pending() {
    let mut world = World::auto_live();
    world.answers_pings = false;
    let link = world.link();
    let ping = world.ping();
    world.log.clear();
    world.put(Input::Shutdown);
    assert_eq!(world.log[0].1, Output::CloseLink(link));
    assert_eq!(world.last_change().cause, Cause::Exiting);
    assert_eq!(world.last_change().retry, Retry::Never);
    assert_eq!(world.settled(ping), not_connected(Cause::Exiting));
    assert_eq!(world.connection.next_deadline(), None);
}

#[test]
fn x1_shutdown_ends_an_attempt() {
    let mut world = World::manual();
    world.server = Server::Silent;
    let connect = world.connect();
    world.put(Input::Shutdown);
    assert_eq!(world.closed().len(), 1);
    assert_eq!(world.settled(connect), not_connected(Cause::Exiting));
}

#[test]
fn x1_nothing_happens_after_shutdown() {
    let mut world = World::auto_live();
    world.put(Input::Shutdown);
    world.log.clear();
    world.login();
    world.put(Input::SessionOpened(SessionOrigin::Restored));
    let connect = world.connect();
    let ping = world.ping();
    let disconnect = world.disconnect();
    world.background();
    world.foreground();
    world.put(Input::Shutdown);
    assert_eq!(world.settled(connect), not_connected(Cause::Exiting));
    assert_eq!(world.settled(ping), not_connected(Cause::Exiting));
    assert_eq!(world.settled(disconnect), DISCONNECTED);
    assert_eq!(world.log.len(), 3);
}

#[test]
fn w4_monotonic_time_never_runs_backwards_for_a_deadline() {
    let mut world = World::manual_live();
    world.background();
    world.run_for(secs(20));
    world.put(Input::Tick);
    let later = world.clocks();
    world.set_clocks(Now {
        monotonic: later.monotonic - secs(15),
        ..later
    });
    world.put(Input::Tick);
    world.ping();
    world.set_clocks(later);
    world.run_until(millis(49_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_until(secs(50));
    assert_eq!(world.closed(), [secs(50)]);
}

#[test]
fn w4_wall_time_running_backwards_is_harmless() {
    let mut world = World::manual_live();
    let now = world.clocks();
    world.set_clocks(Now {
        wall: now.wall - secs(86_400),
        ..now
    });
    world.put(Input::Tick);
    world.set_clocks(Now {
        wall: Duration::ZERO,
        ..now
    });
    world.put(Input::Tick);
    assert!(world.log.is_empty());
}

#[test]
fn w4_the_background_timeout_is_measured_on_monotonic_time() {
    let mut world = World::manual_live();
    world.background();
    world.sleep(secs(3_600));
    world.put(Input::Tick);
    world.run_until(millis(29_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_until(secs(30));
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
}

#[test]
fn w4_the_end_of_time_is_survived() {
    let end = Now {
        monotonic: Duration::MAX,
        wall: Duration::MAX,
        uptime: Duration::MAX,
    };
    let mut world = World::new(Mode::Auto);
    world.answers_pings = false;
    world.login();
    world.connection.handle(Input::LinkLive(world.link()), end);
    world
        .connection
        .handle(Input::AppState(AppState::Background), end);
    world.connection.handle(Input::Tick, Now::default());
    assert_ne!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn f4_a_frozen_app_has_no_connection_and_auto_mode_opens_one_when_it_is_thawed() {
    let mut world = World::auto_live();
    world.run_for(secs(1));
    world.put(Input::Frozen);
    assert_eq!(world.closed(), [secs(1)]);
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
    world.skip(secs(3_600));
    assert_eq!(world.opened(), NEVER);
    world.foreground();
    world.run_for(secs(2));
    assert_eq!(world.last_change().cause, Cause::Accepted);
}

#[test]
fn f4_in_manual_mode_nothing_reconnects_when_the_app_is_thawed() {
    let mut world = World::manual_live();
    world.put(Input::Frozen);
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
    world.skip(secs(3_600));
    world.foreground();
    world.run_for(secs(3_600));
    assert_eq!(world.opened(), NEVER);
}

#[test]
fn f4_an_app_that_is_frozen_in_the_background_has_no_connection_either() {
    let mut world = World::auto_live();
    world.background();
    world.run_for(secs(10));
    world.put(Input::Frozen);
    assert_eq!(world.closed(), [secs(10)]);
}

#[test]
fn r1_a_network_that_is_back_ends_the_back_off() {
    let mut world = World::auto_live();
    world.server = Server::down();
    world.lose(Cause::ConnectionLost);
    world.run_for(secs(100));
    world.server = Server::Accepts;
    let attempts = world.opened().len();
    let now = world.time();
    world.put(Input::Online);
    world.run_for(millis(500));
    assert_eq!(world.opened().len(), attempts + 1);
    assert!(world.opened()[attempts] - now <= millis(500));
}

#[test]
fn h3_a_network_that_is_back_may_be_another_so_the_connection_is_probed() {
    let mut world = World::auto_live();
    world.run_for(secs(5));
    world.answers_pings = false;
    world.put(Input::Online);
    assert_eq!(world.pinged(), [secs(5)]);
    world.run_for(secs(3));
    assert_eq!(world.last_change().cause, Cause::PongTimeout);
}
