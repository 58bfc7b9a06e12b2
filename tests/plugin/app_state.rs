//! Foreground or background (rules F1–F3).

use bevy::{
    prelude::*,
    window::{AppLifecycle, RequestRedraw, WindowFocused, WindowOccluded, WindowResized},
};
use bevy_cometchat::{prelude::*, test_util::ScriptedChat};

use super::game::*;

fn game(source: AppStateSource) -> Game {
    let mut game = Game::with(ScriptedChat::new(), auto_mode(), |plugin| {
        plugin.with_app_state_source(source)
    });
    game.log_in();
    game.settle();
    game
}

fn open_window(game: &mut Game) -> Entity {
    game.app.world_mut().spawn(Window::default()).id()
}

fn focus(game: &mut Game, window: Entity, focused: bool) {
    game.app
        .world_mut()
        .write_message(WindowFocused { window, focused });
}

fn occlude(game: &mut Game, window: Entity, occluded: bool) {
    game.app
        .world_mut()
        .write_message(WindowOccluded { window, occluded });
}

fn resize(game: &mut Game, window: Entity, size: f32) {
    game.app.world_mut().write_message(WindowResized {
        window,
        width: size,
        height: size,
    });
}

fn is_background(game: &Game) -> bool {
    assert_eq!(game.script.app_state(), game.chat().app_state());
    game.script.app_state() == AppState::Background
}

#[test]
fn f1_without_focus_the_app_is_in_the_background_and_with_it_in_the_foreground() {
    let mut game = game(AppStateSource::WindowFocus);
    let window = open_window(&mut game);
    game.advance(seconds(1));
    assert!(!is_background(&game), "a window that has reported nothing");
    focus(&mut game, window, false);
    game.advance(millis(200));
    assert!(is_background(&game));
    assert_eq!(game.script.pings(), 1);
    focus(&mut game, window, true);
    game.script.update(&mut game.app);
    assert!(!is_background(&game), "at once");
}

#[test]
fn f1_a_new_window_reports_itself_unfocused_first() {
    let mut game = game(AppStateSource::WindowFocus);
    let window = open_window(&mut game);
    focus(&mut game, window, false);
    game.script.update(&mut game.app);
    focus(&mut game, window, true);
    game.advance(seconds(1));
    assert!(!is_background(&game));
    assert_eq!(game.script.pings(), 0, "it never was");
}

#[test]
fn f1_losing_the_focus_asks_for_another_update() {
    let mut game = game(AppStateSource::WindowFocus);
    let window = open_window(&mut game);
    focus(&mut game, window, false);
    game.script.update(&mut game.app);
    let asked = game.run(|mut redraws: MessageReader<RequestRedraw>| redraws.read().count());
    assert!(asked > 0);
}

#[test]
fn f1_an_app_that_updates_once_a_minute_notices_with_the_second_update() {
    let mut game = game(AppStateSource::WindowFocus);
    let window = open_window(&mut game);
    focus(&mut game, window, false);
    game.script.update(&mut game.app);
    assert!(!is_background(&game));
    game.advance_at(seconds(60), seconds(60));
    assert!(is_background(&game));
}

/// In an app that draws, Bevy's clock tells when the frame before was shown.
fn lag_like_a_renderers_clock(game: &mut Game) {
    let (_, receiver) = bevy::time::create_time_channels();
    game.app.insert_resource(receiver);
}

#[test]
fn f2_focus_on_its_way_between_windows_as_a_sleeping_app_wakes_is_no_change() {
    let mut game = game(AppStateSource::WindowFocus);
    lag_like_a_renderers_clock(&mut game);
    let (one, other) = (open_window(&mut game), open_window(&mut game));
    focus(&mut game, one, true);
    focus(&mut game, other, false);
    game.advance(seconds(1));

    // It slept for a minute, of which the clock learns in the next frame.
    focus(&mut game, one, false);
    game.script.update(&mut game.app);
    game.advance_at(seconds(60), seconds(60));
    assert!(!is_background(&game), "the loss is two frames old");
    focus(&mut game, other, true);
    game.advance(seconds(1));
    assert!(!is_background(&game));
}

