//! The rows of the list: which line each shows, and where it is.

use bevy::{platform::collections::HashSet, prelude::*};

use super::{
    excerpt,
    feed::ItemKey,
    fold::Fold,
    line_maker::LineMaker,
    row::{Row, RowNodes, Shown},
};
use crate::{
    chat_box::{
        drawn_theme::DrawnTheme, line_style::StyledLine, strings::ChatBoxStrings, tab_id::ChatTabId,
    },
    history::Entry,
};

/// The number of unused rows that are kept for new lines.
const SPARE_ROWS: usize = 1;

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
    /// The tab that was drawn last, and the width of the list then.
    pub(super) drawn_tab: Option<ChatTabId>,
    pub(super) drawn_width: Option<f32>,
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

impl Rows {
    /// The height of a line, if it is laid out.
    pub(super) fn height(&self, key: ItemKey) -> Option<f32> {
        self.rows.iter().find(|row| row.shows_item(key))?.height
    }

    /// Reads the heights that the layout has computed, and cuts long messages. Rows that the game has despawned are made
    /// anew.
    pub(super) fn measure(&mut self, nodes: &RowNodes) {
        self.rows.retain(|row| nodes.rows.contains(row.entity));
        self.used = self.used.min(self.rows.len());
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
            row.hide(nodes);
        }
    }

    /// Sets how far up the lines reach. It grows with them, and shrinks after a change of the size only: then the lines
    /// are laid out once, and long ones once more.
    pub(super) fn update_reach(&mut self, height: f32, is_resized: bool) {
        self.reach = if self.is_reach_outdated {
            height
        } else {
            height.max(self.reach)
        };
        self.is_reach_outdated &= is_resized || self.is_settling;
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
            row.hide(nodes);
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
            row.hide(nodes);
        }
    }
}
