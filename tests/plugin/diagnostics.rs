//! The client's counters among Bevy's diagnostics.

use bevy::diagnostic::{DiagnosticPath, DiagnosticsStore};
use bevy_cometchat::{CometChatDiagnosticsPlugin, prelude::*};

use super::game::*;

#[test]
fn counters_and_queues_are_diagnostics_measured_when_they_change() {
    let mut game = Game::connected(auto_mode());
    game.app.add_plugins(CometChatDiagnosticsPlugin);
    game.script.set_online(false);
    game.chat()
        .send_message(TextMessage::to_user("bob", "hi"))
        .ignore_errors();
    game.settle();
    let store = game.app.world().resource::<DiagnosticsStore>();
    let value = |path: DiagnosticPath| store.get(&path).and_then(|it| it.value());
    assert_eq!(value(CometChatDiagnosticsPlugin::OUTBOX), Some(1.0));
    assert_eq!(value(CometChatDiagnosticsPlugin::REQUESTS), Some(1.0));
    assert_eq!(value(CometChatDiagnosticsPlugin::MALFORMED), Some(0.0));
    let measured = |game: &Game| {
        let store = game.app.world().resource::<DiagnosticsStore>();
        let outbox = store.get(&CometChatDiagnosticsPlugin::OUTBOX);
        outbox.expect("a diagnostic").history_len()
    };
    let before = measured(&game);
    game.advance(seconds(1));
    assert_eq!(measured(&game), before, "nothing changed");
}