#[test]
fn f1_a_loss_that_lasts_counts_with_a_lagging_clock_too() {
    let mut game = game(AppStateSource::WindowFocus);
    lag_like_a_renderers_clock(&mut game);
    let window = open_window(&mut game);
    focus(&mut game, window, false);
    game.script.update(&mut game.app);
    game.advance_at(seconds(60), seconds(60));
    game.advance(millis(120));
    assert!(is_background(&game));
}

#[test]
fn f1_minimised_or_covered_windows_count_where_the_game_wants_that() {
    let mut game = game(AppStateSource::Minimized);
    let window = open_window(&mut game);
    focus(&mut game, window, false);
    game.advance(seconds(1));
    assert!(!is_background(&game), "focus does not matter");

    occlude(&mut game, window, true);
    game.script.update(&mut game.app);
    assert!(is_background(&game));
    occlude(&mut game, window, false);
    game.script.update(&mut game.app);
    assert!(!is_background(&game));

    resize(&mut game, window, 0.0);
    game.script.update(&mut game.app);
    assert!(is_background(&game));
    resize(&mut game, window, 800.0);
    game.script.update(&mut game.app);
    assert!(!is_background(&game));
}

#[test]
fn f1_a_suspended_app_is_in_the_background_whatever_the_source() {
    for source in [
        AppStateSource::WindowFocus,
        AppStateSource::Minimized,
        AppStateSource::AppLifecycle,
        AppStateSource::Manual,
    ] {
        let mut game = game(source);
        open_window(&mut game);
        game.app.world_mut().write_message(AppLifecycle::Suspended);
        game.script.update(&mut game.app);
        assert!(
            is_background(&game),
            "{source:?}: in the last update before the sleep"
        );
        assert_eq!(game.script.pings(), 1, "{source:?}");

        if source == AppStateSource::Manual {
            game.set_app_state(AppState::Foreground);
            game.script.update(&mut game.app);
            assert!(is_background(&game));
        }
        game.app.world_mut().write_message(AppLifecycle::Running);
        game.script.update(&mut game.app);
        assert!(!is_background(&game), "{source:?}");
    }
}

#[test]
fn f1_by_lifecycle_only_windows_do_not_matter() {
    let mut game = game(AppStateSource::AppLifecycle);
    let window = open_window(&mut game);
    focus(&mut game, window, false);
    occlude(&mut game, window, true);
    resize(&mut game, window, 0.0);
    game.advance(seconds(1));
    assert!(!is_background(&game));
}

#[test]
fn f1_the_game_s_word_counts_in_the_next_update_and_over_windows() {
    let mut game = game(AppStateSource::WindowFocus);
    let window = open_window(&mut game);
    game.set_app_state(AppState::Background);
    assert_eq!(game.settings().app_state_source, AppStateSource::Manual);
    game.script.update(&mut game.app);
    assert!(is_background(&game));
    focus(&mut game, window, true);
    game.advance(seconds(1));
    assert!(is_background(&game));

    game.settings().app_state_source = AppStateSource::WindowFocus;
    game.script.update(&mut game.app);
    assert!(!is_background(&game));
}

#[test]
fn f2_background_only_when_no_window_qualifies() {
    let mut game = game(AppStateSource::WindowFocus);
    let (one, other) = (open_window(&mut game), open_window(&mut game));
    focus(&mut game, one, false);
    focus(&mut game, other, false);
    focus(&mut game, other, true);
    game.advance(seconds(1));
    assert!(!is_background(&game));
    game.app.world_mut().despawn(other);
    game.advance(seconds(1));
    assert!(is_background(&game), "the focused window was closed");
    game.app.world_mut().despawn(one);
    game.advance(seconds(1));
    assert!(!is_background(&game), "no window is left (rule F3)");
}

#[test]
fn f2_focus_moving_between_the_game_s_own_windows_is_no_change() {
    let mut game = game(AppStateSource::WindowFocus);
    let (one, other) = (open_window(&mut game), open_window(&mut game));
    focus(&mut game, other, false);
    focus(&mut game, one, true);
    game.advance(seconds(1));
    for updates_between in [0, 1, 3] {
        for (from, to) in [(one, other), (other, one)] {
            focus(&mut game, from, false);
            for _ in 0..updates_between {
                game.advance(millis(16));
            }
            focus(&mut game, to, true);
            game.advance(seconds(1));
        }
    }
    assert!(!is_background(&game));
    assert_eq!(game.script.pings(), 0, "it never was in the background");
}

