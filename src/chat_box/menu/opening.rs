//! What opens the menus: the right mouse button or a long press on a name or a message, and events.

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
        active_tab::{ActiveTab, ActiveTabs},
        line::ChatLinePartKind,
        main_box::MainBox,
        messages::{ChatLog, ChatLogRow, ChatSpan, Feed, OutgoingPlaces},
        notes::ChatNotes,
        parts::BoxOf,
        player_name::{PlayerName, ShownMessage},
        schedules::BoxSchedule,
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

/// Opens the menu on the name of a player. A game triggers it for names that can't be clicked.
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct OpenNameMenu {
    /// The player.
    pub user: Arc<User>,
    /// The message beside the name, which a report names.
    pub message: Option<MessageId>,
    /// The position in the window at which the menu opens, in logical pixels.
    pub at: Vec2,
    /// The box with the players between whom the arrow keys switch. `None` for the main box.
    pub(super) chat_box: Option<Entity>,
}

impl OpenNameMenu {
    /// The menu on a name without a message.
    pub fn new(user: impl Into<Arc<User>>, at: Vec2) -> Self {
        Self {
            user: user.into(),
            message: None,
            at,
            chat_box: None,
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
    /// Whether the game has handled it. The chat box then opens no menu.
    pub is_handled: bool,
}

/// Opens the menu on a name, if the game does not open its own.
fn request(
    commands: &mut Commands,
    entity: Entity,
    name: PlayerName,
    at: Vec2,
    chat_box: Option<Entity>,
) {
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
                chat_box,
            });
        }
    });
}

/// Opens the menu on the name of the player with the newest line in the active tab, for a key or a button.
#[derive(Event)]
pub(in crate::chat_box) struct OpenNewestNameMenu;

/// Opens the menu on a message, if the history holds it. A game triggers it for messages that it shows and that can't
/// be clicked.
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct OpenMessageMenu {
    /// The message.
    pub message: MessageId,
    /// The position in the window at which the menu opens, in logical pixels.
    pub at: Vec2,
    /// The box with the messages between which the arrow keys switch. `None` for the main box.
    pub(super) chat_box: Option<Entity>,
}

impl OpenMessageMenu {
    /// The menu on a message.
    pub const fn new(message: MessageId, at: Vec2) -> Self {
        Self {
            message,
            at,
            chat_box: None,
        }
    }
}

/// Opens the menu on a part of the box, if it has one.
#[derive(Event)]
pub(in crate::chat_box) struct OpenMenuOn {
    pub(in crate::chat_box) part: Entity,
    pub(in crate::chat_box) at: Vec2,
}

/// Changes the menu to the player or message this number of players or messages earlier. A negative number is later.
#[derive(Event)]
pub(super) struct MenuStep(pub(super) isize);

/// A name or a message that is pressed.
#[derive(Resource, Default)]
struct Held(Option<HeldPart>);

struct HeldPart {
    pointer: PointerId,
    entity: Entity,
    part: PartWithMenu,
    at: Vec2,
    since: Duration,
}

/// What has a menu, and the box that it is in.
struct PartWithMenu {
    subject: Subject,
    chat_box: Option<Entity>,
}

enum Subject {
    Name(PlayerName),
    Message(MessageId),
}

impl PartWithMenu {
    fn open(self, entity: Entity, at: Vec2, commands: &mut Commands) {
        let chat_box = self.chat_box;
        match self.subject {
            Subject::Name(name) => request(commands, entity, name, at, chat_box),
            Subject::Message(message) => commands.trigger(OpenMessageMenu {
                message,
                at,
                chat_box,
            }),
        }
    }
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
        .add_observer(open_on)
        .add_observer(open_newest)
        .add_systems(BoxSchedule::Update, open_held.run_if(is_held));
}

/// The parts that have a menu.
#[derive(SystemParam)]
struct PartsWithMenu<'w, 's> {
    spans: Query<'w, 's, &'static ChatSpan>,
    names: Query<'w, 's, &'static PlayerName>,
    rows: Query<'w, 's, &'static ChatLogRow>,
    messages: Query<'w, 's, &'static ShownMessage>,
    parents: Query<'w, 's, &'static ChildOf>,
    box_of: BoxOf<'w, 's>,
}

