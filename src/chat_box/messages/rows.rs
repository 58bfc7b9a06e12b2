//! The nodes of the lines.

use accesskit::{Node as AccessNode, Role};
use bevy::{
    a11y::AccessibilityNode,
    ecs::system::SystemParam,
    prelude::*,
    text::{LineBreak, TextBackgroundColor, TextLayout},
};

use super::{
    clicks::SpanAction,
    feed::{Item, ItemKey},
    line_maker::LineMaker,
};
use crate::chat_box::{
    line::ChatLine,
    parts::{Clickable, FontScale, UnfadedBackground, UnfadedTextColor, accessible},
};

/// The number of unused rows that are kept for new lines.
const SPARE_ROWS: usize = 2;

/// A row of the [`ChatLog`](super::ChatLog), which shows a line. Its spans are its children. A row is reused for other
/// lines.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatLogRow;

/// The rows of the list.
#[derive(Component, Default)]
pub(super) struct Rows {
    /// The rows in use, from top to bottom, followed by the spare ones.
    rows: Vec<Row>,
    /// The maximum height of all lines together since the last login or change of the theme. The list grows with its
    /// lines and does not shrink.
    pub(super) reach: f32,
    /// Changes when all lines have to be made anew.
    pub(super) edition: u64,
    /// Whether a line has not been laid out yet.
    pub(super) is_settling: bool,
}

/// A row and what it shows.
struct Row {
    entity: Entity,
    spans: Vec<Entity>,
    shows: Option<Shown>,
    /// `None` until the row is laid out.
    height: Option<f32>,
}

/// The version of a line.
#[derive(Clone, Copy, PartialEq)]
struct Shown {
    key: ItemKey,
    version: u64,
    edition: u64,
    shows_gap: bool,
    /// The seconds until it is sent.
    seconds: Option<u64>,
}

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
        ),
        With<ChatLogRow>,
    >,
    spans: Query<
        'w,
        's,
        (
            &'static mut TextSpan,
            &'static mut UnfadedTextColor,
            &'static mut UnfadedBackground,
            &'static mut SpanAction,
            &'static mut Clickable,
        ),
    >,
    commands: Commands<'w, 's>,
}

impl Rows {
    /// The height of a line, if it is laid out.
    pub(super) fn height(&self, key: ItemKey) -> Option<f32> {
        self.rows.iter().find(|row| row.shows_item(key))?.height
    }

    /// Reads the heights that the layout has computed.
    pub(super) fn measure(&mut self, nodes: &RowNodes) {
        for row in self.rows.iter_mut().filter(|row| row.shows.is_some()) {
            if let Ok((node, ..)) = nodes.rows.get(row.entity) {
                let height = node.size().y * node.inverse_scale_factor();
                row.height = (height > 0.0).then_some(height);
            }
        }
    }

    /// Despawns all rows: those that are hidden keep their last text.
    pub(super) fn clear(&mut self, commands: &mut Commands) {
        for row in self.rows.drain(..) {
            commands.entity(row.entity).despawn();
        }
    }

    pub(super) fn hide_all(&mut self, nodes: &mut RowNodes) {
        self.is_settling = false;
        for row in &self.rows {
            hide(row, nodes);
        }
    }

    /// Shows these items. `anchor` is the index of the lowest visible one, `offset` how far it reaches below the list.
    /// A line that is shown already keeps its row.
    pub(super) fn fill(
        &mut self,
        list: Entity,
        items: &[Item],
        anchor: usize,
        offset: f32,
        maker: &LineMaker,
        nodes: &mut RowNodes,
    ) {
        let mut free = std::mem::take(&mut self.rows);
        let known: Vec<_> = items
            .iter()
            .map(|item| {
                let at = free.iter().position(|row| row.shows_item(item.key()))?;
                Some(free.swap_remove(at))
            })
            .collect();
        self.is_settling = false;
        for (item, known) in items.iter().zip(known) {
            let row = known.or_else(|| free.pop());
            let mut row = row.unwrap_or_else(|| Row::spawn(list, maker, nodes));
            let shown = Shown {
                key: item.key(),
                version: item.version(),
                edition: self.edition,
                shows_gap: maker.shows_gap(item),
                seconds: maker.seconds_until_sent(item),
            };
            if row.shows != Some(shown) {
                if !row.shows_item(shown.key) {
                    row.height = None;
                }
                row.shows = Some(shown);
                row.write(maker.line(*item), maker, nodes);
                self.is_settling = true;
            }
            self.rows.push(row);
        }
        self.place(anchor, offset, nodes);
        for row in free.drain(SPARE_ROWS.min(free.len())..) {
            nodes.commands.entity(row.entity).despawn();
        }
        for row in &free {
            hide(row, nodes);
        }
        self.rows.append(&mut free);
    }

