//! The parts of the box by keyboard. The input keeps the focus; a ring is around the part that the keys act on.

use accesskit::NodeId;
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    input::keyboard::{Key, KeyboardInput},
    prelude::*,
    ui_widgets::Activate,
};

use crate::chat_box::{
    input::ChatInput,
    menu::opening::OpenMenuOn,
    messages::{ChatJumpButton, ChatMentionButton, LineKey, Lines},
    parts::{BoxOf, has_changed},
    schedules::BoxSchedule,
    state::{ChatBoxState, UserLeft},
    status::ChatConnectionLine,
    tab_bar::ChatTabBar,
    tab_id::ChatTabId,
    theming::Themes,
    whisper_tabs::CloseWhisperTab,
};

/// The order of the ring among the other UI of the game.
const Z_INDEX: i32 = 11;
/// The width of the ring, and its distance from the part, in theme pixels.
const RING_WIDTH: f32 = 2.0;

/// The part of the open box that the keys act on. `None` is the input.
#[derive(Resource, Default, PartialEq)]
pub(super) struct KeyCursor(Option<(Entity, Stop)>);

/// A part of the box that the Tab key stops at.
#[derive(Clone, Copy, PartialEq)]
enum Stop {
    /// The tab bar.
    Tabs(Entity),
    /// A line, or the part of it with this index.
    Line(LineKey, Option<usize>),
    Button(Entity),
}

/// The ring around the part.
#[derive(Component)]
struct FocusRing;

/// Filters the buttons between the messages and the input.
type IsButton = Or<(
    With<ChatMentionButton>,
    With<ChatJumpButton>,
    With<ChatConnectionLine>,
)>;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<KeyCursor>()
        .add_observer(|_: On<UserLeft>, mut cursor: ResMut<KeyCursor>| cursor.0 = None)
        .add_systems(
            BoxSchedule::Draw,
            (
                leave.run_if(has_changed::<ChatBoxState>.or_else(is_gone)),
                draw_ring.run_if(is_away_or_changed),
            )
                .chain(),
        );
}

