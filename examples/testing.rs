//! A game's chat, tested headless: no network, no server, and 30 s pass in no time.
//!
//! `cargo test --example testing` runs the tests, `cargo run --example testing` shows what they see.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::{prelude::*, test_util::ScriptedChat};

/// The part of the game that is tested: whoever says `!roll` is answered with a die, and the HUD knows whether the
/// chat works.
fn dice_game(app: &mut App) {
    app.init_resource::<Hud>()
        .add_systems(Startup, |chat: Res<CometChat>| {
            chat.login(AuthKey::new("dealer", "key"));
        })
        .add_systems(Update, (roll_dice, show_connection));
}

#[derive(Resource, Default)]
struct Hud(String);

fn roll_dice(chat: Res<CometChat>, mut received: MessageReader<MessageReceived>) {
    for message in received.read() {
        if message.text() == Some("!roll") {
            chat.send_message(TextMessage::to_user(&message.sender.uid, "You rolled a 4."));
        }
    }
}

fn show_connection(mut changes: MessageReader<ConnectionChanged>, mut hud: ResMut<Hud>) {
    for change in changes.read() {
        hud.0 = match change.retry {
            Retry::After(_) => format!("Chat is away: {}. It will be back.", change.cause),
            _ => format!("Chat: {}", change.to),
        };
    }
}

/// The game, with a script in place of the network.
fn play() -> (App, ScriptedChat) {
    let script = ScriptedChat::new();
    let mut app = App::new();
    app.add_plugins((
        MinimalPlugins,
        script.plugin("app", AppSettings::default()),
        dice_game,
    ));
    script.advance(&mut app, Duration::from_secs(1));
    (app, script)
}

fn main() {
    let (mut app, script) = play();
    println!("{}", app.world().resource::<Hud>().0);
    script.receive_text("ana", "!roll");
    script.advance(&mut app, Duration::from_secs(1));
    println!("sent: {:?}", script.sent()[0].content);
    script.refuse_connections(Cause::Unreachable);
    script.drop_connection(Cause::ConnectionLost);
    script.advance(&mut app, Duration::from_secs(30));
    println!("{}", app.world().resource::<Hud>().0);
}

#[cfg(test)]
mod tests {
    use bevy_cometchat::model::MessageContent;

    use super::*;

    #[test]
    fn who_asks_for_a_die_gets_one() {
        let (mut app, script) = play();
        script.receive_text("ana", "hello");
        script.receive_text("ana", "!roll");
        script.advance(&mut app, Duration::from_secs(1));
        let sent = script.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].envelope.receiver, Uid::from("ana").into());
        assert_eq!(
            sent[0].content,
            MessageContent::Text("You rolled a 4.".into())
        );
    }

    #[test]
    fn the_hud_tells_when_the_chat_is_away_and_when_it_is_back() {
        let (mut app, script) = play();
        assert_eq!(app.world().resource::<Hud>().0, "Chat: connected");
        script.refuse_connections(Cause::Unreachable);
        script.drop_connection(Cause::ConnectionLost);
        script.advance(&mut app, Duration::from_secs(30));
        assert!(app.world().resource::<Hud>().0.starts_with("Chat is away"));
        script.accept_connections();
        script.advance(&mut app, Duration::from_secs(60));
        assert_eq!(app.world().resource::<Hud>().0, "Chat: connected");
    }
}
