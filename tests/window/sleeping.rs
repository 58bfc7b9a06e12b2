//! A game that draws only when something happens, and would otherwise sleep for an hour (rule K2).

use super::game::{BACKGROUND_TIMEOUT, Game, Report, status_changes};

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn traffic_wakes_a_sleeping_game() {
    let mut game = Game::start(&["--reactive"]);
    // No ping is due in manual mode, the mouse rests, and the window is left alone: there is nothing but chat.
    game.connect_manually();
    let mut reports = game.reports_until("speech of a villager", Report::is_of_villager);
    // The frame clock is a frame late when a frame is drawn: the next one tells how long the last sleep was.
    game.desktop.press("F5");
    reports.extend(game.reports_until("pong", |report| {
        report.what.starts_with("The server answered in")
    }));
    assert!(reports.iter().any(Report::is_of_sleep), "{reports:?}");
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn k2_a_due_ping_wakes_a_sleeping_game() {
    let mut game = Game::start(&["--reactive"]);
    game.desktop.click(&game.desktop.window("Another window"));
    let left = game.reports("in the background");
    let reports = game.hears_villagers_after(&left, 4 * BACKGROUND_TIMEOUT);
    assert!(status_changes(&reports).is_empty(), "{reports:?}");
    let sleeps = reports.iter().filter(|report| report.is_of_sleep());
    assert!(sleeps.count() >= 3, "{reports:?}");
}
