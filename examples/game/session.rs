//! Logging in, and the choice between auto and manual mode.

use bevy::prelude::*;
use bevy_cometchat::{lifecycle::Mode, prelude::*};

use crate::{notices::Notice, realm::Realm};

/// Who opens the connection: the client, or the player.
#[derive(Resource, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ChatMode(pub(crate) Mode);

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<ChatMode>().add_systems(Startup, log_in);
}

fn log_in(chat: Res<CometChat>, realm: Res<Realm>) {
    chat.login(realm.credentials.clone()).on_error(
        |error: In<ChatError>, mut notices: MessageWriter<Notice>| {
            notices.write(Notice(format!("No chat today: {}", *error)));
        },
    );
}

/// Starts the client again in the other mode, with the session of before.
pub(crate) fn switch_mode(chat: Res<CometChat>, realm: Res<Realm>, mut mode: ResMut<ChatMode>) {
    mode.0 = match mode.0 {
        Mode::Auto => Mode::Manual,
        Mode::Manual => Mode::Auto,
    };
    chat.init(&realm.app_id, realm.settings(mode.0));
}
