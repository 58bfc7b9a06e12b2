//! Manual mode as the game sees it (rules M1–M9).

use bevy_cometchat::prelude::*;

use super::game::*;

fn code<T>(request: &Request<T>) -> ErrorCode
where
    T: Clone + Send + std::fmt::Debug + 'static,
{
    request
        .outcome()
        .expect("it ended")
        .expect_err("it failed")
        .code
}

#[test]
fn m1_a_login_opens_no_connection_and_http_works_without_one() {
    let mut game = Game::logged_in(manual());
    let sent = game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.advance(seconds(60));
    assert_eq!(game.script.attempts(), 0);
    assert_eq!(game.status(), ConnectionStatus::Disconnected);
    assert!(matches!(sent.outcome(), Some(Ok(message)) if message.text() == Some("hi")));
}

#[test]
fn m2_connect_needs_a_user() {
    let mut game = Game::new(manual());
    let connect = game.chat().connect();
    game.settle();
    assert_eq!(code(&connect), ErrorCode::UserNotLoggedIn);
}

#[test]
fn m2_connect_succeeds_when_live_and_joins_what_is_under_way() {
    let mut game = Game::logged_in(manual());
    game.script.set_latency(seconds(1));
    let first = game.chat().connect();
    game.advance(millis(500));
    let second = game.chat().connect();
    assert!(first.is_open());
    assert_eq!(game.status(), ConnectionStatus::Connecting);
    game.advance(seconds(1));
    assert!(matches!(first.outcome(), Some(Ok(()))));
    assert!(matches!(second.outcome(), Some(Ok(()))));
    let third = game.chat().connect();
    game.settle();
    assert!(matches!(third.outcome(), Some(Ok(()))));
    assert_eq!(game.script.attempts(), 1);
}

#[test]
fn m2_connect_fails_at_once_for_terminal_causes() {
    let mut game = Game::logged_in(manual());
    game.script.refuse_connections(Cause::CredentialsRejected);
    let connect = game.chat().connect();
    game.settle();
    let error = connect.outcome().expect("it ended").expect_err("it failed");
    assert_eq!(error.code, ErrorCode::NotConnected);
    assert_eq!(error.cause, Some(Cause::CredentialsRejected));
}

#[test]
fn m2_connect_gives_up_after_half_a_minute_and_the_attempts_go_on() {
    let mut game = Game::logged_in(manual());
    game.script.refuse_connections(Cause::Unreachable);
    let connect = game.chat().connect();
    game.advance(seconds(29));
    assert!(connect.is_open());
    game.advance(seconds(2));
    assert_eq!(code(&connect), ErrorCode::NotConnected);
    game.script.accept_connections();
    game.advance(seconds(21));
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn m2_a_silent_server_costs_one_attempt_at_a_time() {
    let mut game = Game::logged_in(manual());
    game.script.ignore_connections();
    game.chat().connect();
    game.advance(seconds(9));
    assert_eq!(game.script.attempts(), 1);
    game.advance(seconds(3));
    assert_eq!(game.script.attempts(), 2);
    assert_eq!(game.script.status_changes()[1].cause, Cause::AttemptTimeout);
}

#[test]
fn m3_disconnect_is_sticky_and_always_succeeds() {
    let mut game = Game::connected(manual());
    let first = game.chat().disconnect();
    let second = game.chat().disconnect();
    game.settle();
    assert!(matches!(first.outcome(), Some(Ok(()))));
    assert!(matches!(second.outcome(), Some(Ok(()))));
    assert_eq!(game.last_cause(), Cause::DisconnectCalled);
    assert_eq!(game.script.closes(), 1);
    game.background();
    game.foreground();
    game.advance(seconds(120));
    assert_eq!(game.script.attempts(), 1);
    game.chat().connect();
    game.settle();
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn m4_a_ping_brings_the_round_trip_time() {
    let mut game = Game::connected(manual());
    game.script.set_latency(millis(80));
    let ping = game.chat().ping();
    game.advance(seconds(1));
    assert_eq!(ping.outcome(), Some(Ok(millis(80))));
}

#[test]
fn m4_an_unanswered_ping_fails_and_is_a_loss() {
    let mut game = Game::connected(manual());
    game.script.answer_pings(false);
    let ping = game.chat().ping();
    game.advance(millis(4_900));
    assert!(ping.is_open());
    game.advance(millis(200));
    assert_eq!(code(&ping), ErrorCode::NotConnected);
    assert!(
        game.told()
            .contains(&"disconnected (PongTimeout)".to_owned())
    );
}

#[test]
fn m4_a_ping_over_nothing_is_never_silent() {
    let mut game = Game::new(manual());
    let too_early = game.chat().ping();
    game.settle();
    assert_eq!(code(&too_early), ErrorCode::UserNotLoggedIn);
    game.log_in();
    let unconnected = game.chat().ping();
    game.settle();
    assert_eq!(code(&unconnected), ErrorCode::NotConnected);
}

#[test]
fn m5_a_loss_in_the_foreground_is_repaired() {
    let mut game = Game::connected(manual());
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(2));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    assert_eq!(game.script.attempts(), 2);
}

#[test]
fn m6_without_pings_the_connection_ends_30_s_into_the_background() {
    let mut game = Game::connected(manual());
    game.background();
    game.advance(millis(29_900));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    game.advance(millis(200));
    assert_eq!(game.status(), ConnectionStatus::Disconnected);
    assert_eq!(game.last_cause(), Cause::BackgroundTimeout);
    assert_eq!(game.script.closes(), 1);
}

#[test]
fn m6_each_ping_of_the_game_s_moves_the_end() {
    let mut game = Game::connected(manual());
    game.background();
    for _ in 0..10 {
        game.advance(seconds(29));
        assert_eq!(game.status(), ConnectionStatus::Connected);
        game.chat().ping();
    }
    game.advance(seconds(31));
    assert_eq!(game.last_cause(), Cause::BackgroundTimeout);
}

#[test]
fn m7_nothing_but_connect_comes_back_from_there() {
    let mut game = Game::connected(manual());
    game.background();
    game.advance(seconds(31));
    game.foreground();
    game.advance(seconds(60));
    assert_eq!(game.script.attempts(), 1);
    game.chat().connect();
    game.settle();
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn m7_a_loss_in_the_background_is_final() {
    let mut game = Game::connected(manual());
    game.background();
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(10));
    game.foreground();
    game.advance(seconds(60));
    assert_eq!(game.script.attempts(), 1);
    assert_eq!(game.last_cause(), Cause::ConnectionLost);
}

#[test]
fn m8_back_in_time_the_link_is_probed_and_kept() {
    let mut game = Game::connected(manual());
    game.background();
    game.advance(seconds(29));
    let frames = game.script.ping_frames();
    game.foreground();
    assert_eq!(game.script.ping_frames(), frames + 1);
    game.advance(seconds(60));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    assert_eq!(game.script.attempts(), 1);
}

#[test]
fn m9_connecting_in_the_background_gets_its_own_timeout() {
    let mut game = Game::logged_in(manual());
    game.background();
    game.advance(seconds(100));
    game.chat().connect();
    game.settle();
    assert_eq!(game.status(), ConnectionStatus::Connected);
    game.advance(seconds(29));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    game.advance(seconds(2));
    assert_eq!(game.last_cause(), Cause::BackgroundTimeout);
}
