//! What opens the menu: the right mouse button or a long press on a name, and events.

use std::{sync::Arc, time::Duration};

use bevy::{
    ecs::system::SystemParam,
    picking::{
        events::{Cancel, Click, Drag, Pointer, Press, Release},
        pointer::{PointerButton, PointerId},
    },
    prelude::*,
    ui::UiScale,
};

use super::name_actions::NameActionCall;
use crate::{
    chat_box::{
        active_tab::ActiveTab,
        messages::{ChatLog, ChatSpan, Feed, OutgoingPlaces},
        notes::ChatNotes,
        player_name::PlayerName,
        state::UserLeft,
    },
    model::{MessageId, User},
};

/// The duration of a press that opens the menu.
const HOLD: Duration = Duration::from_millis(500);
/// How far the pointer may move during that press, in logical pixels.
const SLACK: f32 = 8.0;
/// The maximum number of players between whom the arrow keys switch.
const MAX_PLAYERS: usize = 30;

/// Opens the menu on the name of a player. A game triggers it for names on which there is nothing to click.
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct OpenNameMenu {
    /// The player.
    pub user: Arc<User>,
    /// The message beside the name, which a report names.
    pub message: Option<MessageId>,
    /// The position in the window at which the menu opens, in logical pixels.
    pub at: Vec2,
}

impl OpenNameMenu {
    /// The menu on a name without a message.
    pub fn new(user: impl Into<Arc<User>>, at: Vec2) -> Self {
        Self {
            user: user.into(),
            message: None,
            at,
        }
    }
}

/// The player has asked for the menu on a name, with the right mouse button or a long press. A game that opens a menu of
/// its own sets [`is_handled`](Self::is_handled).
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::NameMenuRequested;
///
/// fn open_menu(mut requested: On<NameMenuRequested>) {
///     println!("What about {}?", requested.name.user.name);
///     requested.is_handled = true;
/// }
///
/// App::new().add_observer(open_menu);
/// ```
#[derive(EntityEvent, Clone, Debug)]
#[non_exhaustive]
pub struct NameMenuRequested {
    /// The span of the line, or the node with a [`PlayerName`].
    pub entity: Entity,
    /// The name.
    pub name: PlayerName,
    /// The position of the pointer in the window, in logical pixels.
    pub at: Vec2,
    /// Whether the game has reacted: the chat box opens no menu then.
    pub is_handled: bool,
}

/// Opens the menu on a name, if the game does not open its own.
fn request(commands: &mut Commands, entity: Entity, name: PlayerName, at: Vec2) {
    commands.queue(move |world: &mut World| {
        let mut requested = NameMenuRequested {
            entity,
            name,
            at,
            is_handled: false,
        };
        world.trigger_ref(&mut requested);
        let NameMenuRequested { name, at, .. } = requested;
        if !requested.is_handled {
            world.trigger(OpenNameMenu {
                user: name.user,
                message: name.message,
                at,
            });
        }
    });
}

/// Opens the menu on the name of the player with the newest line in the active tab, for a key or a button.
#[derive(Event)]
pub(in crate::chat_box) struct OpenNewestNameMenu;

/// The menu changes to the player who has written that many players earlier. A negative number is later.
#[derive(Event)]
pub(super) struct ChangePlayer(pub(super) isize);

/// A name that is pressed.
#[derive(Resource, Default)]
struct Held(Option<HeldName>);

struct HeldName {
    pointer: PointerId,
    entity: Entity,
    name: PlayerName,
    at: Vec2,
    since: Duration,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Held>()
        .add_observer(on_click)
        .add_observer(on_press)
        .add_observer(on_drag)
        .add_observer(|release: On<Pointer<Release>>, held: ResMut<Held>| {
            let_go(held, release.pointer_id);
        })
        .add_observer(|cancel: On<Pointer<Cancel>>, held: ResMut<Held>| {
            let_go(held, cancel.pointer_id);
        })
        .add_observer(|_: On<UserLeft>, mut held: ResMut<Held>| held.0 = None)
        .add_observer(open_newest)
        .add_systems(Update, open_held.run_if(is_held));
}

