//! The nodes of one line.
//!
//! A row has two columns: the time, and the rest. What is wrapped, and what follows a line break in a message, is
//! indented by that, so that no message can look like a line of another user.

use accesskit::{Node as AccessNode, Role};
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    prelude::*,
    text::{ComputedTextBlock, LineBreak, TextBackgroundColor, TextLayout},
};

use super::{excerpt::Excerpt, feed::ItemKey, scrollbar, span::ChatSpan};
use crate::chat_box::{
    drawn_theme::DrawnTheme,
    line::{ChatLine, ChatLineAction, ChatLinePart, ChatLinePartKind},
    parts::{
        Clickable, FontScale, ThemedNode, ThemedTextColor, UnfadedBackground, UnfadedTextColor,
        accessible,
    },
    strings::ChatBoxStrings,
};
use crate::model::MessageId;

/// The space above and below a line, in theme pixels.
pub(super) const PADDING: f32 = 1.0;

/// A row of the [`ChatLog`](super::ChatLog), which shows a line: a text with the time, and one with the rest, whose spans
/// are its children, each with a [`ChatSpan`]. A row is reused for other lines.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
#[non_exhaustive]
pub struct ChatLogRow {
    /// The message that the line shows, the newest of several. `None` for a note, and before the message is sent.
    #[reflect(ignore)]
    pub message: Option<MessageId>,
}

/// The text of a row that has no spans: the time, or the statement that messages are missing.
#[derive(Component)]
pub(super) struct RowNote;

/// The text of a row with spans.
#[derive(Component)]
pub(super) struct RowBody;

/// A row and what it shows.
pub(super) struct Row {
    pub(super) entity: Entity,
    pub(super) time: Entity,
    pub(super) body: Entity,
    /// The statement that messages are missing before the line, if it was ever made.
    pub(super) gap: Option<Entity>,
    pub(super) spans: Vec<Entity>,
    pub(super) shows: Option<Shown>,
    /// `None` until the row is laid out.
    pub(super) height: Option<f32>,
    /// Where its text is cut, if it is long.
    pub(super) excerpt: Option<Excerpt>,
}

/// The version of a line.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Shown {
    pub(super) key: ItemKey,
    pub(super) message: Option<MessageId>,
    pub(super) version: u64,
    pub(super) edition: u64,
    pub(super) shows_gap: bool,
    pub(super) shows_new: bool,
    /// The seconds until it is sent.
    pub(super) seconds: Option<u64>,
    /// The number of items that are folded into it.
    pub(super) count: usize,
    pub(super) excerpt: Option<Excerpt>,
    pub(super) is_opened: bool,
}

/// The components of a text span that are written.
type SpanParts = (
    &'static mut TextSpan,
    &'static mut UnfadedTextColor,
    &'static mut UnfadedBackground,
    &'static mut ChatSpan,
    &'static mut Clickable,
    &'static mut AccessibilityNode,
);

/// Access to the nodes of the rows.
#[derive(SystemParam)]
pub(super) struct RowNodes<'w, 's> {
    pub(super) rows: Query<
        'w,
        's,
        (
            &'static ComputedNode,
            &'static mut UiTransform,
            &'static mut Visibility,
            &'static mut AccessibilityNode,
        ),
        With<ChatLogRow>,
    >,
    pub(super) bodies:
        Query<'w, 's, (&'static ComputedTextBlock, &'static ComputedNode), With<RowBody>>,
    notes: Query<'w, 's, (&'static mut Text, &'static mut Node), With<RowNote>>,
    spans: Query<'w, 's, SpanParts, (Without<RowNote>, Without<ChatLogRow>)>,
    pub(super) commands: Commands<'w, 's>,
}

