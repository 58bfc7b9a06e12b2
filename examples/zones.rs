//! Places with a chat of their own: a player walks through a village, and is in the chat of wherever they are.
//!
//! `cargo run --example zones`

use std::time::Duration;

use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use bevy_cometchat::{
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};

fn main() -> AppExit {
    let config = LocalServerConfig::new("app123", "key123").user("robin");
    let server = LocalServer::start(config).expect("a free port on this machine");

    App::new()
        .add_plugins((
            MinimalPlugins.set(ScheduleRunnerPlugin::run_loop(Duration::from_millis(16))),
            server.plugin(),
        ))
        .add_systems(Startup, (log_in, build_village))
        .add_systems(
            Update,
            (
                walk.run_if(in_state(ConnectionState::Connected)),
                show_groups,
            ),
        )
        .run()
}

fn log_in(chat: Res<CometChat>) {
    chat.login(AuthKey::new("robin", "key123"));
}

fn build_village(mut commands: Commands) {
    for (guid, name, x) in [
        ("square", "The square", 0.0),
        ("tavern", "The tavern", 100.0),
    ] {
        // Whoever comes first creates the group.
        let group = ChatGroup::new(guid).or_create(GroupDetails::new().with_name(name));
        let zone = ChatZone::new(group, Circle::new(40.0))
            .with_margin(5.0)
            .with_delays(Duration::from_millis(200), Duration::from_millis(500));
        commands.spawn((zone, Transform::from_xyz(x, 0.0, 0.0)));
    }
    // The player: in the square, and in a party wherever they go.
    let party = ChatGroup::new("party-1").or_create(GroupDetails::new().with_name("The party"));
    commands.spawn((ChatListener, ChatMember(party), Transform::default()));
}

fn walk(mut player: Single<&mut Transform, With<ChatListener>>, time: Res<Time>) {
    player.translation.x = (player.translation.x + 30.0 * time.delta_secs()).min(100.0);
}

fn show_groups(
    mut joined: MessageReader<GroupJoined>,
    mut left: MessageReader<GroupLeft>,
    groups: Res<CurrentGroups>,
    mut exit: MessageWriter<AppExit>,
) {
    for GroupJoined { group, .. } in joined.read() {
        println!("you hear {}", group.name);
        if group.guid == "tavern" {
            let all: Vec<_> = groups.iter().map(|group| &*group.name).collect();
            println!("arrived; you are in {}", all.join(", "));
            exit.write(AppExit::Success);
        }
    }
    for GroupLeft { group, .. } in left.read() {
        println!("you no longer hear {}", group.name);
    }
}
