use std::collections::VecDeque;

use bevy::prelude::{Res, ResMut, Resource};

use crate::{
    history::{ConversationHistory, History},
    model::{MessageId, Timestamp},
    plugin::ChatHistory,
};

/// More are not kept.
const MAX_NOTES: usize = 200;

/// Lines that no user said: the game's own, and what commands answer.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::ChatNotes;
///
/// fn tell(mut notes: ResMut<ChatNotes>) {
///     notes.push("The gates of the village close at nightfall.");
/// }
/// # bevy::ecs::system::assert_is_system(tell);
/// ```
///
/// They are made safe to show like what users say, and are gone with the game. The newest 200 are kept.
#[derive(Resource, Clone, Debug, Default)]
pub struct ChatNotes {
    /// Those that have no place among the messages yet are at the end.
    notes: VecDeque<Note>,
    pushed: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) number: u64,
    pub(super) text: String,
    /// The newest message there was.
    pub(super) after: Option<MessageId>,
    pub(super) at: Option<Timestamp>,
}

impl ChatNotes {
    /// Adds a line. It appears in the tabs with everything and with what the system says.
    pub fn push(&mut self, text: impl Into<String>) {
        if self.notes.len() == MAX_NOTES {
            self.notes.pop_front();
        }
        self.pushed += 1;
        self.notes.push_back(Note {
            number: self.pushed,
            text: text.into(),
            after: None,
            at: None,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.notes.len()
    }

    pub(super) fn get(&self, position: usize) -> Option<&Note> {
        self.notes.get(position)
    }

    pub(super) fn has_unplaced(&self) -> bool {
        self.notes.back().is_some_and(|note| note.after.is_none())
    }

    /// Gives those that have none their place: behind what there is now.
    pub(super) fn place(&mut self, history: &History, now: Timestamp) {
        let newest = |conversation: &ConversationHistory| {
            conversation.iter().rev().find_map(|entry| entry.id())
        };
        let after = history.conversations().filter_map(newest).max();
        for note in self.notes.iter_mut().rev() {
            if note.after.is_some() {
                break;
            }
            note.after = after.or(Some(MessageId(0)));
            note.at = Some(now);
        }
    }
}

/// Gives new notes their place.
pub(super) fn place(mut notes: ResMut<ChatNotes>, history: Res<ChatHistory>) {
    if notes.has_unplaced() {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        notes.place(&history, Timestamp(now.as_secs()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::HistoryLimits;

    #[test]
    fn notes_are_bounded_and_placed_once() {
        let mut notes = ChatNotes::default();
        for number in 0..MAX_NOTES + 3 {
            notes.push(number.to_string());
        }
        assert_eq!(notes.len(), MAX_NOTES);
        assert_eq!(notes.get(0).unwrap().text, "3");

        notes.place(&History::new(HistoryLimits::default()), Timestamp(7));
        assert!(!notes.has_unplaced());
        assert_eq!(notes.get(MAX_NOTES - 1).unwrap().at, Some(Timestamp(7)));
    }
}
