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
    connection::{ConnectionStatus, Retry},
    plugin::{CometChat, ConnectionChanged},
};

/// How long nothing is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether there is no connection, and when the next attempt is due, in time since the start.
#[derive(Resource, Default)]
pub(super) struct Outage {
    lost: Option<Lost>,
    next_attempt: Duration,
}

/// When the connection was lost.
enum Lost {
    /// In the last frame. Bevy's clock lags behind an app that slept, so it is asked a frame later.
    JustNow,
    At(Duration),
}

impl Outage {
    /// How long there has been no connection.
    fn lasts(&mut self, now: Duration) -> Option<Duration> {
        match self.lost.as_mut()? {
            Lost::At(at) => Some(now.saturating_sub(*at)),
            just_now => {
                *just_now = Lost::At(now);
                Some(Duration::ZERO)
            }
        }
    }
}

/// Runs behind [`show`], which asks the clock.
pub(super) fn note(
    mut changes: MessageReader<ConnectionChanged>,
    time: Res<Time<Real>>,
    mut outage: ResMut<Outage>,
) {
    for change in changes.read() {
        if change.to == ConnectionStatus::Connected {
            outage.lost = None;
        } else if change.from == ConnectionStatus::Connected {
            outage.lost = Some(Lost::JustNow);
        }
        if let Retry::After(delay) = change.retry {
            outage.next_attempt = time.elapsed() + delay;
        }
    }
}

/// A run condition: there is something to say, or was.
pub(super) fn is_to_be_shown(outage: Res<Outage>) -> bool {
    outage.lost.is_some() || outage.is_changed()
}

pub(super) fn show(
    chat: Option<Res<CometChat>>,
    strings: Res<ChatBoxStrings>,
    mut outage: ResMut<Outage>,
    time: Res<Time<Real>>,
    parts: Single<&Parts>,
    mut texts: Texts,
) {
    let now = time.elapsed();
    let lasts = outage.lasts(now);
    let change = chat.as_ref().and_then(|chat| chat.last_change());
    let is_wanted = chat
        .as_ref()
        .is_some_and(|chat| chat.logged_in_user().is_some());
    let words = match change {
        Some(change) if is_wanted && lasts.is_some_and(|it| it >= PATIENCE) => {
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
        chat.connect().ignore_errors();
    }
}