/// The name on a node or a span.
#[derive(SystemParam)]
struct Names<'w, 's> {
    spans: Query<'w, 's, &'static ChatSpan>,
    nodes: Query<'w, 's, &'static PlayerName>,
}

impl Names<'_, '_> {
    fn get(&self, entity: Entity) -> Option<&PlayerName> {
        let span = self.spans.get(entity).ok();
        let name = span.and_then(|span| span.name.as_ref());
        name.or_else(|| self.nodes.get(entity).ok())
    }
}

fn on_click(mut click: On<Pointer<Click>>, names: Names, mut commands: Commands) {
    if click.button != PointerButton::Secondary {
        return;
    }
    if let Some(name) = names.get(click.entity) {
        let at = click.pointer_location.position;
        request(&mut commands, click.entity, name.clone(), at);
        click.propagate(false);
    }
}

fn on_press(
    press: On<Pointer<Press>>,
    names: Names,
    time: Res<Time<Real>>,
    mut held: ResMut<Held>,
) {
    if press.button != PointerButton::Primary {
        return;
    }
    if let Some(name) = names.get(press.entity) {
        held.0 = Some(HeldName {
            pointer: press.pointer_id,
            entity: press.entity,
            name: name.clone(),
            at: press.pointer_location.position,
            since: time.elapsed(),
        });
    }
}

fn on_drag(drag: On<Pointer<Drag>>, held: ResMut<Held>) {
    if drag.distance.length() > SLACK {
        let_go(held, drag.pointer_id);
    }
}

fn let_go(mut held: ResMut<Held>, pointer: PointerId) {
    if held.0.as_ref().is_some_and(|it| it.pointer == pointer) {
        held.0 = None;
    }
}

/// A run condition.
fn is_held(held: Res<Held>) -> bool {
    held.0.is_some()
}

fn open_held(time: Res<Time<Real>>, mut held: ResMut<Held>, mut commands: Commands) {
    let is_over = |it: &mut HeldName| time.elapsed().saturating_sub(it.since) >= HOLD;
    if let Some(held) = held.0.take_if(is_over) {
        request(&mut commands, held.entity, held.name, held.at);
    }
}

fn open_newest(
    _: On<OpenNewestNameMenu>,
    active: ActiveTab,
    notes: Res<ChatNotes>,
    corner: LogCorner,
    mut commands: Commands,
) {
    if let Some(NameActionCall { user, message }) = recent(&active, &notes).into_iter().next() {
        let at = corner.at();
        commands.trigger(OpenNameMenu { user, message, at });
    }
}

/// The upper left corner of the message list, for menus that no pointer has opened.
#[derive(SystemParam)]
pub(super) struct LogCorner<'w, 's> {
    list: Query<'w, 's, (&'static ComputedNode, &'static UiGlobalTransform), With<ChatLog>>,
    scale: Res<'w, UiScale>,
}

impl LogCorner<'_, '_> {
    /// The position in the window, in logical pixels.
    pub(super) fn at(&self) -> Vec2 {
        self.list.iter().next().map_or(Vec2::ZERO, |(node, at)| {
            (at.translation - node.size() / 2.0) * node.inverse_scale_factor() * self.scale.0
        })
    }
}

/// The players who have written in the active tab, each with their newest message, the newest first.
pub(super) fn recent(active: &ActiveTab, notes: &ChatNotes) -> Vec<NameActionCall> {
    let mut players: Vec<NameActionCall> = Vec::new();
    let Some(tab) = active.tab() else {
        return players;
    };
    let me = active.history.user().map(|user| &user.uid);
    let places = OutgoingPlaces::default();
    let feed = Feed::new(tab, &active.history, notes, &places);
    for entry in feed.newest_entries() {
        let is_listed = players
            .iter()
            .any(|player| player.user.uid == entry.sender().uid);
        let is_player = !entry.is_own() && entry.group_action().is_none();
        if is_player && !is_listed && !active.filter.hides(entry, me) {
            players.push(NameActionCall::new(entry.sender().clone(), entry.id()));
            if players.len() == MAX_PLAYERS {
                break;
            }
        }
    }
    players
}
