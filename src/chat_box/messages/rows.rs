//! The nodes of the lines.
//!
//! A row has two columns: the time, and the rest. What is wrapped, and what follows a line break in a message, is
//! indented by that, so that no message can look like a line of another user.

use accesskit::{Node as AccessNode, Role};
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    platform::collections::HashSet,
    prelude::*,
    text::{ComputedTextBlock, LineBreak, TextBackgroundColor, TextLayout},
};

use super::{
    excerpt::{self, Excerpt},
    feed::ItemKey,
    fold::Fold,
    line_maker::LineMaker,
    scrollbar,
    span::ChatSpan,
};
use crate::chat_box::{
    drawn_theme::DrawnTheme,
    line::{ChatLine, ChatLineAction, ChatLinePart, ChatLinePartKind},
    line_style::StyledLine,
    parts::{
        Clickable, FontScale, ThemedNode, ThemedTextColor, UnfadedBackground, UnfadedTextColor,
        accessible,
    },
    strings::ChatBoxStrings,
};
use crate::{history::Entry, model::MessageId};

/// The number of unused rows that are kept for new lines.
const SPARE_ROWS: usize = 2;
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

/// The rows of the list.
#[derive(Component, Default)]
pub(in crate::chat_box) struct Rows {
    /// The rows in use, from top to bottom, followed by the spare ones.
    rows: Vec<Row>,
    /// The long messages that the player has opened.
    opened: HashSet<ItemKey>,
    /// The maximum height of all lines together since the last login, or change of the theme or the size. The list grows
    /// with its lines and does not shrink.
    pub(super) reach: f32,
    /// Whether `reach` is of another size of the window.
    pub(super) is_reach_outdated: bool,
    /// Changes when all lines have to be made anew.
    pub(super) edition: u64,
    /// Whether a line has not been laid out yet.
    pub(super) is_settling: bool,
    /// The number of rows in use.
    used: usize,
    /// The index of the lowest row that is visible.
    lowest: usize,
    /// The lines that have been made in this frame, if there are line styles.
    pub(super) unstyled: Vec<UnstyledRow>,
}

/// A line that passes the line styles before it is written into its row.
pub(super) struct UnstyledRow {
    row: Entity,
    shown: Shown,
    pub(super) line: StyledLine,
}

/// A row and what it shows.
struct Row {
    entity: Entity,
    time: Entity,
    body: Entity,
    /// The statement that messages are missing before the line, if it was ever made.
    gap: Option<Entity>,
    spans: Vec<Entity>,
    shows: Option<Shown>,
    /// `None` until the row is laid out.
    height: Option<f32>,
    /// Where its text is cut, if it is long.
    excerpt: Option<Excerpt>,
}

/// The version of a line.
#[derive(Clone, Copy, PartialEq)]
struct Shown {
    key: ItemKey,
    message: Option<MessageId>,
    version: u64,
    edition: u64,
    shows_gap: bool,
    shows_new: bool,
    /// The seconds until it is sent.
    seconds: Option<u64>,
    /// The number of items that are folded into it.
    count: usize,
    excerpt: Option<Excerpt>,
    is_opened: bool,
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
    rows: Query<
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
    bodies: Query<'w, 's, (&'static ComputedTextBlock, &'static ComputedNode), With<RowBody>>,
    notes: Query<'w, 's, (&'static mut Text, &'static mut Node), With<RowNote>>,
    spans: Query<'w, 's, SpanParts, (Without<RowNote>, Without<ChatLogRow>)>,
    commands: Commands<'w, 's>,
}

impl Rows {
    /// The height of a line, if it is laid out.
    pub(super) fn height(&self, key: ItemKey) -> Option<f32> {
        self.rows.iter().find(|row| row.shows_item(key))?.height
    }

    /// Reads the heights that the layout has computed, and cuts long messages.
    pub(super) fn measure(&mut self, nodes: &RowNodes) {
        for row in &mut self.rows {
            let Some(shown) = row.shows else { continue };
            let Ok((node, ..)) = nodes.rows.get(row.entity) else {
                continue;
            };
            let height = node.size().y * node.inverse_scale_factor();
            let was_laid_out = row.height.is_some();
            row.height = (height > 0.0).then_some(height);
            if row.height.is_none() || row.excerpt.is_some() || shown.is_opened {
                continue;
            }
            if let Ok((block, node)) = nodes.bodies.get(row.body) {
                row.excerpt = excerpt::of(block, node.size().x);
            }
            if row.excerpt.is_some() && !was_laid_out {
                row.height = None;
            }
        }
    }

    /// Long messages have to be cut anew.
    pub(super) fn forget_excerpts(&mut self) {
        for row in &mut self.rows {
            row.excerpt = None;
        }
    }

    /// The lowest visible line.
    pub(super) fn lowest(&self) -> Option<ItemKey> {
        let shown = self.in_use().get(self.lowest)?.shows;
        shown.map(|shown| shown.key)
    }

    /// The line that many lines below, which is negative above.
    pub(super) fn neighbor(&self, key: ItemKey, step: isize) -> Option<ItemKey> {
        let at = self.in_use().iter().position(|row| row.shows_item(key))?;
        let next = self.in_use().get(at.checked_add_signed(step)?)?;
        next.shows.map(|shown| shown.key)
    }

    pub(super) fn row_of(&self, key: ItemKey) -> Option<Entity> {
        self.row(key).map(|row| row.entity)
    }

    pub(super) fn spans_of(&self, key: ItemKey) -> Option<&[Entity]> {
        self.row(key).map(|row| row.spans.as_slice())
    }

    fn row(&self, key: ItemKey) -> Option<&Row> {
        self.in_use().iter().find(|row| row.shows_item(key))
    }