/// Moves the cursor, and acts on the part at it.
#[derive(SystemParam)]
pub(super) struct Cursor<'w, 's> {
    cursor: ResMut<'w, KeyCursor>,
    pub(super) lines: Lines<'w, 's>,
    buttons: Query<'w, 's, (Entity, &'static InheritedVisibility), IsButton>,
    bars: Query<'w, 's, (Entity, &'static Children), With<ChatTabBar>>,
    nodes: Query<'w, 's, &'static AccessibilityNode, Without<ChatInput>>,
    box_of: BoxOf<'w, 's>,
}

impl Cursor<'_, '_> {
    /// Whether the keys act on a part other than the input.
    pub(super) fn is_away(&self) -> bool {
        self.cursor.0.is_some()
    }

    /// Goes back to the input.
    pub(super) fn leave(&mut self) {
        self.cursor.set_if_neq(KeyCursor::default());
    }

    /// Goes to the next part that the Tab key stops at, or to the one before.
    pub(super) fn change_stop(&mut self, chat_box: Entity, is_back: bool) {
        let is_in_box = |part: Entity| self.box_of.get(part) == Some(chat_box);
        let bars = self.bars.iter().filter(|(bar, _)| is_in_box(*bar));
        let mut stops: Vec<_> = bars.map(|(bar, _)| Stop::Tabs(bar)).collect();
        let current = self.cursor.0.map(|(_, stop)| stop);
        let line = match current {
            Some(Stop::Line(line, _)) => Some(line),
            _ => self.lines.lowest(chat_box),
        };
        stops.extend(line.map(|line| Stop::Line(line, None)));
        let buttons = self.buttons.iter();
        let shown = buttons.filter(|(button, visibility)| {
            visibility.get() && is_in_box(*button) && self.lines.places().rect(*button).is_some()
        });
        stops.extend(shown.map(|(button, _)| Stop::Button(button)));
        let is_current = |stop: &Stop| match (stop, &current) {
            (Stop::Line(..), Some(Stop::Line(..))) => true,
            (stop, current) => Some(*stop) == *current,
        };
        let at = current.map(|_| stops.iter().position(is_current).unwrap_or(0));
        let next = match (at, is_back) {
            (None, true) => stops.last().copied(),
            (None, false) => stops.first().copied(),
            (Some(at), true) => at.checked_sub(1).and_then(|at| stops.get(at).copied()),
            (Some(at), false) => stops.get(at + 1).copied(),
        };
        self.cursor.0 = next.map(|stop| (chat_box, stop));
    }

    /// Handles a key while the cursor is not at the input. Returns whether it was one of the cursor's.
    pub(super) fn handle(
        &mut self,
        key: &KeyboardInput,
        state: &mut Mut<ChatBoxState>,
        neighbor: impl Fn(&ChatTabId, isize) -> Option<ChatTabId>,
        commands: &mut Commands,
    ) -> bool {
        let Some((chat_box, stop)) = self.cursor.0 else {
            return false;
        };
        match (&key.logical_key, stop) {
            (Key::ArrowUp, Stop::Line(line, _)) => self.go_to_line(line, -1),
            (Key::ArrowDown, Stop::Line(line, _)) => self.go_to_line(line, 1),
            (Key::ArrowRight, Stop::Line(line, part)) => {
                let next = part.map_or(0, |part| part + 1);
                if next < self.lines.parts(line).len() {
                    self.cursor.0 = Some((chat_box, Stop::Line(line, Some(next))));
                }
            }
            (Key::ArrowLeft, Stop::Line(line, part)) => {
                let last = part.and_then(|part| part.checked_sub(1));
                self.cursor.0 = Some((chat_box, Stop::Line(line, last)));
            }
            (Key::ArrowLeft | Key::ArrowRight, Stop::Tabs(_)) => {
                let step = if key.logical_key == Key::ArrowLeft {
                    -1
                } else {
                    1
                };
                if let Some(tab) = neighbor(&state.tab, step) {
                    state.tab = tab;
                    state.to = None;
                }
            }
            (Key::Delete, Stop::Tabs(_)) if !key.repeat => {
                commands.trigger(CloseWhisperTab(state.tab.clone()));
            }
            (Key::Enter | Key::Space, _) if !key.repeat => self.activate(stop, commands),
            (Key::Escape, _) => self.leave(),
            (Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight, _) => {}
            (Key::Enter | Key::Space, _) => {}
            (Key::Character(_), _) => {
                // The player goes on writing.
                self.leave();
                return false;
            }
            _ => return false,
        }
        true
    }

    fn go_to_line(&mut self, line: LineKey, step: isize) {
        // Lines above the first existing one are spawned when the list is scrolled.
        let next = self.lines.neighbor(line, step).unwrap_or(line);
        let chat_box = self.cursor.0.map(|(chat_box, _)| chat_box);
        self.cursor.0 = chat_box.map(|chat_box| (chat_box, Stop::Line(next, None)));
        self.lines.show(next);
    }

    fn activate(&mut self, stop: Stop, commands: &mut Commands) {
        match stop {
            Stop::Line(_, None) => self.open_menu(commands),
            Stop::Tabs(_) => self.leave(),
            _ => {
                if let Some(entity) = self.entity(stop) {
                    commands.trigger(Activate { entity });
                }
                if matches!(stop, Stop::Button(_)) {
                    self.leave();
                }
            }
        }
    }

    /// Opens the menu on the name or the message at the cursor.
    pub(super) fn open_menu(&self, commands: &mut Commands) {
        let stop = self.cursor.0.map(|(_, stop)| stop);
        let stop = stop.filter(|stop| matches!(stop, Stop::Line(..)));
        if let Some(part) = stop.and_then(|stop| self.entity(stop)) {
            let at = self.lines.places().menu_at(part);
            commands.trigger(OpenMenuOn { part, at });
        }
    }

    /// The node or span at a stop.
    fn entity(&self, stop: Stop) -> Option<Entity> {
        match stop {
            Stop::Button(button) => Some(button),
            Stop::Line(line, None) => self.lines.row(line),
            Stop::Line(line, Some(part)) => {
                let parts = self.lines.parts(line);
                parts.get(part).copied().or_else(|| self.lines.row(line))
            }
            Stop::Tabs(bar) => {
                let (bar, tabs) = self.bars.get(bar).ok()?;
                let is_active = |tab: &Entity| {
                    let node = self.nodes.get(*tab);
                    node.is_ok_and(|node| node.is_selected() == Some(true))
                };
                Some(tabs.iter().find(is_active).unwrap_or(bar))
            }
        }
    }
}

/// A run condition: the box in which the cursor is was despawned.
fn is_gone(cursor: Res<KeyCursor>, boxes: Query<&ChatBoxState>) -> bool {
    cursor
        .0
        .is_some_and(|(chat_box, _)| !boxes.contains(chat_box))
}

/// Goes back to the input when another box is open, or none.
fn leave(boxes: Query<&ChatBoxState>, mut cursor: Cursor) {
    let is_open = |chat_box: Entity| boxes.get(chat_box).is_ok_and(|state| state.is_open);
    let at = cursor.cursor.0;
    if at.is_some_and(|(chat_box, _)| !is_open(chat_box)) {
        cursor.leave();
    }
}

/// A run condition.
fn is_away_or_changed(cursor: Res<KeyCursor>) -> bool {
    cursor.0.is_some() || cursor.is_changed()
}

/// Draws the ring, and reports the part in it to assistive technology.
fn draw_ring(
    cursor: Cursor,
    themes: Themes,
    mut rings: Query<(Entity, &mut Node), With<FocusRing>>,
    mut inputs: Query<(Entity, &mut AccessibilityNode), With<ChatInput>>,
    mut commands: Commands,
) {
    let part = cursor.cursor.0.and_then(|(_, stop)| cursor.entity(stop));
    let described = part.map(|part| (NodeId(part.to_bits()), cursor.box_of.get(part)));
    for (entity, mut input) in &mut inputs {
        let own = described.filter(|(_, chat_box)| cursor.box_of.get(entity) == *chat_box);
        match own.map(|(part, _)| part) {
            Some(part) if input.active_descendant() != Some(part) => {
                input.set_active_descendant(part);
            }
            Some(_) => {}
            None => input.clear_active_descendant(),
        }
    }
    let rect = part.and_then(|part| Some((part, cursor.lines.places().rect(part)?)));
    let Some((part, rect)) = rect else {
        for (ring, _) in &rings {
            commands.entity(ring).despawn();
        }
        return;
    };
    let theme = themes.of(part);
    let width = theme.to_logical(RING_WIDTH);
    let rect = rect.inflate(width);
    let node = Node {
        position_type: PositionType::Absolute,
        left: Val::Px(rect.min.x),
        top: Val::Px(rect.min.y),
        width: Val::Px(rect.width()),
        height: Val::Px(rect.height()),
        border: UiRect::all(Val::Px(width)),
        border_radius: BorderRadius::all(Val::Px(width * 2.0)),
        ..default()
    };
    match rings.iter_mut().next() {
        Some((_, mut ring)) => {
            ring.set_if_neq(node);
        }
        None => {
            commands.spawn((
                FocusRing,
                node,
                BorderColor::all(theme.own_mention),
                GlobalZIndex(Z_INDEX),
                Pickable::IGNORE,
            ));
        }
    }
}
