//! The nodes that are always there.

use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    picking::{Pickable, hover::Hovered},
    prelude::*,
    text::{EditableText, LineBreak, TextCursorStyle, TextLayout},
};

use super::{
    announcer,
    chat_box_theme::{ChatBoxCorner, ChatBoxTheme},
    clicks, connection_line, keys,
    look::{Fill, Ink, Sized},
    message_list::{self, MessageList, ScrollBack},
};

/// How many characters a message may have.
pub(super) const LONGEST: usize = 1_000;
/// The size of what is said between the messages and the input, as a factor of the theme's.
const STATUS_SIZE: f32 = 0.87;
/// As high as so many lines the messages are at least.
const LEAST_LINES: f32 = 3.0;

/// The chat box. [`ChatBoxPlugin`](super::ChatBoxPlugin) spawns it, or the game does where it wants it; what it
/// consists of is spawned with it. There is one in an app: a second one stays empty.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct ChatBox;

/// What a node of the chat box is, for a game that changes how it looks.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatBoxPart {
    /// The row of tabs.
    TabBar,
    /// The messages.
    Messages,
    /// What stands there while a tab has no messages.
    Empty,
    /// The button that jumps down.
    Jump,
    /// What is said of a lost connection.
    Connection,
    /// Who is typing; which commands there are.
    Hint,
    /// The row with the input.
    InputRow,
    /// Whom a line goes to.
    Target,
    /// The text that is typed.
    Input,
    /// What stands there while nothing is typed.
    Placeholder,
    /// How many characters are left.
    Counter,
}

/// The nodes of the box.
#[derive(Component)]
pub(super) struct Parts {
    pub(super) tabs: Entity,
    pub(super) list: Entity,
    pub(super) empty: Entity,
    pub(super) jump: Entity,
    status: Entity,
    pub(super) connection: Entity,
    pub(super) hint: Entity,
    pub(super) row: Entity,
    pub(super) target: Entity,
    pub(super) input: Entity,
    pub(super) placeholder: Entity,
    pub(super) counter: Entity,
    pub(super) announcer: Entity,
}

pub(super) fn spawn_box(mut commands: Commands) {
    commands.spawn(ChatBox);
}

pub(super) fn build(
    added: On<Add, ChatBox>,
    theme: Res<ChatBoxTheme>,
    built: Query<(), With<Parts>>,
    mut commands: Commands,
) {
    if !built.is_empty() {
        return tracing::error!("there is a chat box already: a second one stays empty");
    }
    let root = added.entity;
    let theme = theme.seen();
    commands.entity(root).insert((
        panel(&theme),
        Fill(theme.backdrop_color()),
        BackgroundColor(theme.backdrop_color()),
        Hovered::default(),
        GlobalZIndex(10),
    ));
    let tabs = commands
        .spawn((
            ChatBoxPart::TabBar,
            announcer::tab_list_node(),
            ChildOf(root),
            Node {
                column_gap: theme.length(3.0),
                margin: UiRect::bottom(theme.length(5.0)),
                ..default()
            },
        ))
        .id();
    let list = spawn_list(&mut commands, root, &theme);
    let empty = spawn_empty(&mut commands, list, &theme);
    let jump = spawn_jump(&mut commands, list, &theme);
    let status = commands.spawn((ChildOf(root), status_node(&theme))).id();
    let connection = commands
        .spawn((
            ChatBoxPart::Connection,
            announcer::status_node(),
            ChildOf(status),
            words(&theme, STATUS_SIZE, theme.warning),
        ))
        .observe(connection_line::on_click)
        .id();
    let hint = commands
        .spawn((
            ChatBoxPart::Hint,
            ChildOf(status),
            words(&theme, STATUS_SIZE, theme.dim),
            Pickable::IGNORE,
        ))
        .id();
    let row = spawn_row(&mut commands, root, &theme);
    let target = commands
        .spawn((
            ChatBoxPart::Target,
            ChildOf(row),
            words(&theme, 1.0, theme.accent),
            Node {
                flex_shrink: 0.0,
                ..default()
            },
        ))
        .id();
    let (input, placeholder) = spawn_input(&mut commands, row, &theme);
    let counter = commands
        .spawn((
            ChatBoxPart::Counter,
            ChildOf(row),
            words(&theme, 0.87, theme.dim),
        ))
        .id();
    let announcer = commands
        .spawn((
            ChildOf(root),
            Node {
                position_type: PositionType::Absolute,
                ..default()
            },
            announcer::status_node(),
        ))
        .id();
    commands.entity(root).insert(Parts {
        tabs,
        list,
        empty,
        jump,
        status,
        connection,
        hint,
        row,
        target,
        input,
        placeholder,
        counter,
        announcer,
    });
}

