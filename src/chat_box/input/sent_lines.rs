//! The lines that were sent, for the arrow keys.

use std::collections::VecDeque;

use bevy::prelude::*;

use crate::chat_box::{parts::ChatBox, state::UserLeft};

/// The maximum number of sent lines that are kept.
const MAX_SENT: usize = 50;

/// The lines that were sent from a box, the newest last.
#[derive(Component, Default)]
pub(in crate::chat_box) struct SentLines {
    lines: VecDeque<String>,
    /// The index of the recalled line, or `None` for the text that was typed before.
    recalled: Option<usize>,
    /// The text that was typed before a line was recalled.
    draft: String,
}

impl SentLines {
    pub(in crate::chat_box) fn push(&mut self, line: &str) {
        self.recalled = None;
        if self.lines.back().is_some_and(|last| last == line) {
            return;
        }
        if self.lines.len() == MAX_SENT {
            self.lines.pop_front();
        }
        self.lines.push_back(line.into());
    }

    /// Recalls the line before the current one. `typed` is the text in the input.
    pub(in crate::chat_box) fn older(&mut self, typed: &str) -> Option<String> {
        let index = match self.recalled {
            Some(index) => index.checked_sub(1)?,
            None => {
                self.draft = typed.into();
                self.lines.len().checked_sub(1)?
            }
        };
        self.recalled = Some(index);
        self.lines.get(index).cloned()
    }

    /// Recalls the line after the current one, at the end the text that was typed before.
    pub(in crate::chat_box) fn newer(&mut self) -> Option<String> {
        let index = self.recalled? + 1;
        self.recalled = (index < self.lines.len()).then_some(index);
        match self.recalled {
            Some(index) => self.lines.get(index).cloned(),
            None => Some(std::mem::take(&mut self.draft)),
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.register_required_components::<ChatBox, SentLines>()
        .add_observer(|_: On<UserLeft>, mut boxes: Query<&mut SentLines>| {
            for mut sent in &mut boxes {
                *sent = SentLines::default();
            }
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_through_what_was_sent_and_back_to_what_is_typed() {
        let mut sent = SentLines::default();
        assert_eq!(sent.older("typed"), None);
        sent.push("one");
        sent.push("two");
        sent.push("two");
        assert_eq!(sent.older("typed").as_deref(), Some("two"));
        assert_eq!(sent.older("two").as_deref(), Some("one"));
        assert_eq!(sent.older("one"), None);
        assert_eq!(sent.newer().as_deref(), Some("two"));
        assert_eq!(sent.newer().as_deref(), Some("typed"));
        assert_eq!(sent.newer(), None);
    }
}
