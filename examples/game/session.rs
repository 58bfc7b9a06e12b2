//! The login, and the choice between auto and manual mode.

use std::sync::Arc;

use bevy::prelude::*;
use bevy_cometchat::{connection::Mode, prelude::*};

use crate::{notices::Notice, realm::Realm};

/// The connection mode: in auto mode the client connects, in manual mode the player.
#[derive(Resource, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ChatMode(pub(crate) Mode);

/// The reason of a failed login.
#[derive(Resource, Default)]
pub(crate) struct NoChat(pub(crate) Option<String>);

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<ChatMode>()
        .init_resource::<NoChat>()
        .add_systems(Startup, start);
}

/// Starts the client, and logs in.
pub(crate) fn start(chat: Res<CometChat>, realm: Res<Realm>, mode: Res<ChatMode>) {
    chat.init(&realm.app_id, realm.settings(mode.0))
        .on_success(log_in)
        .on_error(give_up);
}

fn log_in(_: In<Option<Arc<User>>>, chat: Res<CometChat>, realm: Res<Realm>) {
    chat.login(realm.credentials.clone()).on_error(give_up);
}

fn give_up(error: In<ChatError>, mut why: ResMut<NoChat>, mut notices: MessageWriter<Notice>) {
    let short = error
        .cause
        .map_or_else(|| error.message.to_string(), |cause| cause.to_string());
    why.0 = Some(short);
    notices.write(Notice(format!("No chat today: {}", *error)));
}

/// Starts the client again in the other mode, with the same session.
pub(crate) fn switch_mode(chat: Res<CometChat>, realm: Res<Realm>, mut mode: ResMut<ChatMode>) {
    mode.0 = match mode.0 {
        Mode::Auto => Mode::Manual,
        Mode::Manual => Mode::Auto,
    };
    chat.init(&realm.app_id, realm.settings(mode.0));
}