impl Row {
    pub(super) fn spawn(list: Entity, theme: &DrawnTheme, nodes: &mut RowNodes) -> Self {
        let mut row = nodes.commands.spawn((
            ChatLogRow::default(),
            ChildOf(list),
            ThemedNode(row_node),
            row_node(theme),
            Visibility::Hidden,
            accessible(Role::ListItem),
        ));
        let entity = row.id();
        let (mut time, mut body) = (entity, entity);
        row.with_children(|row| {
            time = row.spawn(note(theme, Val::Auto)).id();
            body = row
                .spawn((
                    RowBody,
                    accessible(Role::GenericContainer),
                    Text::default(),
                    TextLayout::linebreak(LineBreak::WordOrCharacter),
                    theme.text_font(1.0),
                    FontScale(1.0),
                    Node {
                        flex_grow: 1.0,
                        flex_basis: Val::ZERO,
                        min_width: Val::ZERO,
                        ..default()
                    },
                ))
                .id();
        });
        Self {
            entity,
            time,
            body,
            gap: None,
            spans: Vec::new(),
            shows: None,
            height: None,
            excerpt: None,
        }
    }

    pub(super) fn shows_item(&self, key: ItemKey) -> bool {
        self.shows.is_some_and(|shown| shown.key == key)
    }

    pub(super) fn hide(&self, nodes: &mut RowNodes) {
        if let Ok((_, _, mut visibility, mut role)) = nodes.rows.get_mut(self.entity) {
            if !role.is_hidden() {
                role.set_hidden();
            }
            visibility.set_if_neq(Visibility::Hidden);
        }
    }

    /// Replaces the text, span by span.
    pub(super) fn write(
        &mut self,
        line: ChatLine,
        shown: Shown,
        theme: &DrawnTheme,
        strings: &ChatBoxStrings,
        nodes: &mut RowNodes,
    ) {
        let label = accessible_line(&line);
        let message = shown.message;
        let mut row = nodes.commands.entity(self.entity);
        row.insert((label, ChatLogRow { message }));
        let mut parts = line.parts;
        let new = take_first(&mut parts, ChatLinePartKind::New);
        let gap = take_first(&mut parts, ChatLinePartKind::Gap);
        let above: String = new.into_iter().chain(gap).collect();
        let time = take_first(&mut parts, ChatLinePartKind::Time);
        self.write_gap(&above, theme, nodes);
        write_note(self.time, time.as_deref().unwrap_or_default(), nodes);
        if shown.is_opened {
            parts.push(toggle(&strings.less, theme));
        } else if let Some(excerpt) = shown.excerpt {
            parts = excerpt.cut(parts, toggle(&strings.more, theme));
        }
        self.write_body(parts, theme, nodes);
    }

    /// Writes what is above the line.
    fn write_gap(&mut self, text: &str, theme: &DrawnTheme, nodes: &mut RowNodes) {
        match self.gap {
            Some(gap) => write_note(gap, text.trim_end(), nodes),
            None if text.is_empty() => {}
            None => {
                let gap = nodes.commands.spawn(note(theme, Val::Percent(100.0))).id();
                nodes
                    .commands
                    .entity(gap)
                    .insert(Text::new(text.trim_end()));
                nodes
                    .commands
                    .entity(self.entity)
                    .insert_children(0, &[gap]);
                self.gap = Some(gap);
            }
        }
    }

