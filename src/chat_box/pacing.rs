//! The rate limit as the player sees it: a thin gauge under the input, and the time until a held line is sent.

use std::{collections::VecDeque, time::Duration};

use accesskit::Role;
use bevy::{a11y::AccessibilityNode, prelude::*};

use super::{
    drawn_theme::DrawnTheme,
    parts::{UnfadedBackground, accessible, background, has_changed, is_added},
    schedules::BoxSchedule,
    state::UserLeft,
    theming::Themes,
};
use crate::{
    client::{OutboxState, SendsPause},
    history::{EntryKey, EntryStatus, History},
    plugin::{ChatHistory, CometChat, OutboxChanged, SendsPaused},
};

/// The time in which the rate limit counts messages.
const MINUTE: Duration = Duration::from_secs(60);
/// The number of steps of the gauge.
const STEPS: f32 = 60.0;
/// The level below which the gauge has the accent colour.
const MARK_BELOW: f32 = 0.5;
/// The level below which the gauge warns.
const WARN_BELOW: f32 = 0.2;
/// The height of the gauge, in theme pixels.
const HEIGHT: f32 = 2.0;

/// The gauge of the rate limit, under the input: how many lines may be sent now. Hidden while it is full.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatSendGauge;

/// The filled part of the gauge.
#[derive(Component)]
struct GaugeLevel;

/// The lines that were sent in the last minute, and those that wait.
#[derive(Resource, Debug)]
pub(super) struct Pacing {
    /// When lines were sent, since the start of the app.
    sent: VecDeque<Duration>,
    pause: Option<Pause>,
    /// How many lines may be sent now, as a fraction of the limit.
    level: f32,
    /// The lines that wait for the rate limit, with the seconds until they are sent.
    held: Vec<(EntryKey, u64)>,
}

/// A wait that the client has announced, since the start of the app.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pause {
    since: Duration,
    until: Duration,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            sent: VecDeque::new(),
            pause: None,
            level: 1.0,
            held: Vec::new(),
        }
    }
}

impl Pacing {
    /// The seconds until a line is sent that waits for the rate limit.
    pub(super) fn seconds_until_sent(&self, entry: EntryKey) -> Option<u64> {
        let held = self.held.iter().find(|(key, _)| *key == entry);
        held.map(|(_, seconds)| *seconds)
    }

    fn is_full(&self) -> bool {
        self.sent.is_empty() && self.pause.is_none() && self.held.is_empty()
    }

    fn start_pause(&mut self, pause: &SendsPause, now: Duration) {
        let until = now.saturating_add(pause.retry_in);
        let since = self.pause.map_or(now, |pause| pause.since);
        self.pause = Some(Pause { since, until });
    }

    fn forget_what_is_over(&mut self, now: Duration) {
        while self.sent.front().is_some_and(|at| *at + MINUTE <= now) {
            self.sent.pop_front();
        }
        self.pause = self.pause.filter(|pause| pause.until > now);
    }

    fn compute_level(&self, limit: Option<usize>, now: Duration) -> f32 {
        let free = limit.map_or(1.0, |limit| {
            limit.saturating_sub(self.sent.len()) as f32 / limit.max(1) as f32
        });
        let over = self.pause.map_or(1.0, |pause| {
            let passed = now.saturating_sub(pause.since).as_secs_f32();
            passed / (pause.until - pause.since).as_secs_f32().max(1.0)
        });
        (free.min(over) * STEPS).floor() / STEPS
    }

    /// The waits of these lines, which are sent in this order.
    fn waits(
        &self,
        pending: Vec<EntryKey>,
        limit: Option<usize>,
        now: Duration,
    ) -> Vec<(EntryKey, u64)> {
        let Some(pause) = self.pause else {
            return Vec::new();
        };
        let mut sent: Vec<_> = self.sent.iter().copied().collect();
        let waits = pending.into_iter().map(|key| {
            let first = limit.and_then(|limit| sent.len().checked_sub(limit));
            let free_at = first.map_or(Duration::ZERO, |first| sent[first] + MINUTE);
            let at = free_at.max(pause.until);
            sent.push(at);
            (key, at.saturating_sub(now).as_secs_f32().ceil() as u64)
        });
        waits.collect()
    }
}

