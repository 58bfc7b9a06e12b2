//! What is said of a lost connection: nothing at first, since most are back before a player would have noticed.

use std::time::Duration;

use bevy::{
    picking::events::{Click, Pointer},
    prelude::*,
};

use super::{
    chat_box_strings::ChatBoxStrings,
    spawn::{Parts, Texts},
};
use crate::{
    lifecycle::{ConnectionStatus, Retry},
    plugin::{CometChat, ConnectionChanged},
};

/// How long nothing is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// Since when there is no connection, and when the next attempt is due, in time since the start.
#[derive(Resource, Default)]
pub(super) struct Outage {
    since: Option<Duration>,
    next_attempt: Duration,
}

pub(super) fn note(
    mut changes: MessageReader<ConnectionChanged>,
    time: Res<Time<Real>>,
    mut outage: ResMut<Outage>,
) {
    for change in changes.read() {
        if change.to == ConnectionStatus::Connected {
            outage.since = None;
        } else if change.from == ConnectionStatus::Connected {
            outage.since = Some(time.elapsed());
        }
        if let Retry::After(delay) = change.retry {
            outage.next_attempt = time.elapsed() + delay;
        }
    }
}

/// A run condition: there is something to say, or was.
pub(super) fn is_to_be_shown(outage: Res<Outage>) -> bool {
    outage.since.is_some() || outage.is_changed()
}

pub(super) fn show(
    chat: Option<Res<CometChat>>,
    strings: Res<ChatBoxStrings>,
    outage: Res<Outage>,
    time: Res<Time<Real>>,
    parts: Single<&Parts>,
    mut texts: Texts,
) {
    let now = time.elapsed();
    let is_due = |since: Duration| now.saturating_sub(since) >= PATIENCE;
    let change = chat.as_ref().and_then(|chat| chat.last_change());
    let is_wanted = chat
        .as_ref()
        .is_some_and(|chat| chat.logged_in_user().is_some());
    let words = match (outage.since, change) {
        (Some(since), Some(change)) if is_due(since) && is_wanted => {
            let wait = outage.next_attempt.saturating_sub(now);
            strings.of_retry(change.retry, wait.as_secs_f32().ceil() as u64)
        }
        _ => String::new(),
    };
    texts.say(parts.connection, &words);
}

/// Connects, where nothing else will.
pub(super) fn on_click(_: On<Pointer<Click>>, chat: Option<Res<CometChat>>) {
    if let Some(chat) = chat {
        chat.connect();
    }
}
