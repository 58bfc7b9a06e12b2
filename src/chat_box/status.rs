//! The texts that describe a state: who is typing, a lost connection, an empty tab.

use std::time::Duration;

use accesskit::Action;
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    prelude::*,
    ui_widgets::{Activate, observe},
};

use super::{
    active_tab::{ActiveTab, ActiveTabs},
    commands::ChatCommands,
    conversations::{FetchState, FetchedConversations},
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    input::{Draft, needs_draw},
    messages::{FailedPages, Feed, OutgoingPlaces},
    notes::ChatNotes,
    parts::{Clickable, PartText, ThemedNode, is_added, live_region, themed_text},
    schedules::BoxSchedule,
    strings::{ChatBoxStrings, fill},
    tab::{ChatTab, ChatTabShows},
    tabs::ChatTabs,
};
use crate::{
    connection::{ConnectionStatus, Retry},
    history::Entry,
    plugin::{CometChat, ConnectionChanged},
    text::isolate,
};

/// The size of the texts between the messages and the input.
const FONT_SCALE: f32 = SMALL_FONT_SCALE;
/// The maximum number of commands that the hint lists.
const MAX_LISTED: usize = 8;
/// The time after which a lost connection is shown. Most are repaired sooner.
const SHOW_OUTAGE_AFTER: Duration = Duration::from_secs(5);

/// The text that shows who is typing, and the matching commands while the player types one.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatHint;

/// The text that shows a lost connection.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatConnectionLine;

/// The text in the message list while the active tab has no messages.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatEmptyText;

/// A lost connection.
#[derive(Resource, Default)]
struct Outage {
    since: Option<OutageStart>,
    /// The time of the next attempt to connect, since the start of the app.
    next_attempt: Duration,
}

/// When the connection was lost.
enum OutageStart {
    /// In this frame or the last one. In the first frame after a sleep, Bevy's clock does not include the sleep.
    JustNow,
    /// The time since the start of the app.
    At(Duration),
}

impl Outage {
    /// The time since the connection was lost.
    fn duration(&mut self, now: Duration) -> Option<Duration> {
        match self.since.as_mut()? {
            OutageStart::At(at) => Some(now.saturating_sub(*at)),
            just_now => {
                *just_now = OutageStart::At(now);
                Some(Duration::ZERO)
            }
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.add_message::<ConnectionChanged>()
        .init_resource::<Outage>()
        .register_type::<ChatHint>()
        .register_type::<ChatConnectionLine>()
        .register_type::<ChatEmptyText>()
        .add_systems(
            BoxSchedule::Draw,
            (
                draw_empty_text.run_if(may_be_empty.or_else(is_added::<ChatEmptyText>)),
                draw_hint.run_if(needs_draw),
                draw_connection_line
                    .run_if(is_outage_shown.or_else(is_added::<ChatConnectionLine>)),
                // It uses the clock of the next frame.
                update_outage.run_if(on_message::<ConnectionChanged>),
            )
                .chain_ignore_deferred(),
        );
}

/// The connection line and the hint. They are as high as a line even if both are empty, so that nothing moves.
pub(super) fn status(theme: &DrawnTheme) -> impl Bundle {
    (
        ThemedNode(node),
        node(theme),
        children![
            (
                ChatConnectionLine,
                Clickable(true),
                clickable_region(),
                themed_text(theme, FONT_SCALE, |theme| theme.warning),
                observe(on_activate),
            ),
            (
                ChatHint,
                themed_text(theme, FONT_SCALE, |theme| theme.dim),
                Pickable::IGNORE,
            ),
        ],
    )
}

fn clickable_region() -> AccessibilityNode {
    let mut region = live_region();
    region.add_action(Action::Click);
    region
}

fn node(theme: &DrawnTheme) -> Node {
    Node {
        flex_direction: FlexDirection::Column,
        min_height: theme.lines(1.0, FONT_SCALE),
        margin: UiRect::vertical(theme.length(3.0)),
        ..default()
    }
}

/// The text of an empty tab, a child of the message list.
pub(super) fn empty_text(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatEmptyText,
        themed_text(theme, 1.0, |theme| theme.dim),
        Node {
            position_type: PositionType::Absolute,
            left: Val::ZERO,
            right: Val::ZERO,
            bottom: Val::ZERO,
            ..default()
        },
        Pickable::IGNORE,
    )
}

fn draw_empty_text(
    active: ActiveTabs,
    notes: Res<ChatNotes>,
    strings: Res<ChatBoxStrings>,
    places: Res<OutgoingPlaces>,
    loaded: Loaded,
    mut empty_texts: Query<(Entity, PartText), With<ChatEmptyText>>,
) {
    let me = active.history.user().map(|user| &user.uid);
    for (part, mut empty_text) in &mut empty_texts {
        let Some(active) = active.around(part) else {
            continue;
        };
        let empty = active.tab().filter(|tab| {
            let hides = |entry: &Entry| active.filter.hides(entry, me);
            let feed = Feed::new(tab, active.history, &notes, &places);
            me.is_some() && feed.hiding(&hides).is_empty()
        });
        let load = empty.map(|tab| (loaded.of(tab, &active), tab));
        empty_text.set(match load {
            None => "",
            Some((Load::None, _)) => &strings.not_loaded,
            Some((Load::Loading, _)) => &strings.loading,
            Some((Load::All, tab)) if tab.shows == ChatTabShows::Whispers => &strings.no_whispers,
            Some((Load::All, _)) => &strings.nothing_yet,
        });
    }
}

/// How much of what a tab shows is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Load {
    All,
    Loading,
    /// It could not be fetched.
    None,
}

/// What is known of the conversations.
#[derive(SystemParam)]
struct Loaded<'w> {
    fetched: Res<'w, FetchedConversations>,
    failed: Res<'w, FailedPages>,
}