    fn write_body(&mut self, parts: Vec<ChatLinePart>, theme: &DrawnTheme, nodes: &mut RowNodes) {
        let count = parts.len();
        for (position, part) in parts.into_iter().enumerate() {
            let role = accessible_part(&part);
            let color = UnfadedTextColor(part.color);
            let background = UnfadedBackground(part.background);
            let clickable = Clickable(part.action.is_some());
            let shows = ChatSpan::of(&part);
            let Some(span) = self.spans.get(position) else {
                let span = nodes.commands.spawn((
                    ChildOf(self.body),
                    TextSpan(part.text),
                    theme.text_font(1.0),
                    FontScale(1.0),
                    TextBackgroundColor(Color::NONE),
                    color,
                    background,
                    shows,
                    clickable,
                    role,
                ));
                self.spans.push(span.id());
                continue;
            };
            if let Ok(mut span) = nodes.spans.get_mut(*span) {
                span.0.0 = part.text;
                span.1.set_if_neq(color);
                span.2.set_if_neq(background);
                *span.3 = shows;
                span.4.set_if_neq(clickable);
                *span.5 = role;
            }
        }
        for span in self.spans.iter().skip(count) {
            if let Ok((mut text, _, mut background, mut shows, mut clickable, mut role)) =
                nodes.spans.get_mut(*span)
            {
                *role = hidden_part();
                text.0.clear();
                background.set_if_neq(UnfadedBackground(Color::NONE));
                *shows = ChatSpan::default();
                clickable.set_if_neq(Clickable(false));
            }
        }
    }
}

fn row_node(theme: &DrawnTheme) -> Node {
    Node {
        position_type: PositionType::Absolute,
        left: Val::ZERO,
        right: theme.length(scrollbar::WIDTH),
        bottom: Val::ZERO,
        padding: UiRect::vertical(theme.length(PADDING)),
        flex_wrap: FlexWrap::Wrap,
        column_gap: theme.length(5.0),
        ..default()
    }
}

/// The button after a long message that opens or closes it.
fn toggle(label: &str, theme: &DrawnTheme) -> ChatLinePart {
    ChatLinePart {
        action: Some(ChatLineAction::ToggleLong),
        ..ChatLinePart::new(ChatLinePartKind::Button, format!(" {label}"), theme.accent)
    }
}

/// Takes the text of the first part, if it is of this kind.
fn take_first(parts: &mut Vec<ChatLinePart>, kind: ChatLinePartKind) -> Option<String> {
    let is_first = parts.first().is_some_and(|part| part.kind == kind);
    is_first.then(|| parts.remove(0).text)
}

/// A text without spans, in the colour of secondary texts.
fn note(theme: &DrawnTheme, basis: Val) -> impl Bundle {
    (
        RowNote,
        Text::default(),
        TextLayout::no_wrap(),
        theme.text_font(1.0),
        FontScale(1.0),
        ThemedTextColor(|theme| theme.dim),
        UnfadedTextColor(theme.dim),
        note_node(basis, Display::Flex),
        Pickable::IGNORE,
    )
}

fn note_node(basis: Val, display: Display) -> Node {
    Node {
        flex_basis: basis,
        flex_shrink: 0.0,
        display,
        ..default()
    }
}

fn write_note(note: Entity, text: &str, nodes: &mut RowNodes) {
    let display = if text.is_empty() {
        Display::None
    } else {
        Display::Flex
    };
    let Ok((mut shown, mut node)) = nodes.notes.get_mut(note) else {
        // It is spawned in this frame.
        let text = Text::new(text.trim_end());
        let node = note_node(Val::Auto, display);
        nodes.commands.entity(note).insert((text, node));
        return;
    };
    if node.display != display {
        node.display = display;
    }
    if shown.0 != text.trim_end() {
        shown.0 = text.trim_end().into();
    }
}

/// A part of a line for assistive technology. Parts on which there is nothing to do are in the label of the line.
fn accessible_part(part: &ChatLinePart) -> AccessibilityNode {
    if part.action.is_none() && part.name.is_none() {
        return hidden_part();
    }
    let is_link = part.kind == ChatLinePartKind::Link;
    let mut node = accessible(if is_link { Role::Link } else { Role::Button });
    node.set_label(part.text.trim());
    node
}

fn hidden_part() -> AccessibilityNode {
    let mut node = AccessNode::new(Role::GenericContainer);
    node.set_hidden();
    node.into()
}

fn accessible_line(line: &ChatLine) -> AccessibilityNode {
    let mut node = accessible(Role::ListItem);
    node.set_label(line.text());
    node
}