    fn in_use(&self) -> &[Row] {
        self.rows.get(..self.used).unwrap_or_default()
    }

    /// Whether the line is a long message, cut or opened.
    pub(super) fn is_long(&self, key: ItemKey) -> bool {
        let row = self.rows.iter().find(|row| row.shows_item(key));
        row.is_some_and(|row| row.excerpt.is_some())
    }

    /// Opens a long message, or shows only its start again.
    pub(super) fn toggle(&mut self, key: ItemKey) {
        if !self.opened.remove(&key) {
            self.opened.insert(key);
        }
        self.is_settling = true;
    }

    pub(in crate::chat_box) fn toggle_row(&mut self, entity: Entity) {
        let row = self.rows.iter().find(|row| row.entity == entity);
        if let Some(shown) = row.and_then(|row| row.shows) {
            self.toggle(shown.key);
        }
    }

    /// Despawns all rows: those that are hidden keep their last text.
    pub(super) fn clear(&mut self, commands: &mut Commands) {
        self.opened.clear();
        self.used = 0;
        for row in self.rows.drain(..) {
            commands.entity(row.entity).despawn();
        }
    }

    pub(super) fn hide_all(&mut self, nodes: &mut RowNodes) {
        self.is_settling = false;
        self.used = 0;
        for row in &self.rows {
            hide(row, nodes);
        }
    }

    /// Shows these lines. `anchor` is the index of the lowest visible one, `offset` how far it reaches below the list. A
    /// line that is shown already keeps its row.
    pub(super) fn fill(
        &mut self,
        list: Entity,
        folds: &[Fold],
        anchor: usize,
        offset: f32,
        maker: &LineMaker,
        nodes: &mut RowNodes,
    ) {
        let mut free = std::mem::take(&mut self.rows);
        let known: Vec<_> = folds
            .iter()
            .map(|fold| {
                let at = free.iter().position(|row| row.shows_item(fold.key()))?;
                Some(free.swap_remove(at))
            })
            .collect();
        self.is_settling = false;
        for (fold, known) in folds.iter().zip(known) {
            let row = known.or_else(|| free.pop());
            let mut row = row.unwrap_or_else(|| Row::spawn(list, maker.theme, nodes));
            let key = fold.key();
            let last = row.shows.filter(|shown| shown.key == key);
            if last.is_none() {
                row.height = None;
            }
            if last.is_none_or(|last| last.version != fold.version()) {
                row.excerpt = None;
            }
            let shown = Shown {
                key,
                message: fold.newest.entry().and_then(Entry::id),
                version: fold.version(),
                edition: self.edition,
                shows_gap: maker.shows_gap(fold),
                shows_new: maker.shows_new(fold),
                seconds: maker.seconds_until_sent(fold),
                count: fold.count(),
                excerpt: row.excerpt,
                is_opened: self.opened.contains(&key),
            };
            if last != Some(shown) {
                row.shows = Some(shown);
                if maker.is_styled {
                    self.unstyled.push(UnstyledRow {
                        row: row.entity,
                        shown,
                        line: maker.styled(fold),
                    });
                } else {
                    row.write(maker.line(fold), shown, maker.theme, maker.strings, nodes);
                }
                self.is_settling = true;
            }
            self.rows.push(row);
        }
        (self.used, self.lowest) = (folds.len(), anchor);
        self.place(anchor, offset, nodes);
        for row in free.drain(SPARE_ROWS.min(free.len())..) {
            nodes.commands.entity(row.entity).despawn();
        }
        for row in &free {
            hide(row, nodes);
        }
        self.rows.append(&mut free);
    }

    /// Writes a line that has passed the line styles.
    pub(super) fn write_styled(
        &mut self,
        styled: UnstyledRow,
        theme: &DrawnTheme,
        strings: &ChatBoxStrings,
        nodes: &mut RowNodes,
    ) {
        let row = self.rows.iter_mut().find(|row| row.entity == styled.row);
        if let Some(row) = row {
            row.write(styled.line.line, styled.shown, theme, strings, nodes);
        }
    }

    /// Places the rows above each other. A row that is not laid out yet is hidden and takes up no room.
    fn place(&self, anchor: usize, offset: f32, nodes: &mut RowNodes) {
        let height = |row: &Row| row.height.unwrap_or(0.0);
        let below: f32 = self.rows.iter().skip(anchor + 1).map(height).sum();
        let mut y = offset + below;
        for row in self.rows.iter().rev() {
            if let Ok((_, mut transform, mut visibility, mut role)) = nodes.rows.get_mut(row.entity)
            {
                if row.height.is_some() && role.is_hidden() {
                    role.clear_hidden();
                }
                transform.set_if_neq(UiTransform::from_translation(Val2::px(0.0, y)));
                visibility.set_if_neq(if row.height.is_some() {
                    Visibility::Inherited
                } else {
                    Visibility::Hidden
                });
            }
            y -= height(row);
        }
    }

    /// Hides the row at a position: nothing of it would be visible but a part of a line of text.
    pub(super) fn hide(&self, position: usize, nodes: &mut RowNodes) {
        if let Some(row) = self.rows.get(position) {
            hide(row, nodes);
        }
    }
}

impl Row {
    fn spawn(list: Entity, theme: &DrawnTheme, nodes: &mut RowNodes) -> Self {
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

    fn shows_item(&self, key: ItemKey) -> bool {
        self.shows.is_some_and(|shown| shown.key == key)
    }

    /// Replaces the text, span by span.
    fn write(
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

fn hide(row: &Row, nodes: &mut RowNodes) {
    if let Ok((_, _, mut visibility, mut role)) = nodes.rows.get_mut(row.entity) {
        if !role.is_hidden() {
            role.set_hidden();
        }
        visibility.set_if_neq(Visibility::Hidden);
    }
}
