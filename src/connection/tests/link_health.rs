use super::harness::{NEVER, Server, World, is_open, millis, not_connected, secs};
use crate::connection::{
    AppState, BackgroundPolicy, Cause, ConnectionStatus, Input, Mode, Retry, Settled, Timing,
};

#[test]
fn h1_the_foreground_pings_every_fifteen_seconds() {
    let mut world = World::manual_live();
    world.latency = secs(1);
    world.run_for(secs(60));
    assert_eq!(world.pinged(), [15, 30, 45, 60].map(secs));
}

#[test]
fn h1_the_interval_counts_from_the_last_ping_whoever_sent_it() {
    let mut world = World::manual_live();
    world.run_for(secs(10));
    world.ping();
    world.run_for(secs(20));
    assert_eq!(world.pinged(), [10, 25].map(secs));
}

#[test]
fn h1_five_seconds_without_an_answer_are_a_loss() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    world.run_until(millis(19_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_until(secs(20));
    assert_eq!(world.closed(), [secs(20)]);
    assert_eq!(world.changes()[0].cause, Cause::PongTimeout);
}

#[test]
fn h1_any_frame_counts_as_life() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    let link = world.link();
    world.run_until(secs(19));
    world.put(Input::Inbound(link));
    world.run_until(millis(23_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    assert_eq!(world.pinged().len(), 1, "at most one ping is unanswered");
    world.run_until(secs(24));
    assert_eq!(world.closed(), [secs(24)]);
}

#[test]
fn h1_at_most_one_ping_is_unanswered() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    world.run_until(secs(15));
    world.ping();
    world.background();
    world.foreground();
    world.put(Input::Tick);
    assert_eq!(world.pinged().len(), 1);
}

#[test]
fn h1_a_pong_read_late_still_saves_the_link() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    world.run_until(secs(15));
    world.skip(secs(8));
    world.put(Input::Pong(world.link()));
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn h1_a_pong_nobody_asked_for_is_harmless() {
    let mut world = World::manual_live();
    world.put(Input::Pong(world.link()));
    assert!(world.log.is_empty());
}

#[test]
fn h2_no_automatic_pings_in_the_background_in_manual_mode() {
    let mut world = World::manual_live();
    world.background();
    world.run_for(millis(29_999));
    assert_eq!(world.pinged(), NEVER);
    assert_eq!(
        world.prompted(),
        NEVER,
        "the keep-alive service is off by default"
    );
    world.ping();
    world.run_for(millis(29_999));
    assert_eq!(world.pinged().len(), 1);
}

#[test]
fn h2_auto_mode_pings_in_the_background_without_moving_the_background_timeout() {
    let mut world = World::auto_live();
    world.background();
    world.run_for(secs(30));
    assert_eq!(world.pinged(), [secs(15)]);
    assert_eq!(world.closed(), [secs(30)]);
}

#[test]
fn h3_a_return_probes_with_a_short_verdict() {
    let mut world = World::manual_live();
    world.background();
    world.run_for(secs(5));
    world.answers_pings = false;
    world.foreground();
    assert_eq!(world.pinged(), [secs(5)]);
    world.run_until(secs(8));
    assert_eq!(world.closed(), [secs(8)]);
    assert_eq!(world.changes()[0].cause, Cause::PongTimeout);
    assert!(matches!(world.changes()[0].retry, Retry::After(_)));
}

#[test]
fn h3_a_probe_joins_a_ping_under_way_and_shortens_its_verdict() {
    let mut world = World::manual_live();
    world.background();
    world.answers_pings = false;
    let ping = world.ping();
    world.run_for(secs(1));
    world.foreground();
    world.run_until(secs(4));
    assert_eq!(world.pinged().len(), 1);
    assert_eq!(world.closed(), [secs(4)]);
    assert_eq!(world.settled(ping), not_connected(Cause::PongTimeout));
}

#[test]
fn h3_sleep_is_noticed_and_probed() {
    for app_state in [AppState::Foreground, AppState::Background] {
        let mut world = World::manual_live();
        world.put(Input::AppState(app_state));
        world.run_for(secs(2));
        world.answers_pings = false;
        world.sleep(millis(5_001));
        world.put(Input::Tick);
        assert_eq!(world.pinged(), [secs(2)]);
        world.run_for(secs(3));
        assert_eq!(world.closed(), [secs(5)]);
    }
}

#[test]
fn h3_a_small_jump_of_the_wall_clock_is_no_sleep() {
    let mut world = World::manual_live();
    world.sleep(secs(5));
    world.put(Input::Tick);
    assert_eq!(world.pinged(), NEVER);
}

#[test]
fn h3_a_ping_from_before_the_sleep_gets_the_time_of_a_probe() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    world.run_until(secs(15));
    world.skip(millis(4_900));
    world.sleep(secs(3_600));
    world.put(Input::Tick);
    world.run_for(millis(2_999));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_for(millis(1));
    assert_eq!(world.closed(), [millis(22_900)]);
}