impl Loaded<'_> {
    fn of(&self, tab: &ChatTab, active: &ActiveTab) -> Load {
        let whispers = match (&tab.shows, self.fetched.state()) {
            (
                ChatTabShows::Conversation(_)
                | ChatTabShows::Conversations(_)
                | ChatTabShows::System,
                _,
            )
            | (_, FetchState::Fetched) => Load::All,
            (_, FetchState::NotFetched | FetchState::Fetching) => Load::Loading,
            (_, FetchState::Failed(_)) => Load::None,
        };
        let conversations = active.tabs.conversations(tab).map(|with| {
            let conversation = active.history.conversation(with);
            if conversation.is_some_and(|it| it.missing_before(it.len()).is_none()) {
                Load::All
            } else if self.failed.contains(with) {
                Load::None
            } else {
                Load::Loading
            }
        });
        conversations.fold(whispers, Load::max)
    }
}

/// A run condition.
fn may_be_empty(
    active: ActiveTabs,
    notes: Res<ChatNotes>,
    strings: Res<ChatBoxStrings>,
    loaded: Loaded,
) -> bool {
    active.is_changed()
        || notes.is_changed()
        || strings.is_changed()
        || loaded.fetched.is_changed()
        || loaded.failed.is_changed()
}

fn draw_hint(
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    commands: Res<ChatCommands>,
    drafts: Query<&Draft>,
    mut hints: Query<(Entity, PartText), With<ChatHint>>,
) {
    for (part, mut hint) in &mut hints {
        let Some(active) = active.around(part) else {
            continue;
        };
        let draft = drafts.get(active.chat_box).ok();
        let command = draft.and_then(|draft| draft.0.strip_prefix('/'));
        hint.set(&match command.filter(|_| active.state.is_open) {
            Some(typed) => matching_commands(&commands, active.tabs, &strings, typed),
            None => typing_users(&active, &strings),
        });
    }
}

/// The prefixes and commands that start with the typed text, or the usage of the one that is typed to its end.
fn matching_commands(
    commands: &ChatCommands,
    tabs: &ChatTabs,
    strings: &ChatBoxStrings,
    typed: &str,
) -> String {
    let typed = typed.to_lowercase();
    if let Some((name, _)) = typed.split_once(' ') {
        let usage = commands.get(name).map(|command| command.help.clone());
        let mut prefixes = tabs.prefixes();
        let channel = prefixes.find(|(prefix, _)| prefix.eq_ignore_ascii_case(name));
        let usage = usage.or_else(|| {
            let (prefix, label) = channel?;
            let usage = fill(&strings.talk.prefix, &[("{name}", label)]);
            Some(format!("/{prefix} {usage}"))
        });
        return usage.unwrap_or_default();
    }
    let prefixes = tabs.prefixes().map(|(prefix, _)| prefix);
    let names = prefixes.chain(commands.iter().map(|command| command.name.as_str()));
    let names = names
        .filter(|name| name.to_lowercase().starts_with(&typed))
        .take(MAX_LISTED)
        .map(|name| format!("/{name}"));
    names.collect::<Vec<_>>().join("  ")
}

fn typing_users(active: &ActiveTab, strings: &ChatBoxStrings) -> String {
    let Some(to) = active.target() else {
        return String::new();
    };
    let names: Vec<_> = active
        .history
        .typing(&to)
        .filter(|user| !active.filter.hides_user(user))
        .map(|user| isolate(&active.filter.safety.name_of(user, strings)).into_owned())
        .collect();
    match &names[..] {
        [] => String::new(),
        [one] => fill(&strings.is_typing, &[("{name}", one)]),
        [one, other] => fill(&strings.two_are_typing, &[("{name}", one), ("{by}", other)]),
        many => fill(
            &strings.many_are_typing,
            &[("{n}", &many.len().to_string())],
        ),
    }
}

fn update_outage(
    mut changes: MessageReader<ConnectionChanged>,
    time: Res<Time<Real>>,
    mut outage: ResMut<Outage>,
) {
    for change in changes.read() {
        if change.to == ConnectionStatus::Connected {
            outage.since = None;
        } else if change.from == ConnectionStatus::Connected {
            outage.since = Some(OutageStart::JustNow);
        }
        if let Retry::After(delay) = change.retry {
            outage.next_attempt = time.elapsed() + delay;
        }
    }
}

/// A run condition: there is an outage, or there was one.
fn is_outage_shown(outage: Res<Outage>) -> bool {
    outage.since.is_some() || outage.is_changed()
}

fn draw_connection_line(
    chat: Option<Res<CometChat>>,
    strings: Res<ChatBoxStrings>,
    mut outage: ResMut<Outage>,
    time: Res<Time<Real>>,
    mut lines: Query<PartText, With<ChatConnectionLine>>,
) {
    let now = time.elapsed();
    let duration = outage.bypass_change_detection().duration(now);
    let chat = chat.filter(|chat| chat.logged_in_user().is_some());
    let change = chat.as_ref().and_then(|chat| chat.last_change());
    let text = match change {
        Some(change) if duration.is_some_and(|it| it >= SHOW_OUTAGE_AFTER) => {
            let wait = outage.next_attempt.saturating_sub(now);
            let seconds = wait.as_secs_f32().ceil() as u64;
            strings.connection_line(change.retry, seconds)
        }
        _ => String::new(),
    };
    for mut line in &mut lines {
        line.set(&text);
    }
}

/// Connects, without waiting for the next attempt.
fn on_activate(_: On<Activate>, chat: Option<Res<CometChat>>) {
    if let Some(chat) = chat {
        chat.connect().ignore_errors();
    }
}
