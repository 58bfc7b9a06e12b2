//! Logging in and out, and tokens that expire.

use std::time::Duration;

use bevy_cometchat::prelude::*;

use super::{
    game::{Game, KEY},
    stage::Stage,
};

pub(crate) async fn login(stage: impl Stage) {
    let mut game = Game::auto(stage);
    let login = game.chat().login(AuthKey::new("alice", KEY));
    assert!(matches!(game.end(login).await, Ok(user) if user.uid == "alice"));
    game.wait_for("recovered 0, changed 0").await;
    assert_eq!(
        game.told(),
        [
            "alice in (Login)",
            "connecting (LoggedIn)",
            "connected (Accepted)",
            "recovered 0, changed 0"
        ]
    );
    let again = game.chat().login(AuthKey::new("alice", KEY));
    assert!(game.end(again).await.is_ok());
    assert_eq!(game.told(), [""; 0], "it is no other login");
}

pub(crate) async fn a_refused_login(stage: impl Stage) {
    let mut game = Game::auto(stage);
    let login = game.chat().login(AuthKey::new("alice", ""));
    let error = game.end(login).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::MissingParameters);
    let logout = game.chat().logout();
    let error = game.end(logout).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::UserNotLoggedIn);
    let connected = game.chat().connect();
    let error = game.end(connected).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::UserNotLoggedIn);
    assert_eq!(game.told(), [""; 0]);
}

pub(crate) async fn reopen(stage: impl Stage) {
    let mut game = Game::connected(stage).await.restarted().await;
    game.wait_for("recovered 0, changed 0").await;
    assert_eq!(
        game.told(),
        [
            "alice in (Restored)",
            "connecting (SessionRestored)",
            "connected (Accepted)",
            "recovered 0, changed 0"
        ]
    );
}

pub(crate) async fn logout(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    let logout = game.chat().logout();
    assert_eq!(game.end(logout).await, Ok(()));
    assert_eq!(
        game.told(),
        ["disconnected (LoggedOut)", "alice out (LoggedOut)"]
    );
    let mut next = game.restarted().await;
    next.pass(Duration::from_secs(1)).await;
    assert_eq!(next.told(), [""; 0], "nobody is logged in");
}

pub(crate) async fn another_user(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.stage.cut().await;
    game.wait_for("disconnected (ConnectionLost)").await;
    let unsent = game.say("unsent");
    game.wait_for("pending unsent").await;
    game.stage.restore().await;
    let login = game.chat().login(AuthKey::new("bob", KEY));
    assert!(matches!(game.end(login).await, Ok(user) if user.uid == "bob"));
    // Whether it was sent before the session ended is open.
    game.pass(Duration::from_millis(500)).await;
    let ended = unsent.outcome().expect("it ended with the session");
    assert!(ended.is_ok() || ended.is_err_and(|error| error.code == ErrorCode::Cancelled));
    let told = game.told();
    for what in ["alice out (LoggedOut)", "bob in (Login)"] {
        assert!(
            told.iter().any(|told| told == what),
            "no {what} in {told:?}"
        );
    }
}

pub(crate) async fn token_renewal<S: Stage>(_: S) {
    let mut game = Game::connected(S::with_expiring_tokens().await).await;
    game.stage.expire_token().await;
    let message = game.say("m");
    game.wait_for("token expired").await;
    let renewed = game.chat().renew_token(AuthKey::new("alice", KEY));
    assert!(game.end(renewed).await.is_ok());
    game.wait_for("sent m").await;
    assert!(matches!(message.outcome(), Some(Ok(_))));
    let mut told = game.told_of_messages();
    told.sort();
    assert_eq!(told, ["pending m", "sent m", "token expired"], "each once");
}

pub(crate) async fn no_token_renewal<S: Stage>(_: S) {
    let mut game = Game::new(S::with_expiring_tokens().await, |settings| {
        settings.token_renewal_timeout(Duration::from_secs(1))
    });
    let login = game.chat().login(AuthKey::new("alice", KEY));
    game.end(login).await.expect("alice logs in");
    game.wait_for("recovered 0, changed 0").await;
    game.told();
    game.stage.expire_token().await;
    let message = game.say("m");
    game.wait_for("alice out (TokenUnknown)").await;
    let error = message.outcome().expect("an end").unwrap_err();
    assert_eq!(error.code, ErrorCode::Cancelled);
    let mut told = game.told();
    told.sort();
    assert_eq!(
        told,
        [
            "alice out (TokenUnknown)",
            "disconnected (TokenUnknown)",
            "failed m: REQUEST_CANCELLED",
            "pending m",
            "token expired"
        ]
    );
}
