//! The keys of the connection and of the text.

use std::time::Duration;

use bevy::{input::common_conditions::input_just_pressed, prelude::*};
use bevy_cometchat::{chat_box::chat_has_focus, prelude::*};

use crate::{chat, notices::Notice, session};

/// The keys of the village and their effects, for the player.
pub(crate) const HELP: [(&str, &str); 6] = [
    ("WASD", "walk"),
    ("Enter", "talk"),
    ("/w Mira", "whisper"),
    ("Ctrl+Tab", "next tab"),
    ("F8", "size of the text"),
    ("F1", "keys of the network"),
];

/// The keys of the network. Those of the platform come after them.
pub(crate) const NETWORK_HELP: [(&str, &str); 5] = [
    ("F10", "diagnostics"),
    ("F2", "auto / manual mode"),
    ("F3", "connect"),
    ("F4", "disconnect"),
    ("F5", "ping"),
];

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(
        Update,
        (
            session::switch_mode.run_if(input_just_pressed(KeyCode::F2)),
            session::start.run_if(input_just_pressed(KeyCode::F3).and_then(is_logged_out)),
            connect.run_if(input_just_pressed(KeyCode::F3).and_then(not(is_logged_out))),
            disconnect.run_if(input_just_pressed(KeyCode::F4)),
            ping.run_if(input_just_pressed(KeyCode::F5)),
            chat::change_text_size.run_if(input_just_pressed(KeyCode::F8)),
        )
            .run_if(not(chat_has_focus)),
    );
}

fn connect(chat: Res<CometChat>) {
    chat.connect().on_error(tell);
}

fn is_logged_out(chat: Res<CometChat>) -> bool {
    chat.logged_in_user().is_none()
}

fn disconnect(chat: Res<CometChat>) {
    chat.disconnect().on_error(tell);
}

fn ping(chat: Res<CometChat>) {
    chat.ping()
        .on_success(
            |round_trip: In<Duration>, mut notices: MessageWriter<Notice>| {
                notices.write(Notice(format!(
                    "The server answered in {:.1?}",
                    *round_trip
                )));
            },
        )
        .on_error(tell);
}

fn tell(error: In<ChatError>, mut notices: MessageWriter<Notice>) {
    notices.write(Notice(error.message.to_string()));
}
