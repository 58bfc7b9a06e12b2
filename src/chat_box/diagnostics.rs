use std::{collections::VecDeque, fmt::Write, time::Duration};

use bevy::prelude::*;

use crate::{
    client::ChatError,
    connection::{AppState, ConnectionStatus, Retry, StatusChange},
    plugin::{CometChat, ConnectionChanged},
};

/// How many changes of the status are shown.
const TRANSITIONS: usize = 10;
/// How often the round trip is measured, and how often the text is renewed.
const PING_EVERY: Duration = Duration::from_secs(5);
const RENEW_EVERY: Duration = Duration::from_millis(250);

/// An overlay for developers: the connection's status and why, the round trip, the next attempt, what waits and what
/// was dropped, the last ten changes of the status. It pings while it is shown, every 5 s (rule M4).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChatDiagnosticsPlugin {
    /// Shows and hides it: F10.
    pub key: KeyCode,
}

impl ChatDiagnosticsPlugin {
    /// An overlay that this key shows and hides.
    pub const fn new(key: KeyCode) -> Self {
        Self { key }
    }
}

impl Default for ChatDiagnosticsPlugin {
    fn default() -> Self {
        Self::new(KeyCode::F10)
    }
}

impl Plugin for ChatDiagnosticsPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ConnectionChanged>()
            .insert_resource(Watch::new(self.key))
            .add_systems(
                Update,
                (
                    note.run_if(on_message::<ConnectionChanged>),
                    toggle.run_if(is_key_pressed),
                    (ping, show).run_if(|watch: Res<Watch>| watch.panel.is_some()),
                )
                    .chain(),
            );
    }
}

/// What is known, whether or not it is shown.
#[derive(Resource)]
struct Watch {
    key: KeyCode,
    panel: Option<Entity>,
    transitions: VecDeque<(Duration, StatusChange)>,
    next_ping: Duration,
    next_renewal: Duration,
    round_trip: Option<Result<Duration, String>>,
}

impl Watch {
    const fn new(key: KeyCode) -> Self {
        Self {
            key,
            panel: None,
            transitions: VecDeque::new(),
            next_ping: Duration::ZERO,
            next_renewal: Duration::ZERO,
            round_trip: None,
        }
    }
}

fn note(
    mut changes: MessageReader<ConnectionChanged>,
    time: Res<Time<Real>>,
    mut watch: ResMut<Watch>,
) {
    for change in changes.read() {
        if watch.transitions.len() == TRANSITIONS {
            watch.transitions.pop_front();
        }
        let change = StatusChange::clone(change);
        watch.transitions.push_back((time.elapsed(), change));
    }
}

fn is_key_pressed(keys: Res<ButtonInput<KeyCode>>, watch: Res<Watch>) -> bool {
    keys.just_pressed(watch.key)
}

fn toggle(mut watch: ResMut<Watch>, mut commands: Commands) {
    watch.next_renewal = Duration::ZERO;
    watch.panel = match watch.panel {
        Some(panel) => {
            commands.entity(panel).despawn();
            None
        }
        None => Some(commands.spawn(panel()).id()),
    };
}

fn panel() -> impl Bundle {
    (
        Text::default(),
        TextFont::from_font_size(bevy::text::FontSize::Vh(1.95)),
        TextColor(Color::srgb(0.85, 0.95, 0.85)),
        BackgroundColor(Color::srgba(0.02, 0.03, 0.03, 0.92)),
        Node {
            position_type: PositionType::Absolute,
            left: Val::Vh(2.0),
            top: Val::Vh(2.0),
            max_width: Val::Vw(60.0),
            padding: UiRect::axes(Val::Vh(1.6), Val::Vh(1.2)),
            border_radius: BorderRadius::all(Val::Vh(1.0)),
            ..default()
        },
        GlobalZIndex(20),
        bevy::picking::Pickable::IGNORE,
    )
}

fn ping(chat: Option<Res<CometChat>>, time: Res<Time<Real>>, mut watch: ResMut<Watch>) {
    let Some(chat) = chat else { return };
    let is_live = chat.connection_status() == ConnectionStatus::Connected;
    if !is_live || time.elapsed() < watch.next_ping {
        return;
    }
    watch.next_ping = time.elapsed() + PING_EVERY;
    chat.ping()
        .on_success(|round_trip: In<Duration>, mut watch: ResMut<Watch>| {
            watch.round_trip = Some(Ok(round_trip.0));
        })
        .on_error(|error: In<ChatError>, mut watch: ResMut<Watch>| {
            watch.round_trip = Some(Err(error.to_string()));
        });
}

fn show(
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut watch: ResMut<Watch>,
    mut texts: Query<&mut Text>,
) {
    if time.elapsed() < watch.next_renewal {
        return;
    }
    watch.next_renewal = time.elapsed() + RENEW_EVERY;
    let words = match chat {
        Some(chat) => report(&chat, &watch, time.elapsed()),
        None => "There is no CometChatPlugin".into(),
    };
    let panel = watch.panel.and_then(|panel| texts.get_mut(panel).ok());
    if let Some(mut text) = panel
        && text.0 != words
    {
        text.0 = words;
    }
}

fn report(chat: &CometChat, watch: &Watch, now: Duration) -> String {
    let mut words = String::new();
    // Writing to a string cannot fail.
    let mut line = |text: std::fmt::Arguments| writeln!(words, "{text}").unwrap_or_default();
    let user = chat
        .logged_in_user()
        .map_or("nobody", |user| user.uid.as_str());
    let place = match chat.app_state() {
        AppState::Foreground => "foreground",
        AppState::Background => "background",
    };
    line(format_args!(
        "{} as {user}, in the {place}",
        chat.connection_status()
    ));
    match &watch.round_trip {
        Some(Ok(time)) => line(format_args!(
            "round trip {:.1} ms",
            time.as_secs_f32() * 1e3
        )),
        Some(Err(error)) => line(format_args!("no round trip: {error}")),
        None => line(format_args!("round trip not measured yet")),
    }
    if let Some((at, change)) = watch.transitions.back() {
        line(format_args!(
            "next attempt: {}",
            next_attempt(change.retry, *at, now)
        ));
    }
    let waiting = chat.queue_depths();
    line(format_args!(
        "waiting: events {}, requests {}, outbox {}",
        waiting.events, waiting.requests, waiting.outbox
    ));
    let counters = chat.counters();
    line(format_args!(
        "dropped: shed {}, duplicate {}, own echoes {}, malformed {}, unmodelled {}, withheld {}",
        counters.shed(),
        counters.duplicates(),
        counters.echoes(),
        counters.malformed(),
        counters.unmodelled(),
        counters.withheld(),
    ));
    for (at, change) in watch.transitions.iter().rev() {
        let ago = now.saturating_sub(*at).as_secs_f32();
        let code = change
            .close_code
            .map_or(String::new(), |code| format!(" ({code})"));
        line(format_args!(
            "{ago:7.1} s ago  {} → {}: {}{code}",
            change.from, change.to, change.cause
        ));
    }
    words.truncate(words.trim_end().len());
    words
}

fn next_attempt(retry: Retry, at: Duration, now: Duration) -> String {
    match retry {
        Retry::After(delay) => {
            let wait = (at + delay).saturating_sub(now);
            format!("in {:.1} s", wait.as_secs_f32())
        }
        Retry::OnForeground => "when the app is in the foreground".into(),
        Retry::Never => "none until connect() or a login".into(),
        Retry::NotNeeded => "not needed".into(),
    }
}
