//! The keep-alive service against the background timeout (rules K1–K3).

use std::time::Duration;

use bevy_cometchat::{prelude::*, test_util::ScriptedChat};

use super::game::*;

/// Connected, in the background, keep-alive on.
fn in_background(settings: AppSettings) -> Game {
    let mut game = Game::connected(settings);
    game.settings().keep_alive = Some(true);
    game.background();
    game
}

#[test]
fn k1_on_by_default_in_auto_mode_only() {
    assert!(Game::new(auto_mode()).chat().keep_alive());
    assert!(!Game::new(manual()).chat().keep_alive());
    let on = Game::with(ScriptedChat::new(), manual(), |plugin| {
        plugin.with_keep_alive(true)
    });
    assert!(on.chat().keep_alive());
    let off = Game::with(ScriptedChat::new(), auto_mode(), |plugin| {
        plugin.with_keep_alive(false)
    });
    assert!(!off.chat().keep_alive());
}

#[test]
fn k1_going_to_the_background_pings_at_once() {
    for (settings, pings) in [(auto_mode(), 1), (manual(), 0)] {
        let mut game = Game::connected(settings);
        assert_eq!(game.script.pings(), 0);
        game.set_app_state(AppState::Background);
        game.script.update(&mut game.app);
        assert_eq!(game.script.pings(), pings);
        game.set_app_state(AppState::Background);
        game.settle();
        assert_eq!(game.script.pings(), pings);
    }
}

#[test]
fn k1_nothing_is_pinged_over_no_connection() {
    let mut game = Game::logged_in(manual());
    game.settings().keep_alive = Some(true);
    game.background();
    game.advance(seconds(100));
    assert_eq!(game.script.pings(), 0);
}

#[test]
fn k1_it_pings_twice_a_minute() {
    let mut game = in_background(manual());
    game.advance(seconds(300));
    let pings = game.script.pings();
    assert!((10..=12).contains(&pings), "{pings}");
}

#[test]
fn k1_it_can_be_switched_at_run_time() {
    let mut game = in_background(manual());
    game.advance(seconds(100));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    game.settings().keep_alive = Some(false);
    game.advance(seconds(31));
    assert_eq!(game.last_cause(), Cause::BackgroundTimeout);
}

#[test]
fn k2_never_loses_at_any_update_rate() {
    for settings in [auto_mode, manual] {
        for frame in [
            millis(4),
            millis(16),
            millis(100),
            millis(500),
            seconds(1),
            seconds(2),
        ] {
            let mut game = in_background(settings());
            game.advance_at(seconds(200), frame);
            assert_eq!(game.script.attempts(), 1, "at {frame:?}");
            assert_eq!(game.status(), ConnectionStatus::Connected, "at {frame:?}");
        }
    }
}

#[test]
fn k2_never_loses_with_jitter() {
    let mut random = 1_u64;
    let mut frame = || {
        // A linear congruential generator: 16 ms, give or take, and a hiccup of up to 1.5 s now and then.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let roll = random >> 33;
        if roll.is_multiple_of(97) {
            millis(roll % 1_500)
        } else {
            millis(8 + roll % 25)
        }
    };
    let mut game = in_background(manual());
    let end = game.script.now() + seconds(600);
    while game.script.now() < end {
        let frame = frame();
        game.advance_at(frame, frame);
    }
    assert_eq!(game.script.attempts(), 1);
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn k2_never_loses_when_each_update_waits_for_a_wake_up() {
    let mut game = in_background(manual());
    for _ in 0..10 {
        game.sleep(seconds(60));
    }
    assert_eq!(game.script.attempts(), 1);
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn k2_a_due_ping_is_not_held_up_by_a_flood() {
    let mut game = Game::with(ScriptedChat::new(), auto_mode(), |plugin| {
        plugin.with_event_budget(1)
    });
    game.log_in();
    game.advance(seconds(1));
    game.background();
    for _ in 0..1_000 {
        game.script.receive_text("bob", "spam");
    }
    // One event a second: the news that a ping is due would be last.
    game.advance_at(seconds(200), seconds(1));
    assert_eq!(game.script.attempts(), 1);
    assert!(game.script.is_connected());
}

#[test]
fn k3_a_hung_game_is_dropped_after_the_background_timeout() {
    for settings in [auto_mode, manual] {
        let mut game = in_background(settings());
        game.advance(seconds(100));
        let before = game.script.now();
        let wakes = game.script.wakes();
        game.freeze(seconds(60));
        assert_eq!(game.last_cause(), Cause::BackgroundTimeout);
        assert!(game.script.wakes() > wakes, "it was woken, to no avail");
        assert_eq!(game.script.now() - before, seconds(60));
    }
}

#[test]
fn k3_in_the_foreground_a_hung_game_stays_connected() {
    let mut game = Game::connected(auto_mode());
    game.freeze(seconds(300));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    assert_eq!(game.script.attempts(), 1);
}

#[test]
fn k3_a_shorter_timeout_is_kept_alive_too() {
    let settings = AppSettings::builder()
        .auto_establish_socket_connection(false)
        .timing(|timing| timing.background_timeout = Duration::from_secs(8))
        .build();
    let mut game = in_background(settings);
    game.advance_at(seconds(100), millis(250));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    game.freeze(seconds(9));
    assert_eq!(game.status(), ConnectionStatus::Disconnected);
}
