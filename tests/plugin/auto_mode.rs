//! Auto mode as the game sees it (rules A1–A5).

use bevy_cometchat::{connection::BackgroundPolicy, prelude::*};

use super::game::*;

#[test]
fn a1_the_connection_is_wanted_until_logout() {
    let mut game = Game::logged_in(auto_mode());
    game.settle();
    for _ in 0..3 {
        game.script.drop_connection(Cause::ConnectionLost);
        game.advance(seconds(25));
        assert_eq!(game.status(), ConnectionStatus::Connected);
    }
    game.chat().logout();
    game.advance(seconds(60));
    assert_eq!(game.script.attempts(), 4);
}

#[test]
fn a2_a_loss_tells_when_it_is_repaired() {
    let mut game = Game::connected(auto_mode());
    game.script.drop_connection(Cause::ConnectionLost);
    game.script.update(&mut game.app);
    let change = game.chat().last_change().expect("it was lost");
    assert_eq!(change.cause, Cause::ConnectionLost);
    assert!(matches!(change.retry, Retry::After(_)));
    game.advance(seconds(1));
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn a3_a_game_that_keeps_running_stays_connected() {
    let mut game = Game::connected(auto_mode());
    game.background();
    game.advance(seconds(600));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    assert_eq!(game.script.attempts(), 1);
}

#[test]
fn a3_a_suspended_game_is_dropped_after_the_background_timeout() {
    let mut game = Game::connected(auto_mode());
    game.background();
    game.freeze(seconds(31));
    assert_eq!(game.last_cause(), Cause::BackgroundTimeout);
}

#[test]
fn a3_disconnect_at_once_does_what_it_says() {
    let settings = AppSettings::builder()
        .background_policy(BackgroundPolicy::DisconnectAtOnce)
        .build();
    let mut game = Game::connected(settings);
    game.background();
    assert_eq!(game.last_cause(), Cause::Backgrounded);
    game.foreground();
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn a4_back_in_the_foreground_it_connects_at_once() {
    let mut game = Game::connected(auto_mode());
    game.background();
    game.freeze(seconds(100));
    assert_eq!(game.status(), ConnectionStatus::Disconnected);
    game.foreground();
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn a4_no_back_off_is_waited_out() {
    let mut game = Game::connected(auto_mode());
    game.script.refuse_connections(Cause::Unreachable);
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(60));
    game.background();
    game.script.accept_connections();
    game.foreground();
    game.advance(millis(600));
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn a5_disconnect_is_obeyed() {
    let mut game = Game::connected(auto_mode());
    game.chat().disconnect();
    game.settle();
    game.background();
    game.foreground();
    game.advance(seconds(120));
    assert_eq!(game.script.attempts(), 1);
    assert_eq!(game.last_cause(), Cause::DisconnectCalled);
    assert_eq!(
        game.chat().last_change().map(|change| change.retry),
        Some(Retry::Never)
    );
}
