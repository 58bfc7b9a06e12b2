//! The keep-alive service: the game's own loop pings, and the I/O side keeps the time and wakes the loop
//!.

use bevy::prelude::Res;

use super::{CometChat, receive::Inbox};

pub(super) fn is_ping_due(inbox: Res<Inbox>) -> bool {
    inbox.arrivals.is_keep_alive_due()
}

pub(super) fn ping_when_due(inbox: Res<Inbox>, chat: Res<CometChat>) {
    if inbox.arrivals.take_keep_alive_due() && chat.keep_alive() {
        chat.ping().ignore_errors();
    }
}
