//! The lines as the keyboard goes through them.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{feed::ItemKey, rows::Rows, scroll::ScrollPosition};
use crate::chat_box::{activation::PartPlaces, messages::ChatLog, parts::Clickable};

/// A line, which stays the same while others come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chat_box) struct LineKey(ItemKey);

/// The lines of the list.
#[derive(SystemParam)]
pub(in crate::chat_box) struct Lines<'w, 's> {
    lists: Query<'w, 's, (Entity, &'static Rows, &'static mut ScrollPosition), With<ChatLog>>,
    clickable: Query<'w, 's, &'static Clickable>,
    places: PartPlaces<'w, 's>,
}

impl Lines<'_, '_> {
    /// The lowest visible line.
    pub(in crate::chat_box) fn lowest(&self) -> Option<LineKey> {
        let (_, rows, _) = self.lists.iter().next()?;
        rows.lowest().map(LineKey)
    }

    /// The line that many lines below, which is negative above.
    pub(in crate::chat_box) fn neighbor(&self, line: LineKey, step: isize) -> Option<LineKey> {
        let (_, rows, _) = self.lists.iter().next()?;
        rows.neighbor(line.0, step).map(LineKey)
    }

    /// The node of a line.
    pub(in crate::chat_box) fn row(&self, line: LineKey) -> Option<Entity> {
        let (_, rows, _) = self.lists.iter().next()?;
        rows.row_of(line.0)
    }

    /// The parts of a line that can be clicked, in order.
    pub(in crate::chat_box) fn parts(&self, line: LineKey) -> Vec<Entity> {
        let is_clickable = |span: &Entity| self.clickable.get(*span).is_ok_and(|it| it.0);
        let rows = self.lists.iter().next();
        let spans = rows.and_then(|(_, rows, _)| rows.spans_of(line.0));
        let spans = spans.into_iter().flatten().copied();
        spans.filter(is_clickable).collect()
    }

    /// Scrolls so that a line is visible.
    pub(in crate::chat_box) fn show(&mut self, line: LineKey) {
        let row = self.row(line).and_then(|row| self.places.rect(row));
        let Some((list, _, mut position)) = self.lists.iter_mut().next() else {
            return;
        };
        let (Some(row), Some(list)) = (row, self.places.rect(list)) else {
            return;
        };
        if row.min.y < list.min.y {
            position.scroll(list.min.y - row.min.y);
        } else if row.max.y > list.max.y {
            position.scroll(list.max.y - row.max.y);
        }
    }

    /// Scrolls up by a part of the height of the list.
    pub(in crate::chat_box) fn scroll(&mut self, part: f32) {
        for (list, _, mut position) in &mut self.lists {
            let height = self.places.rect(list).map_or(0.0, |rect| rect.height());
            position.scroll(height * part);
        }
    }

    /// Opens the lowest long message that is visible, or shows only its start again.
    pub(in crate::chat_box) fn toggle_long(&mut self) {
        for (_, _, mut position) in &mut self.lists {
            position.toggle_long();
        }
    }

    pub(in crate::chat_box) fn places(&self) -> &PartPlaces<'_, '_> {
        &self.places
    }
}
