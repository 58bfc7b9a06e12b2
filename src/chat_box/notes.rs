use std::{collections::VecDeque, fmt, sync::Arc};

use bevy::prelude::*;

use super::{parts::now, schedules::BoxSchedule, state::UserLeft};
use crate::{
    history::{ConversationHistory, History},
    model::{MessageId, ReceiverId, Timestamp},
    plugin::ChatHistory,
};

/// The maximum number of notes. The oldest is dropped for a new one.
const MAX_NOTES: usize = 200;

/// Notes: lines of the game's own among the messages, and replies of commands. They appear in the tab for everything
/// and in the system tab.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::ChatNotes;
///
/// fn announce(mut notes: ResMut<ChatNotes>) {
///     notes.push("The gates of the village close at nightfall.");
/// }
/// # bevy::ecs::system::assert_is_system(announce);
/// ```
///
/// A note can have a button:
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{ChatNote, ChatNotes};
///
/// # #[derive(Event)]
/// # struct JoinRaid;
/// fn invite(mut notes: ResMut<ChatNotes>) {
///     let note = ChatNote::new("A raid starts at the north gate.");
///     notes.push(note.with_button("Join", |commands| commands.trigger(JoinRaid)));
/// }
/// # bevy::ecs::system::assert_is_system(invite);
/// ```
///
/// A note's text is sanitized like a message. Notes are not saved. The newest 200 are kept.
#[derive(Resource, Reflect, Clone, Debug, Default)]
#[reflect(opaque, Resource, Clone, Debug, Default)]
pub struct ChatNotes {
    /// Notes that have no place among the messages yet are at the end.
    notes: VecDeque<Note>,
    pushed: u64,
}

/// A note, with or without a button: see [`ChatNotes`].
#[derive(Clone, Debug)]
pub struct ChatNote {
    /// The text.
    pub text: String,
    /// The kind, which selects the colour. Line styles can depend on it.
    pub kind: ChatNoteKind,
    /// The colour in place of the one of the kind, made legible like the colours of the theme. Default: `None`.
    pub color: Option<Color>,
    button: Option<NoteButton>,
}

/// The kind of a note.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Clone, Debug, Default, PartialEq)]
pub enum ChatNoteKind {
    /// In the colour of secondary texts.
    #[default]
    Info,
    /// In the accent colour: good news, or what asks for an answer.
    Highlight,
    /// In the colour of errors.
    Warning,
}

/// A button after the text of a note.
#[derive(Clone)]
pub(super) struct NoteButton {
    pub(super) label: String,
    run: Arc<dyn Fn(&mut Commands) + Send + Sync>,
}

impl ChatNote {
    /// A note without a button.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: ChatNoteKind::default(),
            color: None,
            button: None,
        }
    }

    /// A button after the text. When the player clicks it, it runs `action` and disappears.
    #[must_use]
    pub fn with_button(
        mut self,
        label: impl Into<String>,
        action: impl Fn(&mut Commands) + Send + Sync + 'static,
    ) -> Self {
        self.button = Some(NoteButton {
            label: label.into(),
            run: Arc::new(action),
        });
        self
    }

    /// A button after the text. When the player clicks it, it triggers `event` and disappears.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::chat_box::{ChatNote, ChatNoteKind};
    ///
    /// #[derive(Event, Clone)]
    /// struct JoinRaid(u32);
    ///
    /// let note = ChatNote::new("A raid starts at the north gate.")
    ///     .with_kind(ChatNoteKind::Highlight)
    ///     .with_event("Join", JoinRaid(7));
    /// ```
    #[must_use]
    pub fn with_event<E: Event + Clone>(self, label: impl Into<String>, event: E) -> Self
    where
        for<'t> E::Trigger<'t>: Default,
    {
        self.with_button(label, move |commands| commands.trigger(event.clone()))
    }

    /// The kind of the note.
    #[must_use]
    pub const fn with_kind(mut self, kind: ChatNoteKind) -> Self {
        self.kind = kind;
        self
    }

    /// A colour in place of the one of the kind.
    #[must_use]
    pub const fn with_color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    pub(super) fn button(&self) -> Option<&NoteButton> {
        self.button.as_ref()
    }
}

impl From<String> for ChatNote {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for ChatNote {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for NoteButton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NoteButton").field(&self.label).finish()
    }
}

#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) number: u64,
    pub(super) note: ChatNote,
    /// The newest message when the note was placed.
    pub(super) after: Option<MessageId>,
    pub(super) at: Option<Timestamp>,
    /// The conversation that the note is about.
    pub(super) about: Option<ReceiverId>,
}

impl ChatNotes {
    /// Adds a note after the newest message.
    pub fn push(&mut self, note: impl Into<ChatNote>) {
        self.add(note.into(), None);
    }

    /// Adds a note about a conversation, in whose tab it appears, too.
    pub(super) fn push_about(&mut self, text: String, with: ReceiverId) {
        self.add(text.into(), Some(with));
    }

    fn add(&mut self, note: ChatNote, about: Option<ReceiverId>) {
        if self.notes.len() == MAX_NOTES {
            self.notes.pop_front();
        }
        self.pushed += 1;
        self.notes.push_back(Note {
            number: self.pushed,
            note,
            after: None,
            at: None,
            about,
        });
    }

    /// The number of notes that were ever added.
    pub(super) fn pushed(&self) -> u64 {
        self.pushed
    }

    /// All notes, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter()
    }

    /// Runs the action of the button of a note. The button disappears.
    pub(super) fn press_button(&mut self, number: u64, commands: &mut Commands) {
        let note = self.notes.iter_mut().find(|note| note.number == number);
        if let Some(button) = note.and_then(|note| note.note.button.take()) {
            (button.run)(commands);
        }
    }

    fn has_unplaced(&self) -> bool {
        self.notes.back().is_some_and(|note| note.after.is_none())
    }

    /// Drops the notes that the previous user has seen. Notes of this frame stay.
    fn clear_placed(&mut self) {
        self.notes.retain(|note| note.at.is_none());
    }

    /// Places the new notes after the newest message.
    fn place(&mut self, history: &History, now: Timestamp) {
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

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<ChatNotes>()
        .register_type::<ChatNotes>()
        .add_observer(|_: On<UserLeft>, mut notes: ResMut<ChatNotes>| notes.clear_placed())
        .add_systems(
            BoxSchedule::Update,
            place_notes.run_if(resource_changed::<ChatNotes>),
        );
}

/// Places new notes among the messages.
pub(super) fn place_notes(mut notes: ResMut<ChatNotes>, history: Res<ChatHistory>) {
    if notes.has_unplaced() {
        notes.place(&history, now());
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
        assert_eq!(notes.iter().count(), MAX_NOTES);
        assert_eq!(notes.iter().next().unwrap().note.text, "3");

        notes.place(&History::new(HistoryLimits::default()), Timestamp(7));
        assert!(!notes.has_unplaced());
        assert_eq!(notes.iter().last().unwrap().at, Some(Timestamp(7)));
    }
}
