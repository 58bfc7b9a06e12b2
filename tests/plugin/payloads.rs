//! The game's own kinds of messages, as Bevy messages.

use bevy::prelude::*;
use bevy_cometchat::prelude::*;
use serde::{Deserialize, Serialize};

use super::game::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Invite {
    party: u32,
}

impl Payload for Invite {
    const KIND: &'static str = "invite";

    fn fallback_text(&self) -> String {
        "an invite".into()
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Ping(u32, u32);

impl Payload for Ping {
    const KIND: &'static str = "ping";

    fn fallback_text(&self) -> String {
        "a ping".into()
    }
}

#[derive(Resource, Default)]
struct Read(Vec<String>);

fn note_invites(mut invites: MessageReader<PayloadReceived<Invite>>, mut read: ResMut<Read>) {
    for PayloadReceived { payload, message } in invites.read() {
        read.0
            .push(format!("{} to {}", message.sender.uid, payload.party));
    }
}

fn note_pings(mut pings: MessageReader<PayloadReceived<Ping>>, mut read: ResMut<Read>) {
    read.0
        .extend(pings.read().map(|ping| format!("{:?}", ping.payload)));
}

fn game() -> Game {
    let mut game = Game::new(auto_mode());
    game.app
        .init_resource::<Read>()
        .add_chat_payload::<Invite>()
        .add_chat_payload::<Ping>()
        .add_chat_payload::<Invite>()
        .add_systems(PreUpdate, note_invites.after(CometChatSystems::Receive))
        .add_systems(Update, note_pings);
    game.log_in();
    game.forget();
    game
}

#[test]
fn each_payload_arrives_as_its_type_in_the_same_update() {
    let mut game = game();
    let alice: Uid = "alice".into();
    let invite = CustomMessage::payload(&alice, &Invite { party: 7 }).unwrap();
    let ping = CustomMessage::payload(&alice, &Ping(1, 2)).unwrap();
    game.script.receive_from("bob", invite);
    game.script.receive_from("bob", ping);
    game.script.receive_text("bob", "words");
    game.script.update(&mut game.app);
    let read = &game.app.world().resource::<Read>().0;
    assert_eq!(
        *read,
        ["bob to 7", "Ping(1, 2)"],
        "each once, though added twice"
    );
    assert_eq!(
        game.told(),
        ["an invite", "a ping", "words"],
        "as messages too"
    );
}

#[test]
fn a_payload_that_cannot_be_read_arrives_as_a_message_only() {
    let mut game = game();
    let alice: Uid = "alice".into();
    for data in [
        serde_json::json!({"version": 2, "payload": {"party": 7}}),
        serde_json::json!({"version": 1, "payload": "x"}),
        serde_json::json!([]),
    ] {
        let message = CustomMessage::new(&alice, "invite", &data)
            .unwrap()
            .with_text("words");
        game.script.receive_from("bob", message);
    }
    game.settle();
    assert_eq!(game.app.world().resource::<Read>().0, [""; 0]);
    assert_eq!(game.told(), ["words"; 3]);
}
