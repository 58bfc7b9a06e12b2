//! The game decides when it is connected: chat lives while a match runs, and not in the menu.
//!
//! `cargo run --example manual_mode`

use std::time::Duration;

use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use bevy_cometchat::{
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};

/// How long the match of this example lasts.
const MATCH: Duration = Duration::from_secs(2);

fn main() -> AppExit {
    let config = LocalServerConfig::new("app123", "key123").user("player-1");
    let server = LocalServer::start(config).expect("a free port on this machine");
    let settings = server
        .settings()
        .auto_establish_socket_connection(false)
        .build();

    App::new()
        .add_plugins((
            MinimalPlugins.set(ScheduleRunnerPlugin::run_loop(Duration::from_millis(16))),
            CometChatPlugin::new("app123", settings),
        ))
        .add_systems(Startup, log_in)
        .add_systems(
            Update,
            (
                tell_status,
                leave_match.run_if(in_state(ConnectionState::Connected)),
            ),
        )
        .run()
}

fn log_in(chat: Res<CometChat>) {
    chat.login(AuthKey::new("player-1", "key123"))
        .on_success(|_user: In<std::sync::Arc<User>>, chat: Res<CometChat>| {
            println!("logged in; nothing is connected until the match starts");
            enter_match(&chat);
        })
        .on_error(give_up);
}

fn enter_match(chat: &CometChat) {
    chat.connect()
        .on_success(
            |_: In<()>, chat: Res<CometChat>, mut settings: ResMut<CometChatSettings>| {
                // While the match runs the game may go to the background: pings keep the connection alive there.
                settings.keep_alive = Some(true);
                chat.ping().on_success(|round_trip: In<Duration>| {
                    println!("the server answers in {:?}", *round_trip)
                });
            },
        )
        .on_error(give_up);
}

fn leave_match(chat: Res<CometChat>, time: Res<Time<Real>>, mut began: Local<Option<Duration>>) {
    let began = *began.get_or_insert(time.elapsed());
    if time.elapsed() - began >= MATCH {
        chat.disconnect()
            .on_success(|_: In<()>, mut exit: MessageWriter<AppExit>| {
                println!("the match is over; only connect() would open the connection again");
                exit.write(AppExit::Success);
            });
    }
}

fn tell_status(mut changes: MessageReader<ConnectionChanged>) {
    for change in changes.read() {
        println!("{} -> {}: {}", change.from, change.to, change.cause);
    }
}

fn give_up(error: In<ChatError>, mut exit: MessageWriter<AppExit>) {
    eprintln!("{}", *error);
    exit.write(AppExit::error());
}
