//! What is sent, and what is missed and recovered.

use super::{game::Game, stage::Stage};

pub(crate) fn recovery(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.stage.bob_says("live");
    game.wait_for("received live");
    game.stage.cut();
    game.wait_for("disconnected (ConnectionLost)");
    game.stage.bob_says("missed 1");
    game.stage.bob_says("missed 2");
    game.stage.restore();
    game.wait_for("recovered 2, changed 0");
    game.stage.bob_says("live again");
    game.wait_for("received live again");
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

pub(crate) fn recovery_with_edits(stage: impl Stage) {
    let mut game = Game::connected(stage);
    let first = game.stage.bob_says("first");
    game.wait_for("received first");
    game.stage.cut();
    game.wait_for("disconnected (ConnectionLost)");
    game.told();
    game.stage.bob_edits(first, "first, changed");
    let second = game.stage.bob_says("second");
    game.stage.bob_edits(second, "second, changed");
    game.stage.restore();
    game.wait_for("recovered 1, changed 1");
    assert_eq!(
        game.told_of_messages(),
        [
            "edited first, changed",
            "received second, changed",
            "recovered 1, changed 1"
        ]
    );
    game.stage.break_connections();
    game.wait_for("recovered 0, changed 0");
    assert_eq!(
        game.told_of_messages(),
        ["recovered 0, changed 0"],
        "each once"
    );
}

pub(crate) fn recovery_after_a_restart(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.stage.bob_says("seen");
    game.wait_for("received seen");
    let mut game = game.between_runs(|stage| {
        stage.bob_says("missed");
    });
    game.wait_for("recovered 1, changed 0");
    assert_eq!(
        game.told_of_messages(),
        [
            "alice in (Restored)",
            "received missed",
            "recovered 1, changed 0"
        ]
    );
}

pub(crate) fn send(stage: impl Stage) {
    let mut game = Game::connected(stage);
    let sent = ["1", "2", "3"].map(|text| game.say(text));
    game.wait_for("sent 3");
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

pub(crate) fn a_lost_reply(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.stage.lose_next_reply();
    let sent = game.say("m");
    game.wait_for("sent m");
    assert!(matches!(sent.outcome(), Some(Ok(message)) if message.text() == Some("m")));
    game.pass(game.stage.background_timeout());
    assert_eq!(game.told_of_messages(), ["pending m", "sent m"], "once");
}

pub(crate) fn sending_offline(stage: impl Stage) {
    let mut game = Game::connected(stage);
    game.stage.cut();
    game.wait_for("disconnected (ConnectionLost)");
    let sent = ["1", "2"].map(|text| game.say(text));
    game.wait_for("pending 2");
    assert!(sent.iter().all(|sent| sent.is_open()));
    game.stage.restore();
    game.wait_for("sent 2");
    game.wait_for("recovered 0, changed 0");
    let mut told = game.told_of_messages();
    told.retain(|told| !told.starts_with("recovered"));
    assert_eq!(told, ["pending 1", "pending 2", "sent 1", "sent 2"]);
}
