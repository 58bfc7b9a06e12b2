//! The smallest game with chat, with no window and no account: Alice logs in, hears from Bob, and answers.
//!
//! `cargo run --example quick_start`

use std::time::Duration;

use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use bevy_cometchat::{
    client::Client,
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};

fn main() -> AppExit {
    let config = LocalServerConfig::new("my-game", "my-key");
    let server = LocalServer::start(config.user("alice").user("bob")).expect("a free port");
    // Another player, who would be another game.
    let (bob, _events) = Client::start().expect("a thread");
    bob.init(server.app_id(), server.settings().build());
    bob.login(AuthKey::new("bob", "my-key"));
    bob.send_message(TextMessage::to_user("alice", "Hello, Alice!"));

    let frames = ScheduleRunnerPlugin::run_loop(Duration::from_millis(16));
    App::new()
        .add_plugins((MinimalPlugins.set(frames), server.plugin()))
        .add_systems(Startup, log_in)
        .add_systems(Update, (show_messages, answer))
        .run()
}

fn log_in(chat: Res<CometChat>) {
    chat.login(AuthKey::new("alice", "my-key"));
}

fn show_messages(mut received: MessageReader<MessageReceived>) {
    for message in received.read() {
        println!("{}: {}", message.sender.name, message.text().unwrap_or("…"));
    }
}

fn answer(chat: Res<CometChat>, mut received: MessageReader<MessageReceived>) {
    for message in received.read() {
        let answer = TextMessage::to_user(&message.sender.uid, "Hello, Bob!");
        chat.send_message(answer)
            .on_success(|sent: In<ChatMessage>, mut exit: MessageWriter<AppExit>| {
                println!("{}: {}", sent.sender.name, sent.text().unwrap_or("…"));
                exit.write(AppExit::Success);
            })
            .on_error(|error: In<ChatError>, mut exit: MessageWriter<AppExit>| {
                eprintln!("not sent: {}", *error);
                exit.write(AppExit::error());
            });
    }
}
