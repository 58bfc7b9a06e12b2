//! How the connection is opened, kept and repaired.

use bevy_cometchat::prelude::*;

use super::{
    game::{Game, KEY},
    stage::Stage,
};

pub(crate) fn manual_mode(stage: impl Stage) {
    let mut game = Game::manual(stage);
    let login = game.chat().login(AuthKey::new("alice", KEY));
    game.end(login).expect("alice logs in");
    let ping = game.chat().ping();
    assert_eq!(game.end(ping).unwrap_err().code, ErrorCode::NotConnected);
    assert_eq!(game.told(), ["alice in (Login)"]);

    let connected = game.chat().connect();
    assert_eq!(game.end(connected), Ok(()));
    let ping = game.chat().ping();
    assert!(game.end(ping).is_ok());
    game.wait_for("recovered 0, changed 0");
    let disconnected = game.chat().disconnect();
    assert_eq!(game.end(disconnected), Ok(()));
    let again = game.chat().disconnect();
    assert_eq!(game.end(again), Ok(()));
    assert_eq!(
        game.told(),
        [
            "connecting (ConnectCalled)",
            "connected (Accepted)",
            "recovered 0, changed 0",
            "disconnected (DisconnectCalled)"
        ]
    );
}

pub(crate) fn background_timeout(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.chat().set_keep_alive(false);
    game.chat().set_app_state(AppState::Background);
    game.pass(game.stage.background_timeout() / 2);
    assert_eq!(game.told(), [""; 0]);
    game.wait_for("disconnected (BackgroundTimeout)");
    game.pass(game.stage.background_timeout());
    assert_eq!(game.told(), ["disconnected (BackgroundTimeout)"]);

    game.chat().set_app_state(AppState::Foreground);
    game.wait_for("recovered 0, changed 0");
    assert_eq!(
        game.told(),
        [
            "connecting (Foregrounded)",
            "connected (Accepted)",
            "recovered 0, changed 0"
        ]
    );
}

pub(crate) fn return_in_time(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.chat().set_keep_alive(false);
    let half = game.stage.background_timeout() / 2;
    for _ in 0..3 {
        game.chat().set_app_state(AppState::Background);
        game.pass(half);
        game.chat().set_app_state(AppState::Foreground);
        game.pass(half);
    }
    assert_eq!(game.told(), [""; 0]);
}

pub(crate) fn keep_alive(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.chat().set_keep_alive(true);
    game.chat().set_app_state(AppState::Background);
    game.pass(game.stage.background_timeout() * 3);
    assert_eq!(game.told(), [""; 0], "a game that runs stays connected");
}

pub(crate) fn loss_and_repair(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.stage.break_connections();
    game.wait_for("recovered 0, changed 0");
    assert_eq!(
        game.told(),
        [
            "disconnected (ConnectionLost)",
            "connecting (Repair)",
            "connected (Accepted)",
            "recovered 0, changed 0"
        ]
    );
}