/// The node of the box itself, in its corner.
fn panel(theme: &ChatBoxTheme) -> Node {
    let margin = theme.length(theme.margin);
    let (is_top, is_right) = match theme.corner {
        ChatBoxCorner::BottomLeft => (false, false),
        ChatBoxCorner::BottomRight => (false, true),
        ChatBoxCorner::TopLeft => (true, false),
        ChatBoxCorner::TopRight => (true, true),
    };
    let at = |is_here| if is_here { margin } else { Val::Auto };
    Node {
        position_type: PositionType::Absolute,
        left: at(!is_right),
        right: at(is_right),
        top: at(is_top),
        bottom: at(!is_top),
        width: theme.length(theme.width),
        max_width: Val::Vw(96.0),
        flex_direction: FlexDirection::Column,
        padding: UiRect::all(theme.length(8.0)),
        border_radius: BorderRadius::all(theme.length(8.0)),
        ..default()
    }
}

/// The messages are as high as there is to show, within bounds: [`message_list::draw`] sets the height.
fn list_node(theme: &ChatBoxTheme) -> Node {
    Node {
        min_height: theme.lines(LEAST_LINES, 1.0),
        max_height: theme.length(theme.list_height()),
        overflow: Overflow::clip(),
        ..default()
    }
}

/// Where it is said who types and how the connection is: as high as a line, so that nothing moves when one comes.
fn status_node(theme: &ChatBoxTheme) -> Node {
    Node {
        flex_direction: FlexDirection::Column,
        min_height: theme.lines(1.0, STATUS_SIZE),
        margin: UiRect::vertical(theme.length(3.0)),
        ..default()
    }
}

fn spawn_list(commands: &mut Commands, root: Entity, theme: &ChatBoxTheme) -> Entity {
    let list = (
        ChatBoxPart::Messages,
        ChildOf(root),
        MessageList::default(),
        ScrollBack::default(),
        list_node(theme),
        announcer::list_node(),
    );
    let mut list = commands.spawn(list);
    list.observe(message_list::on_scroll);
    list.id()
}

fn spawn_empty(commands: &mut Commands, list: Entity, theme: &ChatBoxTheme) -> Entity {
    let empty = (
        ChatBoxPart::Empty,
        ChildOf(list),
        words(theme, 1.0, theme.dim),
        Node {
            position_type: PositionType::Absolute,
            left: Val::ZERO,
            right: Val::ZERO,
            bottom: Val::ZERO,
            ..default()
        },
        Pickable::IGNORE,
    );
    commands.spawn(empty).id()
}

fn spawn_jump(commands: &mut Commands, list: Entity, theme: &ChatBoxTheme) -> Entity {
    let jump = (
        ChatBoxPart::Jump,
        announcer::button_node(),
        ChildOf(list),
        words(theme, 0.87, theme.backdrop),
        Node {
            position_type: PositionType::Absolute,
            right: theme.length(6.0),
            bottom: theme.length(6.0),
            padding: UiRect::axes(theme.length(9.0), theme.length(3.0)),
            border_radius: BorderRadius::all(theme.length(9.0)),
            ..default()
        },
        Fill(theme.accent),
        BackgroundColor(theme.accent),
        ZIndex(1),
        Visibility::Hidden,
    );
    commands.spawn(jump).observe(clicks::on_jump).id()
}

fn spawn_row(commands: &mut Commands, root: Entity, theme: &ChatBoxTheme) -> Entity {
    let row = (
        ChatBoxPart::InputRow,
        ChildOf(root),
        Node {
            column_gap: theme.length(6.0),
            align_items: AlignItems::Center,
            padding: UiRect::axes(theme.length(7.0), theme.length(4.0)),
            border_radius: BorderRadius::all(theme.length(5.0)),
            ..default()
        },
        Fill(Color::NONE),
        BackgroundColor(Color::NONE),
    );
    commands.spawn(row).observe(clicks::on_input_row).id()
}