#[test]
fn h3_the_games_ping_from_before_the_sleep_gets_that_time_too() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    let ping = world.ping();
    world.skip(millis(4_900));
    world.sleep(secs(3_600));
    world.put(Input::Tick);
    world.run_for(millis(2_900));
    world.put(Input::Pong(world.link()));
    assert_eq!(world.settled(ping), Some(Ok(Settled::Pong(millis(7_800)))));
}

#[test]
fn h3_a_frame_gives_a_probe_its_own_time_again() {
    let mut world = World::manual_live();
    world.background();
    world.answers_pings = false;
    world.foreground();
    world.run_for(secs(2));
    world.put(Input::Inbound(world.link()));
    world.run_for(secs(10));
    assert_eq!(world.closed(), [secs(5)]);
}

#[test]
fn h3_after_a_sleep_a_pending_retry_is_made_at_once() {
    let mut waited = false;
    for seed in 0..10 {
        let mut world = World::with(
            Mode::Manual,
            BackgroundPolicy::Timeout,
            Timing::default(),
            seed,
        );
        world.login();
        world.server = Server::down();
        world.connect();
        world.run_for(secs(60));
        world.run_to(secs(60), is_open);
        world.run_for(millis(500));
        if world.status() == ConnectionStatus::Connecting
            || world.opened().last() == Some(&world.time())
        {
            continue;
        }
        waited = true;
        world.log.clear();
        let woken = world.time();
        world.sleep(secs(3_600));
        world.put(Input::Tick);
        assert_eq!(world.opened(), [woken]);
    }
    assert!(waited);
}

#[test]
fn d5_a_paused_socket_gives_no_verdict() {
    let mut world = World::manual_live();
    world.answers_pings = false;
    let ping = world.ping();
    world.pause(true);
    world.run_for(secs(100));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    assert_eq!(world.pinged().len(), 1);
    assert_eq!(world.connection.next_deadline(), None);

    world.pause(false);
    world.run_for(millis(4_999));
    assert_eq!(world.settled(ping), None);
    world.run_for(millis(1));
    assert_eq!(world.settled(ping), not_connected(Cause::PongTimeout));
}

#[test]
fn d5_heartbeats_rest_while_the_socket_is_paused() {
    let mut world = World::manual_live();
    world.pause(true);
    world.run_for(secs(100));
    assert_eq!(world.pinged(), NEVER);
    world.pause(false);
    assert_eq!(world.pinged(), [secs(100)]);
}

#[test]
fn d5_a_pause_ends_with_its_link() {
    let mut world = World::manual_live();
    let lost = world.link();
    world.pause(true);
    world.lose(Cause::ConnectionLost);
    world.run_for(secs(2));
    let mut world = world.now_live();
    world.put(Input::Paused(lost, true));
    world.answers_pings = false;
    world.run_for(secs(20));
    assert_eq!(world.changes()[0].cause, Cause::PongTimeout);
}
