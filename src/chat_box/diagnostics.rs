//! An overlay with the state of the connection, for developers.

use std::{collections::VecDeque, fmt::Write, time::Duration};

use bevy::prelude::*;

use crate::{
    client::ChatError,
    connection::{AppState, ConnectionStatus, Retry, StatusChange},
    plugin::{CometChat, ConnectionChanged},
};

/// The number of status changes that are shown.
const TRANSITIONS: usize = 10;
/// The interval of the pings while the overlay is visible.
const PING_EVERY: Duration = Duration::from_secs(5);
/// The interval at which the text is updated.
const UPDATE_EVERY: Duration = Duration::from_millis(250);

/// An overlay for developers. It shows the status of the connection and its cause, the round-trip time, the next attempt
/// to connect, the queues, the counters of dropped traffic, and the last ten changes of the status. While it is visible,
/// it pings every 5 s, which keeps a connection in the background alive.
///
/// [`ChatDiagnosticsOverlay`] changes the key, and shows and hides the overlay at run time.
#[derive(Clone, Copy, Debug)]
pub struct ChatDiagnosticsPlugin {
    /// The key that shows and hides the overlay. Default: F10.
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

/// The settings of the overlay of [`ChatDiagnosticsPlugin`].
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatDiagnosticsOverlay {
    /// The key that shows and hides the overlay, or `None`. Default: F10.
    pub key: Option<KeyCode>,
    /// Whether the overlay is visible. Default: `false`.
    pub is_visible: bool,
}

impl Default for ChatDiagnosticsOverlay {
    fn default() -> Self {
        Self {
            key: Some(KeyCode::F10),
            is_visible: false,
        }
    }
}

impl Plugin for ChatDiagnosticsPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ConnectionChanged>()
            .init_resource::<Measurements>()
            .insert_resource(ChatDiagnosticsOverlay {
                key: Some(self.key),
                ..default()
            })
            .register_type::<ChatDiagnosticsOverlay>()
            .add_systems(
                Update,
                (
                    record_changes.run_if(on_message::<ConnectionChanged>),
                    toggle.run_if(is_key_pressed),
                    show_or_hide.run_if(resource_changed::<ChatDiagnosticsOverlay>),
                    (ping, update_text).run_if(any_with_component::<Panel>),
                )
                    .chain(),
            );
    }
}

/// What the overlay shows. It is collected while the overlay is hidden, too.
#[derive(Resource, Default)]
struct Measurements {
    /// The last changes of the status, with the time since the start of the app.
    transitions: VecDeque<(Duration, StatusChange)>,
    next_ping: Duration,
    next_update: Duration,
    round_trip: Option<Result<Duration, String>>,
}

/// The node of the overlay.
#[derive(Component)]
struct Panel;

fn record_changes(
    mut changes: MessageReader<ConnectionChanged>,
    time: Res<Time<Real>>,
    mut measurements: ResMut<Measurements>,
) {
    for change in changes.read() {
        if measurements.transitions.len() == TRANSITIONS {
            measurements.transitions.pop_front();
        }
        let change = StatusChange::clone(change);
        measurements.transitions.push_back((time.elapsed(), change));
    }
}

fn is_key_pressed(keys: Res<ButtonInput<KeyCode>>, overlay: Res<ChatDiagnosticsOverlay>) -> bool {
    overlay.key.is_some_and(|key| keys.just_pressed(key))
}

fn toggle(mut overlay: ResMut<ChatDiagnosticsOverlay>) {
    overlay.is_visible = !overlay.is_visible;
}

fn show_or_hide(
    overlay: Res<ChatDiagnosticsOverlay>,
    mut measurements: ResMut<Measurements>,
    panels: Query<Entity, With<Panel>>,
    mut commands: Commands,
) {
    if overlay.is_visible != panels.is_empty() {
        return;
    }
    if overlay.is_visible {
        measurements.next_update = Duration::ZERO;
        commands.spawn(panel());
    }
    for panel in &panels {
        commands.entity(panel).despawn();
    }
}

fn panel() -> impl Bundle {
    (
        Panel,
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

fn ping(
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut measurements: ResMut<Measurements>,
) {
    let Some(chat) = chat else { return };
    let is_live = chat.connection_status() == ConnectionStatus::Connected;
    if !is_live || time.elapsed() < measurements.next_ping {
        return;
    }
    measurements.next_ping = time.elapsed() + PING_EVERY;
    chat.ping()
        .on_success(
            |round_trip: In<Duration>, mut measurements: ResMut<Measurements>| {
                measurements.round_trip = Some(Ok(round_trip.0));
            },
        )
        .on_error(
            |error: In<ChatError>, mut measurements: ResMut<Measurements>| {
                measurements.round_trip = Some(Err(error.to_string()));
            },
        );
}

fn update_text(
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut measurements: ResMut<Measurements>,
    mut panel: Single<&mut Text, With<Panel>>,
) {
    if time.elapsed() < measurements.next_update {
        return;
    }
    measurements.next_update = time.elapsed() + UPDATE_EVERY;
    let text = match chat {
        Some(chat) => report(&chat, &measurements, time.elapsed()),
        None => "There is no CometChatPlugin".into(),
    };
    panel.set_if_neq(Text(text));
}

fn report(chat: &CometChat, measurements: &Measurements, now: Duration) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let mut line = |args: std::fmt::Arguments| writeln!(text, "{args}").unwrap_or_default();
    let user = chat
        .logged_in_user()
        .map_or("nobody", |user| user.uid.as_str());
    let app_state = match chat.app_state() {
        AppState::Foreground => "foreground",
        AppState::Background => "background",
    };
    line(format_args!(
        "{} as {user}, in the {app_state}",
        chat.connection_status()
    ));
    match &measurements.round_trip {
        Some(Ok(time)) => line(format_args!(
            "round trip {:.1} ms",
            time.as_secs_f32() * 1e3
        )),
        Some(Err(error)) => line(format_args!("no round trip: {error}")),
        None => line(format_args!("round trip not measured yet")),
    }
    if let Some((at, change)) = measurements.transitions.back() {
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
    for (at, change) in measurements.transitions.iter().rev() {
        let ago = now.saturating_sub(*at).as_secs_f32();
        let code = change
            .close_code
            .map_or(String::new(), |code| format!(" ({code})"));
        line(format_args!(
            "{ago:7.1} s ago  {} → {}: {}{code}",
            change.from, change.to, change.cause
        ));
    }
    text.truncate(text.trim_end().len());
    text
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
