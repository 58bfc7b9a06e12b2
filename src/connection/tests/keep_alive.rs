use std::time::Duration;

use super::harness::{NEVER, World, is_prompt, millis, secs};
use crate::connection::{BackgroundPolicy, Cause, ConnectionStatus, Input, Mode, Retry, Timing};

/// How a game's loop runs.
enum Updates {
    /// At these intervals, whatever happens.
    Every(Box<dyn FnMut() -> Duration>),
    /// Only when a reminder wakes it, after this delay.
    WhenWoken(Duration),
}

/// Runs the game for `duration` in the background; it pings at its first update after a reminder, and at once on going
/// to the background.
fn play_in_background(world: &mut World, mut updates: Updates, duration: Duration) {
    world.background();
    world.ping();
    let end = world.time() + duration;
    while world.time() < end {
        let prompts = world.prompted().len();
        match &mut updates {
            Updates::Every(interval) => world.run_for(interval()),
            Updates::WhenWoken(delay) => {
                world.run_to(secs(60), is_prompt);
                world.run_for(*delay);
            }
        }
        if world.prompted().len() > prompts {
            world.ping();
        }
    }
}

fn assert_kept(world: &World) {
    assert_eq!(world.closed(), NEVER);
    assert_eq!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn k1_the_game_is_told_every_thirty_seconds_at_the_latest() {
    let mut world = World::auto_live();
    for _ in 0..10 {
        assert!(world.run_to(secs(60), is_prompt).is_some());
        world.ping();
    }
    let prompts = world.prompted();
    assert_eq!(prompts[0], millis(27_500));
    assert!(
        prompts
            .windows(2)
            .all(|pair| pair[1] - pair[0] == millis(27_500))
    );
}

#[test]
fn k1_off_in_manual_mode_until_switched_on() {
    let mut world = World::manual_live();
    world.run_for(secs(100));
    assert_eq!(world.prompted(), NEVER);
    world.put(Input::KeepAlive(true));
    world.run_for(secs(20));
    world.put(Input::KeepAlive(true));
    world.run_for(secs(10));
    assert_eq!(world.prompted(), [millis(127_500)]);
    world.put(Input::KeepAlive(false));
    world.run_for(secs(100));
    assert_eq!(world.prompted().len(), 1);
}

#[test]
fn k1_only_while_live() {
    let mut world = World::auto_live();
    world.disconnect();
    world.run_for(secs(100));
    assert_eq!(world.prompted(), NEVER);
}

#[test]
fn k1_switched_on_late_in_the_background_it_still_beats_the_background_timeout() {
    let mut world = World::manual_live();
    world.background();
    world.run_for(secs(20));
    world.put(Input::KeepAlive(true));
    world.run_for(secs(8));
    assert_eq!(world.prompted(), [millis(27_500)]);
}

#[test]
fn k2_a_game_at_one_hertz_keeps_its_connection() {
    for phase in 0..20 {
        let mut world = World::auto_live();
        world.run_for(millis(50 * phase));
        let updates = Updates::Every(Box::new(|| secs(1)));
        play_in_background(&mut world, updates, secs(3_600));
        assert_kept(&world);
    }
}

#[test]
fn k2_a_game_at_sixty_hertz_with_jitter_keeps_its_connection() {
    let mut rng = fastrand::Rng::with_seed(3);
    let frame = move || Duration::from_micros(rng.u64(8_000..=40_000));
    let mut world = World::auto_live();
    play_in_background(&mut world, Updates::Every(Box::new(frame)), secs(600));
    assert_kept(&world);
    assert!(world.prompted().len() < 25, "no more pings than needed");
}

#[test]
fn k2_a_game_that_would_sleep_for_a_minute_is_woken_in_time() {
    let mut world = World::auto_live();
    play_in_background(&mut world, Updates::WhenWoken(millis(16)), secs(3_600));
    assert_kept(&world);
}

#[test]
fn k2_a_slow_game_is_told_earlier() {
    let mut world = World::auto_live();
    world.run_to(secs(60), is_prompt);
    world.run_for(secs(4));
    world.ping();
    let pinged = world.time();
    let next = world.run_to(secs(60), is_prompt);
    assert_eq!(next, Some(pinged + secs(30 - 8)));

    world.run_for(secs(25));
    world.ping();
    let pinged = world.time();
    let next = world.run_to(secs(60), is_prompt);
    assert_eq!(next, Some(pinged + secs(15)), "at most half the interval");
}

#[test]
fn k2_a_short_timeout_is_kept_up_with() {
    for background_timeout in [secs(1), secs(5), secs(12)] {
        let timing = Timing {
            background_timeout,
            ..Timing::default()
        };
        let mut world = World::with(Mode::Auto, BackgroundPolicy::Timeout, timing, 1);
        world.login();
        let mut world = world.now_live();
        let updates = Updates::Every(Box::new(|| millis(100)));
        play_in_background(&mut world, updates, secs(300));
        assert_kept(&world);
    }
}

#[test]
fn k2_a_repaired_connection_beats_the_background_timeout_too() {
    let mut world = World::auto_live();
    world.background();
    world.ping();
    world.run_for(secs(15));
    world.lose(Cause::ConnectionLost);
    world.run_for(secs(1));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.run_to(secs(60), is_prompt);
    assert_eq!(world.prompted(), [millis(27_500)]);
}

#[test]
fn k2_a_missed_wake_up_heals() {
    let mut world = World::auto_live();
    world.run_for(secs(100));
    let prompts = [27_500, 57_500, 87_500].map(millis);
    assert_eq!(world.prompted(), prompts, "once an interval while unheard");
}

#[test]
fn k2_a_prompt_unheard_in_the_foreground_does_not_spoil_the_background() {
    let mut world = World::auto_live();
    world.run_for(secs(28));
    world.background();
    world.run_for(secs(28));
    assert_eq!(world.prompted(), [millis(27_500), millis(55_500)]);
}

#[test]
fn k3_a_frozen_game_is_dropped_after_the_background_timeout() {
    let mut world = World::auto_live();
    let updates = Updates::Every(Box::new(|| secs(1)));
    play_in_background(&mut world, updates, secs(100));
    assert_kept(&world);
    let last_ping = *world.pinged().last().expect("the game pinged");
    let dropped = world.run_to(secs(60), |output| {
        matches!(output, crate::connection::Output::CloseLink(_))
    });
    // The last ping may be a heartbeat, which moves nothing: the game's is at most one interval older.
    assert!(dropped.is_some_and(|at| at <= last_ping + secs(30)));
    assert_eq!(world.last_change().cause, Cause::BackgroundTimeout);
    assert_eq!(world.last_change().retry, Retry::OnForeground);
}

#[test]
fn k3_a_frozen_game_is_dropped_while_its_socket_is_paused() {
    let mut world = World::auto_live();
    world.background();
    world.ping();
    world.pause(true);
    world.run_for(secs(60));
    assert_eq!(world.closed(), [secs(30)]);
}

#[test]
fn k2_the_lead_is_a_quarter_of_a_short_interval_at_most() {
    let timing = Timing {
        keep_alive_interval: secs(2),
        ..Timing::default()
    };
    let mut world = World::with(Mode::Auto, BackgroundPolicy::Timeout, timing, 1);
    world.login();
    let mut world = world.now_live();
    assert_eq!(world.run_to(secs(60), is_prompt), Some(millis(1_500)));
}
