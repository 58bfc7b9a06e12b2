//! What is sent, and what is missed and recovered.

use super::{game::Game, stage::Stage};

pub(crate) async fn recovery(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.stage.bob_says("live").await;
    game.wait_for("received live").await;
    game.stage.cut().await;
    game.wait_for("disconnected (ConnectionLost)").await;
    game.stage.bob_says("missed 1").await;
    game.stage.bob_says("missed 2").await;
    game.stage.restore().await;
    game.wait_for("recovered 2, changed 0").await;
    game.stage.bob_says("live again").await;
    game.wait_for("received live again").await;
    assert_eq!(
        game.told_of_messages(),
        [
            "received live",
            "received missed 1",
            "received missed 2",
            "recovered 2, changed 0",
            "received live again"
        ]
    );
}

pub(crate) async fn recovery_with_edits(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    let first = game.stage.bob_says("first").await;
    game.wait_for("received first").await;
    game.stage.cut().await;
    game.wait_for("disconnected (ConnectionLost)").await;
    game.told();
    game.stage.bob_edits(first, "first, changed").await;
    let second = game.stage.bob_says("second").await;
    game.stage.bob_edits(second, "second, changed").await;
    game.stage.restore().await;
    game.wait_for("recovered 1, changed 1").await;
    assert_eq!(
        game.told_of_messages(),
        [
            "edited first, changed",
            "received second, changed",
            "recovered 1, changed 1"
        ]
    );
    game.stage.break_connections().await;
    game.wait_for("recovered 0, changed 0").await;
    assert_eq!(
        game.told_of_messages(),
        ["recovered 0, changed 0"],
        "each once"
    );
}

pub(crate) async fn recovery_after_a_restart(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.stage.bob_says("seen").await;
    game.wait_for("received seen").await;
    let mut game = game
        .between_runs(async |stage| {
            stage.bob_says("missed").await;
        })
        .await;
    game.wait_for("recovered 1, changed 0").await;
    assert_eq!(
        game.told_of_messages(),
        [
            "alice in (Restored)",
            "received missed",
            "recovered 1, changed 0"
        ]
    );
}

pub(crate) async fn what_the_game_had_not_read(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.read_one_event_a_frame();
    let all: Vec<_> = (1..=20)
        .map(|number| format!("received {number}"))
        .collect();
    for number in 1..=20 {
        game.stage.bob_says(&number.to_string()).await;
    }
    game.wait_for("received 1").await;
    let mut told = game.told();
    assert!(!told.contains(&all[19]), "it reads one a frame");
    let mut game = game.restarted().await;
    game.wait_for("received 20").await;
    let a_while = game.stage.frame() * 10;
    game.pass(a_while).await;
    told.extend(game.told());
    told.retain(|told| told.starts_with("received"));
    assert_eq!(told, all, "each once");
}

pub(crate) async fn send(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    let sent = ["1", "2", "3"].map(|text| game.say(text));
    game.wait_for("sent 3").await;
    assert!(
        sent.iter()
            .all(|sent| sent.outcome().is_some_and(|it| it.is_ok()))
    );
    assert_eq!(
        game.told(),
        [
            "pending 1",
            "pending 2",
            "pending 3",
            "sent 1",
            "sent 2",
            "sent 3"
        ]
    );
}

pub(crate) async fn a_lost_reply(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.stage.lose_next_reply().await;
    let sent = game.say("m");
    game.wait_for("sent m").await;
    assert!(matches!(sent.outcome(), Some(Ok(message)) if message.text() == Some("m")));
    game.pass(game.stage.background_timeout()).await;
    assert_eq!(game.told_of_messages(), ["pending m", "sent m"], "once");
}

pub(crate) async fn sending_offline(stage: impl Stage) {
    let mut game = Game::connected(stage).await;
    game.stage.cut().await;
    game.wait_for("disconnected (ConnectionLost)").await;
    let sent = ["1", "2"].map(|text| game.say(text));
    game.wait_for("pending 2").await;
    assert!(sent.iter().all(|sent| sent.is_open()));
    game.stage.restore().await;
    game.wait_for("sent 2").await;
    game.wait_for("recovered 0, changed 0").await;
    let mut told = game.told_of_messages();
    told.retain(|told| !told.starts_with("recovered"));
    assert_eq!(told, ["pending 1", "pending 2", "sent 1", "sent 2"]);
}