impl PartsWithMenu<'_, '_> {
    /// What is on a node or a span, or on one around it.
    fn find(&self, entity: Entity) -> Option<PartWithMenu> {
        let mut path = std::iter::once(entity).chain(self.parents.iter_ancestors(entity));
        let is_elsewhere = |span: &ChatSpan| span.name.is_none() && !is_content(span.kind);
        if self.spans.get(entity).is_ok_and(is_elsewhere) {
            return None;
        }
        let subject = path.find_map(|entity| {
            let span = self.spans.get(entity).ok();
            let name = span.and_then(|span| span.name.as_ref());
            let name = name.or_else(|| self.names.get(entity).ok());
            let shown = self.messages.get(entity).ok().map(|it| it.0);
            let message = shown.or_else(|| self.rows.get(entity).ok()?.message);
            let message = message.map(Subject::Message);
            name.cloned().map(Subject::Name).or(message)
        });
        Some(PartWithMenu {
            subject: subject?,
            chat_box: self.box_of.get(entity),
        })
    }
}

/// Whether the right button on a part of a line opens the menu of the message.
const fn is_content(kind: Option<ChatLinePartKind>) -> bool {
    use ChatLinePartKind::{Chip, Link, Mention, Quote, Remark, Text};
    matches!(kind, Some(Text | Mention | Link | Chip | Quote | Remark))
}

fn on_click(mut click: On<Pointer<Click>>, parts: PartsWithMenu, mut commands: Commands) {
    if click.button != PointerButton::Secondary || click.entity != click.original_event_target() {
        return;
    }
    if let Some(part) = parts.find(click.entity) {
        part.open(click.entity, click.pointer_location.position, &mut commands);
        click.propagate(false);
    }
}

fn open_on(menu: On<OpenMenuOn>, parts: PartsWithMenu, mut commands: Commands) {
    if let Some(part) = parts.find(menu.part) {
        part.open(menu.part, menu.at, &mut commands);
    }
}

fn on_press(
    press: On<Pointer<Press>>,
    parts: PartsWithMenu,
    time: Res<Time<Real>>,
    mut held: ResMut<Held>,
) {
    if press.button != PointerButton::Primary || press.entity != press.original_event_target() {
        return;
    }
    if let Some(part) = parts.find(press.entity) {
        held.0 = Some(HeldPart {
            pointer: press.pointer_id,
            entity: press.entity,
            part,
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
    let is_over = |it: &mut HeldPart| time.elapsed().saturating_sub(it.since) >= HOLD;
    if let Some(held) = held.0.take_if(is_over) {
        held.part.open(held.entity, held.at, &mut commands);
    }
}

fn open_newest(
    _: On<OpenNewestNameMenu>,
    active: ActiveTabs,
    notes: Res<ChatNotes>,
    corner: LogCorner,
    mut commands: Commands,
) {
    let recent = active.main().map(|active| recent(&active, &notes));
    if let Some(NameActionCall { user, message }) = recent.into_iter().flatten().next() {
        commands.trigger(OpenNameMenu {
            user,
            message,
            at: corner.at(),
            chat_box: None,
        });
    }
}

/// The upper left corner of the message list of the main box, for menus that no pointer has opened.
#[derive(SystemParam)]
pub(super) struct LogCorner<'w, 's> {
    lists: Query<'w, 's, PlacedList, With<ChatLog>>,
    main: MainBox<'w, 's>,
    scale: Res<'w, UiScale>,
}

/// A list, a child of its box.
type PlacedList = (
    &'static ComputedNode,
    &'static UiGlobalTransform,
    &'static ChildOf,
);

impl LogCorner<'_, '_> {
    /// The position in the window, in logical pixels.
    pub(super) fn at(&self) -> Vec2 {
        let main = self.main.get();
        let mut lists = self.lists.iter();
        let list = lists.find(|(.., child_of)| Some(child_of.parent()) == main);
        list.map_or(Vec2::ZERO, |(node, at, _)| {
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
    let feed = Feed::new(tab, active.history, notes, &places);
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
