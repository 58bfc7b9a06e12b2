//! The lines as the keyboard goes through them.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{feed::ItemKey, rows::Rows, scroll::ScrollPosition};
use crate::chat_box::{activation::PartPlaces, messages::ChatLog, parts::Clickable};

/// A line of a list, which stays the same while others come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chat_box) struct LineKey {
    list: Entity,
    item: ItemKey,
}

/// A list, a child of its box.
type List = (
    Entity,
    &'static Rows,
    &'static mut ScrollPosition,
    &'static ChildOf,
);

/// The lines of the lists.
#[derive(SystemParam)]
pub(in crate::chat_box) struct Lines<'w, 's> {
    lists: Query<'w, 's, List, With<ChatLog>>,
    clickable: Query<'w, 's, &'static Clickable>,
    places: PartPlaces<'w, 's>,
}

impl Lines<'_, '_> {
    /// The lowest visible line in a box.
    pub(in crate::chat_box) fn lowest(&self, chat_box: Entity) -> Option<LineKey> {
        let mut lists = self.lists.iter();
        let (list, rows, ..) = lists.find(|(.., child_of)| child_of.parent() == chat_box)?;
        rows.lowest().map(|item| LineKey { list, item })
    }

    /// The line that many lines below, which is negative above.
    pub(in crate::chat_box) fn neighbor(&self, line: LineKey, step: isize) -> Option<LineKey> {
        let item = self.rows(line)?.neighbor(line.item, step)?;
        Some(LineKey { item, ..line })
    }

    /// The node of a line.
    pub(in crate::chat_box) fn row(&self, line: LineKey) -> Option<Entity> {
        self.rows(line)?.row_of(line.item)
    }

    fn rows(&self, line: LineKey) -> Option<&Rows> {
        self.lists.get(line.list).ok().map(|(_, rows, ..)| rows)
    }

    /// The parts of a line that can be clicked, in order.
    pub(in crate::chat_box) fn parts(&self, line: LineKey) -> Vec<Entity> {
        let is_clickable = |span: &Entity| self.clickable.get(*span).is_ok_and(|it| it.0);
        let spans = self.rows(line).and_then(|rows| rows.spans_of(line.item));
        let spans = spans.into_iter().flatten().copied();
        spans.filter(is_clickable).collect()
    }

    /// Scrolls so that a line is visible.
    pub(in crate::chat_box) fn show(&mut self, line: LineKey) {
        let row = self.row(line).and_then(|row| self.places.rect(row));
        let list = self.places.rect(line.list);
        let (Some(row), Some(list)) = (row, list) else {
            return;
        };
        let Ok((_, _, mut position, _)) = self.lists.get_mut(line.list) else {
            return;
        };
        if row.min.y < list.min.y {
            position.scroll(list.min.y - row.min.y);
        } else if row.max.y > list.max.y {
            position.scroll(list.max.y - row.max.y);
        }
    }

    /// Scrolls the list of a box up by a part of its height.
    pub(in crate::chat_box) fn scroll(&mut self, chat_box: Entity, part: f32) {
        for (list, _, mut position, child_of) in &mut self.lists {
            if child_of.parent() == chat_box {
                let height = self.places.rect(list).map_or(0.0, |rect| rect.height());
                position.scroll(height * part);
            }
        }
    }

    /// Opens the lowest long message that is visible in a box, or shows only its start again.
    pub(in crate::chat_box) fn toggle_long(&mut self, chat_box: Entity) {
        for (_, _, mut position, child_of) in &mut self.lists {
            if child_of.parent() == chat_box {
                position.toggle_long();
            }
        }
    }

    pub(in crate::chat_box) fn places(&self) -> &PartPlaces<'_, '_> {
        &self.places
    }
}
