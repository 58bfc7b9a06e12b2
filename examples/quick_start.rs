//! The smallest game with chat: it logs in, says hello, and shows what it hears, with no window and no account.
//!
//! `cargo run --example quick_start`

use std::time::Duration;

use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use bevy_cometchat::{
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};

fn main() -> AppExit {
    // Instead of CometChat's cloud: a server inside the game.
    let config = LocalServerConfig::new("app123", "key123").user("player-1");
    let server = LocalServer::start(config).expect("a free port on this machine");
    let frames = ScheduleRunnerPlugin::run_loop(Duration::from_millis(16));

    App::new()
        .add_plugins((MinimalPlugins.set(frames), server.plugin()))
        .add_systems(Startup, log_in)
        .add_systems(OnEnter(ConnectionState::Connected), say_hello)
        .add_systems(Update, show_messages)
        .run()
}

fn log_in(chat: Res<CometChat>) {
    chat.login(AuthKey::new("player-1", "key123"))
        .on_success(|user: In<std::sync::Arc<User>>| println!("logged in as {}", user.name))
        .on_error(|error: In<ChatError>| eprintln!("no chat today: {}", *error));
}

fn say_hello(chat: Res<CometChat>) {
    println!("connected");
    // A note to oneself: another device of the same player would receive it.
    chat.send_message(TextMessage::to_user("player-1", "Hello, village!"))
        .on_success(|sent: In<ChatMessage>, mut exit: MessageWriter<AppExit>| {
            println!("sent, as message {}", sent.id);
            exit.write(AppExit::Success);
        })
        .on_error(|error: In<ChatError>, mut exit: MessageWriter<AppExit>| {
            eprintln!("not sent: {}", *error);
            exit.write(AppExit::error());
        });
}

fn show_messages(mut received: MessageReader<MessageReceived>) {
    for message in received.read() {
        println!("{}: {}", message.sender.name, message.text().unwrap_or("…"));
    }
}
