//! The smallest game with chat, with no window and no account: Alice greets Bob, and he answers.
//!
//! `cargo run --example quick_start`

use std::{thread, time::Duration};

use bevy::{app::ScheduleRunnerPlugin, prelude::*, tasks::block_on};
use bevy_cometchat::{
    client::{Client, Event, Events},
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};

fn main() -> AppExit {
    let config = LocalServerConfig::new("my-game", "my-key");
    let server = LocalServer::start(config.user("alice").user("bob")).expect("a free port");
    let (bob, events) = Client::start().expect("a thread");
    bob.init(server.app_id(), server.settings().build());
    block_on(bob.login(AuthKey::new("bob", "my-key"))).expect("a login");
    thread::spawn(move || answer(&bob, events));

    let frames = ScheduleRunnerPlugin::run_loop(Duration::from_millis(16));
    App::new()
        .add_plugins((MinimalPlugins.set(frames), server.plugin()))
        .add_systems(Startup, log_in)
        .add_systems(OnEnter(ConnectionState::Connected), greet)
        .add_systems(Update, show_messages)
        .run()
}

fn log_in(chat: Res<CometChat>) {
    chat.login(AuthKey::new("alice", "my-key"));
}

fn greet(chat: Res<CometChat>) {
    println!("connected");
    chat.send_message(TextMessage::to_user("bob", "Hello, Bob!"));
}

fn show_messages(mut received: MessageReader<MessageReceived>, mut exit: MessageWriter<AppExit>) {
    for message in received.read() {
        println!("{}: {}", message.sender.name, message.text().unwrap_or("…"));
        exit.write(AppExit::Success);
    }
}

/// The other player, who would be another game.
fn answer(bob: &Client, mut events: Events) {
    while let Some(event) = block_on(events.next()) {
        if let Event::MessageReceived(message) = event {
            let answer = format!("You said: {}", message.text().unwrap_or("…"));
            bob.send_message(TextMessage::to_user(&message.sender.uid, answer));
        }
    }
}