pub(super) fn plugin(app: &mut App) {
    app.add_message::<OutboxChanged>()
        .add_message::<SendsPaused>()
        .init_resource::<Pacing>()
        .register_type::<ChatSendGauge>()
        .add_observer(|_: On<UserLeft>, mut pacing: ResMut<Pacing>| *pacing = Pacing::default())
        .add_systems(
            BoxSchedule::Update,
            update.run_if(
                on_message::<OutboxChanged>
                    .or_else(on_message::<SendsPaused>)
                    .or_else(is_not_full),
            ),
        )
        .add_systems(
            BoxSchedule::Draw,
            draw.run_if(
                resource_changed::<Pacing>
                    .or_else(has_changed::<DrawnTheme>)
                    .or_else(is_added::<ChatSendGauge>),
            ),
        );
}

/// The gauge, a child of the input's row.
pub(super) fn gauge(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatSendGauge,
        accessible(Role::Meter),
        Node {
            position_type: PositionType::Absolute,
            left: theme.length(7.0),
            right: theme.length(7.0),
            bottom: theme.length(1.0),
            height: theme.length(HEIGHT),
            display: Display::None,
            ..default()
        },
        Pickable::IGNORE,
        children![(
            GaugeLevel,
            background(),
            Node {
                height: Val::Percent(100.0),
                border_radius: BorderRadius::MAX,
                ..default()
            },
            Pickable::IGNORE,
        )],
    )
}

/// A run condition.
fn is_not_full(pacing: Res<Pacing>) -> bool {
    !pacing.is_full()
}

fn update(
    mut changes: MessageReader<OutboxChanged>,
    mut pauses: MessageReader<SendsPaused>,
    history: Res<ChatHistory>,
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut pacing: ResMut<Pacing>,
) {
    let now = time.elapsed();
    let limit = chat.and_then(|chat| chat.messages_per_minute());
    let limit = limit.map(|limit| limit as usize);
    let state = pacing.bypass_change_detection();
    state.forget_what_is_over(now);
    let is_sent = |change: &&OutboxChanged| matches!(change.state, OutboxState::Sent(_));
    let sent = changes.read().filter(is_sent).count();
    state.sent.extend(std::iter::repeat_n(now, sent));
    for pause in pauses.read() {
        state.start_pause(pause, now);
    }
    let level = state.compute_level(limit, now);
    let held = state.waits(pending(&history), limit, now);
    if level != state.level || held != state.held {
        (pacing.level, pacing.held) = (level, held);
    }
}

/// The lines that wait or are on their way, in the order in which they were written.
fn pending(history: &History) -> Vec<EntryKey> {
    let outgoing = history.conversations().flat_map(super::messages::outgoing);
    let pending = outgoing.filter(|entry| *entry.status() == EntryStatus::Pending);
    let mut keys: Vec<_> = pending.map(|entry| entry.key()).collect();
    keys.sort_unstable();
    keys
}

/// Filters the filled part of the gauge.
type IsLevel = (With<GaugeLevel>, Without<ChatSendGauge>);

fn draw(
    pacing: Res<Pacing>,
    themes: Themes,
    mut gauges: Query<(&mut Node, &mut AccessibilityNode), With<ChatSendGauge>>,
    mut levels: Query<(Entity, &mut Node, &mut UnfadedBackground), IsLevel>,
) {
    let display = if pacing.level < 1.0 {
        Display::Flex
    } else {
        Display::None
    };
    let value = f64::from(pacing.level);
    for (gauge, mut accessible) in &mut gauges {
        gauge
            .map_unchanged(|gauge| &mut gauge.display)
            .set_if_neq(display);
        if accessible.numeric_value() != Some(value) {
            accessible.set_numeric_value(value);
            accessible.set_max_numeric_value(1.0);
        }
    }
    for (part, node, mut background) in &mut levels {
        let theme = themes.of(part);
        node.map_unchanged(|node| &mut node.width)
            .set_if_neq(Val::Percent(pacing.level * 100.0));
        background.set_if_neq(UnfadedBackground(match pacing.level {
            ..WARN_BELOW => theme.warning,
            ..MARK_BELOW => theme.accent,
            _ => theme.dim,
        }));
    }
}
