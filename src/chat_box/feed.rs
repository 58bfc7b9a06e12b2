//! The conversations of a tab as one list, oldest first, of which only what is looked at costs anything.

use crate::{
    history::{ConversationHistory, Entry, EntryKey, History, Missing},
    model::MessageId,
};

use super::{
    chat_notes::{ChatNotes, Note},
    chat_tabs::{ChatTab, ChatTabShows},
};

/// What a tab shows.
pub(super) struct Feed<'a> {
    conversations: Vec<&'a ConversationHistory>,
    notes: Option<&'a ChatNotes>,
}

/// A line of the feed.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    /// The one at this position of the conversation.
    Entry(&'a ConversationHistory, &'a Entry, usize),
    Note(&'a Note),
}

/// Names a line as long as it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKey {
    Entry(EntryKey),
    Note(u64),
}

/// Where a line is among all others: messages by their ids, which the server gives out in one order for all
/// conversations; notes behind the message that was the newest then; what is not sent yet behind everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    after: MessageId,
    note: u64,
    outgoing: Option<EntryKey>,
}

/// A place between two lines, as how many lines of each source come before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor(Vec<usize>);

impl<'a> Feed<'a> {
    pub(super) fn of(tab: &ChatTab, history: &'a History, notes: &'a ChatNotes) -> Self {
        let has_notes = matches!(tab.shows, ChatTabShows::Everything | ChatTabShows::System);
        Self {
            conversations: history.conversations().filter(|it| tab.has(it)).collect(),
            notes: has_notes.then_some(notes),
        }
    }

    pub(super) fn conversations(&self) -> &[&'a ConversationHistory] {
        &self.conversations
    }

    /// Behind the newest line.
    pub(super) fn end(&self) -> Cursor {
        Cursor(self.sources().map(|source| source.len()).collect())
    }

    /// Behind all lines up to this place.
    pub(super) fn behind(&self, place: Place) -> Cursor {
        let behind = |source: Source| {
            let (mut low, mut high) = (0, source.len());
            while low < high {
                let middle = usize::midpoint(low, high);
                match source.get(middle).is_some_and(|item| item.place() <= place) {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            low
        };
        Cursor(self.sources().map(behind).collect())
    }

    /// The line before the cursor, which goes before it.
    pub(super) fn back(&self, cursor: &mut Cursor) -> Option<Item<'a>> {
        let candidates = self.sources().zip(&cursor.0).enumerate();
        let lines = candidates
            .filter_map(|(index, (source, at))| Some((index, source.get(at.checked_sub(1)?)?)));
        let (index, item) = lines.max_by_key(|(_, item)| item.place())?;
        cursor.0[index] -= 1;
        Some(item)
    }

    /// The line behind the cursor, which goes behind it.
    pub(super) fn forth(&self, cursor: &mut Cursor) -> Option<Item<'a>> {
        let candidates = self.sources().zip(&cursor.0).enumerate();
        let lines = candidates.filter_map(|(index, (source, at))| Some((index, source.get(*at)?)));
        let (index, item) = lines.min_by_key(|(_, item)| item.place())?;
        cursor.0[index] += 1;
        Some(item)
    }

    /// How many lines are behind the cursor.
    pub(super) fn count_behind(&self, cursor: &Cursor) -> usize {
        let counts = self.sources().zip(&cursor.0);
        counts
            .map(|(source, at)| source.len().saturating_sub(*at))
            .sum()
    }

    fn sources(&self) -> impl Iterator<Item = Source<'a>> {
        let conversations = self.conversations.iter().copied().map(Source::Conversation);
        conversations.chain(self.notes.map(Source::Notes))
    }
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Conversation(&'a ConversationHistory),
    Notes(&'a ChatNotes),
}

impl<'a> Source<'a> {
    fn len(self) -> usize {
        match self {
            Self::Conversation(conversation) => conversation.len(),
            Self::Notes(notes) => notes.len(),
        }
    }

    fn get(self, position: usize) -> Option<Item<'a>> {
        match self {
            Self::Conversation(conversation) => conversation
                .get(position)
                .map(|entry| Item::Entry(conversation, entry, position)),
            Self::Notes(notes) => notes.get(position).map(Item::Note),
        }
    }
}

impl Item<'_> {
    pub(super) fn key(&self) -> ItemKey {
        match self {
            Self::Entry(_, entry, _) => ItemKey::Entry(entry.key()),
            Self::Note(note) => ItemKey::Note(note.number),
        }
    }

    pub(super) fn version(&self) -> u64 {
        match self {
            Self::Entry(_, entry, _) => entry.version(),
            Self::Note(_) => 0,
        }
    }

    /// Which messages of its conversation may be missing right before it.
    pub(super) fn missing_before(&self) -> Option<Missing> {
        match self {
            // What is not sent yet has no place among the messages.
            Self::Entry(conversation, entry, position) if entry.id().is_some() => {
                conversation.missing_before(*position)
            }
            _ => None,
        }
    }

    pub(super) fn place(&self) -> Place {
        match self {
            Self::Entry(_, entry, _) => match entry.id() {
                Some(id) => Place {
                    after: id,
                    note: 0,
                    outgoing: None,
                },
                None => Place {
                    after: MessageId(u64::MAX),
                    note: 0,
                    outgoing: Some(entry.key()),
                },
            },
            Self::Note(note) => Place {
                after: note.after.unwrap_or(MessageId(u64::MAX)),
                note: note.number,
                outgoing: None,
            },
        }
    }
}
