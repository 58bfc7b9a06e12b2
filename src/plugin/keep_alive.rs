//! The keep-alive service: the game's own loop sends the pings. The core keeps the time, and wakes a loop that sleeps.

use bevy::prelude::{Local, Res};

use super::{CometChat, CometChatSettings, receive::Inbox};

/// Passes the game's choice to the client. `chosen` is the last one that was passed.
pub(super) fn apply_setting(
    settings: Res<CometChatSettings>,
    chat: Res<CometChat>,
    mut chosen: Local<Option<bool>>,
) {
    if *chosen != settings.keep_alive {
        *chosen = settings.keep_alive;
        chat.choose_keep_alive(settings.keep_alive);
    }
}

pub(super) fn is_ping_due(inbox: Res<Inbox>) -> bool {
    inbox.arrivals.is_keep_alive_due()
}

pub(super) fn ping_when_due(inbox: Res<Inbox>, chat: Res<CometChat>) {
    if inbox.arrivals.take_keep_alive_due() && chat.keep_alive() {
        chat.ping().ignore_errors();
    }
}
