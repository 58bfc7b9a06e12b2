//! The ways to turn away from a game, with each kind of window and in both modes.

use std::time::Duration;

use super::game::{BACKGROUND_TIMEOUT, Game, status_changes};

const DECORATED: &[&str] = &[];
const BORDERLESS: &[&str] = &["--window", "borderless"];
const FULLSCREEN: &[&str] = &["--window", "fullscreen"];

/// How the player turns to something else.
#[derive(Clone, Copy)]
enum Away {
    /// To another window, and back, with the mouse.
    Elsewhere,
    /// The same without the mouse: a fullscreen window covers the other one.
    Switched,
    Minimized,
}

impl Away {
    fn leave(self, game: &Game) {
        let desktop = &game.desktop;
        match self {
            Self::Elsewhere => desktop.click(&desktop.window("Another window")),
            Self::Switched => desktop.activate(&desktop.window("Another window")),
            Self::Minimized => desktop.minimize(&game.window),
        }
    }

    fn come_back(self, game: &Game) {
        match self {
            Self::Elsewhere => game.desktop.click(&game.window),
            Self::Switched | Self::Minimized => game.desktop.activate(&game.window),
        }
    }
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn m6_m7_manual_mode_gives_up_after_the_background_timeout_when_another_window_has_the_focus() {
    the_background_timeout_ends_the_connection_for_good(DECORATED, Away::Elsewhere);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn m6_m7_manual_mode_gives_up_after_the_background_timeout_when_minimized() {
    the_background_timeout_ends_the_connection_for_good(DECORATED, Away::Minimized);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn m6_m7_manual_mode_gives_up_after_the_background_timeout_when_borderless_and_another_window_has_the_focus()
 {
    the_background_timeout_ends_the_connection_for_good(BORDERLESS, Away::Elsewhere);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn m6_m7_manual_mode_gives_up_after_the_background_timeout_when_borderless_and_minimized() {
    the_background_timeout_ends_the_connection_for_good(BORDERLESS, Away::Minimized);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn m6_m7_manual_mode_gives_up_after_the_background_timeout_when_fullscreen_and_another_window_has_the_focus()
 {
    the_background_timeout_ends_the_connection_for_good(FULLSCREEN, Away::Switched);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn m6_m7_manual_mode_gives_up_after_the_background_timeout_when_fullscreen_and_minimized() {
    the_background_timeout_ends_the_connection_for_good(FULLSCREEN, Away::Minimized);
}

#[track_caller]
fn the_background_timeout_ends_the_connection_for_good(window: &[&str], away: Away) {
    let mut game = Game::start(window);
    game.connect_manually();

    away.leave(&game);
    let left = game.reports("in the background");
    let ended = game.reports("disconnected: background timeout");
    let lasted = ended.at - left.at;
    // The game reports with the frame in which it learns of it, on a clock that it reads once a frame.
    assert!(
        lasted + Duration::from_millis(500) > BACKGROUND_TIMEOUT,
        "{lasted:?}"
    );

    away.come_back(&game);
    game.reports("in the foreground");
    game.desktop.press("F5");
    game.reports("there is no live connection");
    game.desktop.press("F3");
    let connecting = game.reports_until("status", |report| report.is_of_status());
    let cause = status_changes(&connecting);
    assert_eq!(cause, ["connecting: the game called connect()"]);
    game.reports("connected");
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn a3_k1_auto_mode_outlasts_the_background_timeout_when_another_window_has_the_focus() {
    the_keep_alive_holds_the_connection(DECORATED, Away::Elsewhere);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn a3_k1_auto_mode_outlasts_the_background_timeout_when_minimized() {
    the_keep_alive_holds_the_connection(DECORATED, Away::Minimized);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn a3_k1_auto_mode_outlasts_the_background_timeout_when_borderless_and_another_window_has_the_focus()
 {
    the_keep_alive_holds_the_connection(BORDERLESS, Away::Elsewhere);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn a3_k1_auto_mode_outlasts_the_background_timeout_when_borderless_and_minimized() {
    the_keep_alive_holds_the_connection(BORDERLESS, Away::Minimized);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn a3_k1_auto_mode_outlasts_the_background_timeout_when_fullscreen_and_another_window_has_the_focus()
 {
    the_keep_alive_holds_the_connection(FULLSCREEN, Away::Switched);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn a3_k1_auto_mode_outlasts_the_background_timeout_when_fullscreen_and_minimized() {
    the_keep_alive_holds_the_connection(FULLSCREEN, Away::Minimized);
}

#[track_caller]
fn the_keep_alive_holds_the_connection(window: &[&str], away: Away) {
    let mut game = Game::start(window);

    away.leave(&game);
    let left = game.reports("in the background");
    let reports = game.hears_villagers_after(&left, 3 * BACKGROUND_TIMEOUT);
    assert!(status_changes(&reports).is_empty(), "{reports:?}");

    away.come_back(&game);
    game.reports("in the foreground");
    game.desktop.press("F5");
    game.reports("The server answered in");
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn m8_who_is_back_within_the_background_timeout_keeps_the_connection() {
    let mut game = Game::start(&[]);
    game.connect_manually();

    Away::Elsewhere.leave(&game);
    let left = game.reports("in the background");
    Away::Elsewhere.come_back(&game);
    let back = game.reports("in the foreground");
    assert!(
        back.at - left.at < BACKGROUND_TIMEOUT,
        "the machine was too slow to tell"
    );
    let reports = game.hears_villagers_after(&left, 2 * BACKGROUND_TIMEOUT);
    assert!(status_changes(&reports).is_empty(), "{reports:?}");
}