#[test]
fn f2_repeated_and_contradictory_reports_are_harmless() {
    let mut game = game(AppStateSource::WindowFocus);
    let window = open_window(&mut game);
    for focused in [false, false, true, false, true, true] {
        focus(&mut game, window, focused);
    }
    game.advance(seconds(1));
    assert!(!is_background(&game));
    for _ in 0..5 {
        focus(&mut game, window, false);
        game.advance(seconds(1));
    }
    assert!(is_background(&game));
    assert_eq!(game.script.pings(), 1);
    game.app.world_mut().write_message(AppLifecycle::Running);
    focus(&mut game, Entity::PLACEHOLDER, true);
    game.advance(seconds(1));
    assert!(
        is_background(&game),
        "the focus of a window that is not there"
    );
}

#[test]
fn f3_without_windows_the_app_is_in_the_foreground() {
    for source in [AppStateSource::WindowFocus, AppStateSource::Minimized] {
        let mut game = game(source);
        game.advance(seconds(60));
        assert!(!is_background(&game));
        game.background();
        assert!(is_background(&game), "the game says otherwise");
    }
}

#[test]
fn f3_a_window_that_was_never_shown_does_not_count() {
    let mut game = game(AppStateSource::WindowFocus);
    game.app.world_mut().spawn(Window {
        visible: false,
        focused: false,
        ..default()
    });
    game.advance(seconds(1));
    assert!(!is_background(&game));
}

#[test]
fn conditions_follow() {
    let mut game = Game::new(auto_mode());
    assert!(!game.run(chat_logged_in));
    assert!(!game.run(chat_connected));
    game.log_in();
    game.settle();
    assert!(game.run(chat_logged_in));
    assert!(game.run(chat_connected));
    assert!(!game.run(chat_in_background));
    game.background();
    assert!(game.run(chat_in_background));
    assert!(
        !App::new()
            .world_mut()
            .run_system_cached(chat_connected)
            .unwrap()
    );
}

/// Whether the connection is closed while the page is hidden, and whether it is there when the page is shown again.
fn connected_while_hidden_and_after(source: AppStateSource) -> [bool; 2] {
    let mut game = game(source);
    game.chat().set_keep_alive(false);
    game.script.set_page_hidden(true);
    game.advance(seconds(29));
    assert!(game.script.is_connected());
    game.advance(seconds(2));
    let while_hidden = game.script.is_connected();
    game.script.set_page_hidden(false);
    game.advance(seconds(2));
    [while_hidden, game.script.is_connected()]
}

#[test]
fn f4_a_hidden_page_is_in_the_background_where_windows_decide() {
    for source in [AppStateSource::WindowFocus, AppStateSource::Minimized] {
        assert_eq!(connected_while_hidden_and_after(source), [false, true]);
    }
    for source in [AppStateSource::AppLifecycle, AppStateSource::Manual] {
        assert_eq!(connected_while_hidden_and_after(source), [true, true]);
    }
}

#[test]
fn f4_a_page_that_is_shown_again_does_not_bring_an_unfocused_game_to_the_foreground() {
    let mut game = game(AppStateSource::WindowFocus);
    game.chat().set_keep_alive(false);
    let window = open_window(&mut game);
    focus(&mut game, window, false);
    game.advance(millis(200));
    game.script.set_page_hidden(true);
    game.script.set_page_hidden(false);
    game.advance(seconds(31));
    assert!(!game.script.is_connected());
}

#[test]
fn f4_a_frozen_page_has_no_connection_whatever_decides() {
    for source in [AppStateSource::WindowFocus, AppStateSource::Manual] {
        let mut game = game(source);
        game.script.set_page_frozen(true);
        assert!(!game.script.is_connected());
        game.script.set_page_frozen(false);
        game.advance(seconds(2));
        assert!(game.script.is_connected());
    }
}
