use bevy::prelude::Res;

use super::CometChat;
use crate::connection::{AppState, ConnectionStatus};

/// A run condition: the connection is live.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// # fn talk() {}
/// App::new().add_systems(Update, talk.run_if(chat_connected));
/// ```
pub fn chat_connected(chat: Option<Res<CometChat>>) -> bool {
    chat.is_some_and(|chat| chat.connection_status() == ConnectionStatus::Connected)
}

/// A run condition: a user is logged in.
pub fn chat_logged_in(chat: Option<Res<CometChat>>) -> bool {
    chat.is_some_and(|chat| chat.logged_in_user().is_some())
}

/// A run condition: as far as the chat is concerned, the app is in the background.
pub fn chat_in_background(chat: Option<Res<CometChat>>) -> bool {
    chat.is_some_and(|chat| chat.app_state() == AppState::Background)
}