    /// Places the rows above each other. A row that is not laid out yet is hidden and takes up no room.
    fn place(&self, anchor: usize, offset: f32, nodes: &mut RowNodes) {
        let height = |row: &Row| row.height.unwrap_or(0.0);
        let below: f32 = self.rows.iter().skip(anchor + 1).map(height).sum();
        let mut y = offset + below;
        for row in self.rows.iter().rev() {
            if let Ok((_, mut transform, mut visibility)) = nodes.rows.get_mut(row.entity) {
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
}

impl Row {
    fn spawn(list: Entity, maker: &LineMaker, nodes: &mut RowNodes) -> Self {
        let entity = nodes.commands.spawn((
            ChatLogRow,
            ChildOf(list),
            Node {
                position_type: PositionType::Absolute,
                left: Val::ZERO,
                right: Val::ZERO,
                bottom: Val::ZERO,
                padding: UiRect::vertical(maker.theme.length(1.0)),
                ..default()
            },
            Text::default(),
            TextLayout::linebreak(LineBreak::WordOrCharacter),
            maker.theme.text_font(1.0),
            FontScale(1.0),
            Visibility::Hidden,
            accessible(Role::ListItem),
        ));
        Self {
            entity: entity.id(),
            spans: Vec::new(),
            shows: None,
            height: None,
        }
    }

    fn shows_item(&self, key: ItemKey) -> bool {
        self.shows.is_some_and(|shown| shown.key == key)
    }

    /// Replaces the text, span by span.
    fn write(&mut self, line: ChatLine, maker: &LineMaker, nodes: &mut RowNodes) {
        let label = accessible_line(&line);
        nodes.commands.entity(self.entity).insert(label);
        let count = line.parts.len();
        for (position, part) in line.parts.into_iter().enumerate() {
            let color = UnfadedTextColor(part.color);
            let background = UnfadedBackground(part.background);
            let clickable = Clickable(part.action.is_some());
            let Some(span) = self.spans.get(position) else {
                let span = nodes.commands.spawn((
                    ChildOf(self.entity),
                    TextSpan(part.text),
                    maker.theme.text_font(1.0),
                    FontScale(1.0),
                    TextBackgroundColor(Color::NONE),
                    color,
                    background,
                    SpanAction(part.action),
                    clickable,
                ));
                self.spans.push(span.id());
                continue;
            };
            if let Ok(mut span) = nodes.spans.get_mut(*span) {
                span.0.0 = part.text;
                span.1.set_if_neq(color);
                span.2.set_if_neq(background);
                span.3.0 = part.action;
                span.4.set_if_neq(clickable);
            }
        }
        for span in self.spans.iter().skip(count) {
            if let Ok((mut text, _, mut background, mut action, mut clickable)) =
                nodes.spans.get_mut(*span)
            {
                text.0.clear();
                background.set_if_neq(UnfadedBackground(Color::NONE));
                action.0 = None;
                clickable.set_if_neq(Clickable(false));
            }
        }
    }
}

fn accessible_line(line: &ChatLine) -> AccessibilityNode {
    let mut node = AccessNode::new(Role::ListItem);
    node.set_label(line.text());
    node.into()
}

fn hide(row: &Row, nodes: &mut RowNodes) {
    if let Ok((_, _, mut visibility)) = nodes.rows.get_mut(row.entity) {
        visibility.set_if_neq(Visibility::Hidden);
    }
}
