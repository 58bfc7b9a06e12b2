//! How the connection is opened, kept and repaired.

use bevy_cometchat::prelude::*;

use super::{
    game::{Game, KEY},
    stage::Stage,
};

pub(crate) async fn manual_mode(stage: impl Stage) {
    let mut game = Game::manual(stage);
    let login = game.chat().login(AuthKey::new("alice", KEY));
    game.end(login).await.expect("alice logs in");
    let ping = game.chat().ping();
    assert_eq!(
        game.end(ping).await.unwrap_err().code,
        ErrorCode::NotConnected
    );
    assert_eq!(game.told(), ["alice in (Login)"]);

    let connected = game.chat().connect();
    assert_eq!(game.end(connected).await, Ok(()));
    let ping = game.chat().ping();
    assert!(game.end(ping).await.is_ok());
    game.wait_for("recovered 0, changed 0").await;
    let disconnected = game.chat().disconnect();
    assert_eq!(game.end(disconnected).await, Ok(()));
    let again = game.chat().disconnect();
    assert_eq!(game.end(again).await, Ok(()));
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

pub(crate) async fn background_timeout(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.chat().set_keep_alive(false);
    game.chat().set_app_state(AppState::Background);
    game.pass(game.stage.background_timeout() / 2).await;
    assert_eq!(game.told(), [""; 0]);
    game.wait_for("disconnected (BackgroundTimeout)").await;
    game.pass(game.stage.background_timeout()).await;
    assert_eq!(game.told(), ["disconnected (BackgroundTimeout)"]);

    game.chat().set_app_state(AppState::Foreground);
    game.wait_for("recovered 0, changed 0").await;
    assert_eq!(
        game.told(),
        [
            "connecting (Foregrounded)",
            "connected (Accepted)",
            "recovered 0, changed 0"
        ]
    );
}

pub(crate) async fn return_in_time(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.chat().set_keep_alive(false);
    let half = game.stage.background_timeout() / 2;
    for _ in 0..3 {
        game.chat().set_app_state(AppState::Background);
        game.pass(half).await;
        game.chat().set_app_state(AppState::Foreground);
        game.pass(half).await;
    }
    assert_eq!(game.told(), [""; 0]);
}

pub(crate) async fn keep_alive(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.chat().set_keep_alive(true);
    game.chat().set_app_state(AppState::Background);
    game.pass(game.stage.background_timeout() * 3).await;
    assert_eq!(game.told(), [""; 0], "a game that runs stays connected");
}

pub(crate) async fn loss_and_repair(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.stage.break_connections().await;
    game.wait_for("recovered 0, changed 0").await;
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