/// The text that is typed, and what stands there while there is none.
fn spawn_input(commands: &mut Commands, row: Entity, theme: &ChatBoxTheme) -> (Entity, Entity) {
    let field = commands
        .spawn((
            ChildOf(row),
            Node {
                flex_grow: 1.0,
                flex_basis: Val::ZERO,
                min_width: Val::ZERO,
                overflow: Overflow::clip(),
                ..default()
            },
        ))
        .id();
    let input = commands
        .spawn((
            ChatBoxPart::Input,
            ChildOf(field),
            EditableText {
                max_characters: Some(LONGEST),
                ..default()
            },
            TextLayout::no_wrap(),
            theme.text_font(1.0),
            Sized(1.0),
            Ink(theme.text),
            TextCursorStyle {
                color: theme.text,
                selection_color: theme.accent.with_alpha(0.4),
                unfocused_selection_color: Color::NONE,
                selected_text_color: None,
            },
            Node {
                width: Val::Percent(100.0),
                ..default()
            },
            announcer::input_node(),
        ))
        .observe(keys::on_key)
        .id();
    let placeholder = commands
        .spawn((
            ChatBoxPart::Placeholder,
            ChildOf(field),
            words(theme, 1.0, theme.dim),
            TextLayout::linebreak(LineBreak::NoWrap),
            Node {
                position_type: PositionType::Absolute,
                left: Val::ZERO,
                top: Val::ZERO,
                ..default()
            },
            Pickable::IGNORE,
        ))
        .id();
    (input, placeholder)
}

/// A text that has nothing to say yet.
pub(super) fn words(theme: &ChatBoxTheme, size: f32, color: Color) -> impl Bundle {
    (
        Text::default(),
        theme.text_font(size),
        Sized(size),
        Ink(color),
        TextColor(color),
    )
}

/// Gives the nodes the lengths and colours of a theme that has changed.
pub(super) fn follow_theme(
    theme: Res<ChatBoxTheme>,
    root: Single<(Entity, &Parts)>,
    mut nodes: Query<&mut Node>,
    mut inks: Query<&mut Ink>,
    mut fills: Query<&mut Fill>,
    mut cursors: Query<&mut TextCursorStyle>,
) {
    let theme = theme.seen();
    let (root, parts) = *root;
    let layout = [
        (root, panel(&theme)),
        (parts.list, list_node(&theme)),
        (parts.status, status_node(&theme)),
    ];
    for (entity, node) in layout {
        if let Ok(mut before) = nodes.get_mut(entity) {
            before.set_if_neq(node);
        }
    }
    let colors = [
        (parts.empty, theme.dim),
        (parts.jump, theme.backdrop),
        (parts.connection, theme.warning),
        (parts.hint, theme.dim),
        (parts.target, theme.accent),
        (parts.input, theme.text),
        (parts.placeholder, theme.dim),
        (parts.counter, theme.dim),
    ];
    for (entity, color) in colors {
        if let Ok(mut ink) = inks.get_mut(entity) {
            ink.set_if_neq(Ink(color));
        }
    }
    for (entity, color) in [(root, theme.backdrop_color()), (parts.jump, theme.accent)] {
        if let Ok(mut fill) = fills.get_mut(entity) {
            fill.set_if_neq(Fill(color));
        }
    }
    if let Ok(mut cursor) = cursors.get_mut(parts.input) {
        cursor.color = theme.text;
        cursor.selection_color = theme.accent.with_alpha(0.4);
    }
}

/// The texts of the box.
#[derive(SystemParam)]
pub(super) struct Texts<'w, 's> {
    texts: Query<
        'w,
        's,
        (
            &'static mut Text,
            &'static mut Node,
            Option<&'static mut AccessibilityNode>,
        ),
    >,
}

impl Texts<'_, '_> {
    /// Makes a text say something, if it says something else. One that says nothing takes up no room.
    pub(super) fn say(&mut self, entity: Entity, words: &str) {
        let Ok((mut text, mut node, spoken)) = self.texts.get_mut(entity) else {
            return;
        };
        let display = match words.is_empty() {
            true => Display::None,
            false => Display::Flex,
        };
        if node.display != display {
            node.display = display;
        }
        if text.0 != words {
            words.clone_into(&mut text.0);
            if let Some(mut spoken) = spoken {
                spoken.set_label(words);
            }
        }
    }
}
