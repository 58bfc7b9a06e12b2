//! Reports events, one per line, for scripts that drive the game.

use std::{fmt, time::Duration};

use bevy::{ecs::entity::EntityHashMap, prelude::*};
use bevy_cometchat::prelude::*;

use crate::{
    characters::Character, conversation::Spoken, notices::Notice, places::Remote, platform,
    zones::CurrentZone,
};

/// The time without a frame from which on it is reported.
const LONG_SLEEP: Duration = Duration::from_secs(1);

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(
        Last,
        (
            slept,
            logged_in,
            status,
            app_state,
            recovered,
            zone.run_if(resource_changed::<CurrentZone>),
            joined,
            spoken,
            arrived,
            notices,
        )
            .chain(),
    );
}

fn tell(time: &Time<Real>, what: fmt::Arguments) {
    platform::print(format_args!("[{:7.2} s] {what}", time.elapsed_secs()));
}

fn slept(time: Res<Time<Real>>) {
    if time.delta() > LONG_SLEEP {
        tell(&time, format_args!("slept for {:.1?}", time.delta()));
    }
}

fn logged_in(time: Res<Time<Real>>, mut logins: MessageReader<LoggedIn>) {
    for login in logins.read() {
        tell(&time, format_args!("logged in as {}", login.user.name));
    }
}

fn status(time: Res<Time<Real>>, mut changes: MessageReader<ConnectionChanged>) {
    for change in changes.read() {
        let next = match change.retry {
            Retry::After(delay) => format!("; next attempt in {delay:.1?}"),
            Retry::OnForeground => "; next attempt in the foreground".into(),
            Retry::NotNeeded | Retry::Never => String::new(),
        };
        tell(&time, format_args!("{}: {}{next}", change.to, change.cause));
    }
}

fn app_state(time: Res<Time<Real>>, chat: Res<CometChat>, mut before: Local<AppState>) {
    let now = chat.app_state();
    if std::mem::replace(&mut *before, now) == now {
        return;
    }
    match now {
        AppState::Foreground => tell(&time, format_args!("in the foreground")),
        AppState::Background => tell(&time, format_args!("in the background")),
    }
}

fn recovered(time: Res<Time<Real>>, mut recoveries: MessageReader<MessagesRecovered>) {
    for it in recoveries.read().filter(|it| it.recovered > 0) {
        tell(
            &time,
            format_args!("{} missed messages were fetched", it.recovered),
        );
    }
}

fn zone(time: Res<Time<Real>>, zone: Res<CurrentZone>) {
    tell(&time, format_args!("in {}", zone.0.title()));
}

fn joined(time: Res<Time<Real>>, mut channels: MessageReader<GroupJoined>) {
    for channel in channels.read() {
        tell(&time, format_args!("in the chat of {}", channel.group.name));
    }
}

fn spoken(time: Res<Time<Real>>, mut spoken: MessageReader<Spoken>) {
    for speech in spoken.read() {
        let where_at = speech.zone.title();
        let text = if speech.is_item {
            format!("[{}]", speech.text)
        } else {
            speech.text.to_string()
        };
        tell(
            &time,
            format_args!("{}, in {where_at}: {text}", speech.name),
        );
    }
}

/// The player of another game has walked to its place.
fn arrived(
    time: Res<Time<Real>>,
    visitors: Query<(Entity, &Character, &Remote, &Transform)>,
    mut told: Local<EntityHashMap<Vec2>>,
) {
    for (visitor, character, remote, transform) in &visitors {
        let spot = remote.spot;
        if remote.is_reached(transform) && told.insert(visitor, spot) != Some(spot) {
            tell(
                &time,
                format_args!("{} stands at {:.0}, {:.0}", character.name, spot.x, spot.y),
            );
        }
    }
}

fn notices(time: Res<Time<Real>>, mut notices: MessageReader<Notice>) {
    for Notice(line) in notices.read() {
        tell(&time, format_args!("{line}"));
    }
}
