//! Edits of inputs that keep chips whole: the caret is never in the words of one, and a deletion takes them all.

use std::ops::Range;

use bevy::{
    clipboard::Clipboard,
    ecs::system::SystemParam,
    prelude::*,
    text::{EditableText, FontCx, LayoutCx, TextEdit},
};

use super::DraftChips;
use crate::chat_box::{input::ChatInput, schedules::BoxSchedule};

/// Applies edits to inputs.
#[derive(SystemParam)]
pub(in crate::chat_box) struct InputEdits<'w> {
    chips: Res<'w, DraftChips>,
    fonts: ResMut<'w, FontCx>,
    layouts: ResMut<'w, LayoutCx>,
    pub(in crate::chat_box) clipboard: ResMut<'w, Clipboard>,
}

impl InputEdits<'_> {
    /// Applies what is pending.
    pub(in crate::chat_box) fn apply_pending(&mut self, input: &mut EditableText) {
        for edit in std::mem::take(&mut input.pending_edits) {
            match self.removed_by(&edit, input) {
                Some(range) => self.remove(range, input),
                None => self.apply(edit, input),
            }
        }
    }

    /// What a deletion removes, with all of the chips that it would cut. `None` if it would cut none.
    fn removed_by(&mut self, edit: &TextEdit, input: &mut EditableText) -> Option<Range<usize>> {
        let selection = input.editor.raw_selection();
        if !selection.is_collapsed() || input.is_composing() {
            return None;
        }
        let caret = selection.focus();
        let at = caret.index();
        let mut driver = input.editor.driver(&mut self.fonts, &mut self.layouts.0);
        let removed = match edit {
            TextEdit::Backspace => at.checked_sub(1)?..at,
            TextEdit::Delete => at..at + 1,
            TextEdit::BackspaceWord => caret.previous_logical_word(driver.layout()).index()..at,
            TextEdit::DeleteWord => at..caret.next_logical_word(driver.layout()).index(),
            _ => return None,
        };
        let text = input.value().to_string();
        let places = self.chips.places(&text).into_iter().map(|(place, _)| place);
        let mut cut = places
            .filter(|place| place.start < removed.end && removed.start < place.end)
            .peekable();
        cut.peek()?;
        Some(cut.fold(removed.clone(), |all, place| {
            all.start.min(place.start)..all.end.max(place.end)
        }))
    }

    fn remove(&mut self, range: Range<usize>, input: &mut EditableText) {
        let mut driver = input.editor.driver(&mut self.fonts, &mut self.layouts.0);
        driver.select_byte_range(range.start, range.end);
        driver.delete_selection();
    }

    fn apply(&mut self, edit: TextEdit, input: &mut EditableText) {
        use TextEdit::{Left, Right, WordLeft, WordRight};
        let is_step = matches!(edit, Left(_) | Right(_) | WordLeft(_) | WordRight(_));
        let before = input.editor.raw_selection().focus().index();
        input.queue_edit(edit);
        input.apply_pending_edits(
            &mut self.fonts,
            &mut self.layouts.0,
            &mut self.clipboard,
            |_| true,
        );
        if !input.is_composing() {
            self.leave_chips(is_step.then_some(before), input);
        }
    }

    /// Moves the ends of the selection out of chips: on in the direction of a step from a place of the caret, or to the
    /// nearest edge. A selection contains all of a chip or nothing.
    fn leave_chips(&mut self, step_from: Option<usize>, input: &mut EditableText) {
        let text = input.value().to_string();
        let places = self.chips.places(&text);
        let outside = |at: usize, goes_on: &dyn Fn(&Range<usize>) -> bool| {
            let mut places = places.iter().map(|(place, _)| place);
            let around = places.find(|place| place.start < at && at < place.end);
            around.map_or(at, |place| {
                if goes_on(place) {
                    place.end
                } else {
                    place.start
                }
            })
        };
        let selection = input.editor.raw_selection();
        let (anchor, focus) = (selection.anchor().index(), selection.focus().index());
        let new_focus = outside(focus, &|place| match step_from {
            Some(before) => focus > before,
            None if anchor == focus => focus - place.start > place.end - focus,
            None => focus > anchor,
        });
        let new_anchor = if anchor == focus {
            new_focus
        } else {
            outside(anchor, &|_| anchor > focus)
        };
        if (anchor, focus) != (new_anchor, new_focus) {
            let mut driver = input.editor.driver(&mut self.fonts, &mut self.layouts.0);
            driver.select_byte_range(new_anchor, new_focus);
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.add_systems(BoxSchedule::Prepare, apply.run_if(has_edits_around_chips));
}

/// A run condition.
fn has_edits_around_chips(
    chips: Res<DraftChips>,
    inputs: Query<&EditableText, (With<ChatInput>, Changed<EditableText>)>,
) -> bool {
    !chips.0.is_empty() && inputs.iter().any(|input| !input.pending_edits.is_empty())
}

/// Applies the edits before Bevy does.
fn apply(mut edits: InputEdits, mut inputs: Query<&mut EditableText, With<ChatInput>>) {
    for mut input in &mut inputs {
        if !input.pending_edits.is_empty() {
            edits.apply_pending(&mut input);
        }
    }
}
