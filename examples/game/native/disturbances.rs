//! The keys that kill the server and cut the network, and repair them.

use bevy::{input::common_conditions::input_just_pressed, prelude::*};
use bevy_cometchat::chat_box::chat_has_focus;

use super::{network::Network, server::Server};
use crate::{hud::Trouble, notices::Notice};

pub(crate) const HELP: [(&str, &str); 2] = [
    ("F6", "kill / restart the server"),
    ("F7", "cut / mend the network"),
];

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        Update,
        (
            kill_or_restart
                .run_if(resource_exists::<Server>.and_then(input_just_pressed(KeyCode::F6))),
            cut_or_mend
                .run_if(resource_exists::<Network>.and_then(input_just_pressed(KeyCode::F7))),
            show.run_if(
                resource_exists_and_changed::<Server>
                    .or_else(resource_exists_and_changed::<Network>),
            ),
        )
            .chain()
            .run_if(not(chat_has_focus)),
    );
}

fn kill_or_restart(mut server: ResMut<Server>, mut notices: MessageWriter<Notice>) {
    let line = if server.is_running() {
        server.kill();
        "The server is dead".to_owned()
    } else {
        match server.restart() {
            Ok(()) => "The server is back".to_owned(),
            Err(error) => format!("The server does not come back: {error}"),
        }
    };
    notices.write(Notice(line));
}

fn cut_or_mend(mut network: ResMut<Network>, mut notices: MessageWriter<Notice>) {
    let line = if network.is_cut() {
        network.mend();
        "The network is mended"
    } else {
        network.cut();
        "The network is cut, and nobody is told"
    };
    notices.write(Notice(line.into()));
}

fn show(server: Option<Res<Server>>, network: Option<Res<Network>>, mut trouble: ResMut<Trouble>) {
    trouble.0 = if server.is_some_and(|it| !it.is_running()) {
        "; the server is dead"
    } else if network.is_some_and(|it| it.is_cut()) {
        "; the network is cut"
    } else {
        ""
    };
}
