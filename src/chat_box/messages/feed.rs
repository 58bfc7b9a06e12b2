//! The lines of a tab: its conversations and notes as one list, oldest first. It is read from any place, without a copy.

use crate::{
    chat_box::{
        notes::{ChatNotes, Note},
        tabs::{ChatTab, ChatTabShows},
    },
    history::{ConversationHistory, Entry, EntryKey, History, Missing},
    model::{MessageId, ReceiverId},
};

/// The lines of a tab.
pub(in crate::chat_box) struct Feed<'a> {
    conversations: Vec<&'a ConversationHistory>,
    notes: Option<&'a ChatNotes>,
}

/// A line of the feed.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    /// The entry at this position of the conversation.
    Entry(&'a ConversationHistory, &'a Entry, usize),
    Note(&'a Note),
}

/// The identity of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKey {
    Entry(EntryKey),
    Note(u64),
}

/// The place of a line in the feed. Messages are ordered by their ids, which the server assigns in one order for all
/// conversations. A note follows the message that was the newest when the note was added. Messages that are not sent yet
/// follow everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    after: MessageId,
    note: u64,
    outgoing: Option<EntryKey>,
}

/// A position between two lines: the number of lines before it in each source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor(Vec<usize>);

/// Messages that are missing in the feed, near the visible lines.
#[derive(Clone)]
pub(super) struct Gap {
    pub(super) with: ReceiverId,
    pub(super) missing: Missing,
}

impl Gap {
    fn new(conversation: &ConversationHistory, missing: Missing) -> Self {
        Self {
            with: conversation.id().clone(),
            missing,
        }
    }
}

impl<'a> Feed<'a> {
    pub(in crate::chat_box) fn new(
        tab: &ChatTab,
        history: &'a History,
        notes: &'a ChatNotes,
    ) -> Self {
        let has_notes = matches!(tab.shows, ChatTabShows::Everything | ChatTabShows::System);
        Self {
            conversations: history
                .conversations()
                .filter(|it| tab.contains(it))
                .collect(),
            notes: has_notes.then_some(notes),
        }
    }

    pub(in crate::chat_box) fn is_empty(&self) -> bool {
        self.sources().all(|source| source.len() == 0)
    }

    /// The gaps after the newest lines of the conversations.
    pub(super) fn gaps_at_end(&self) -> impl Iterator<Item = Gap> {
        let ends = self.conversations.iter();
        ends.filter_map(|it| Some(Gap::new(it, it.missing_before(it.len())?)))
    }

    /// The position after the newest line.
    pub(super) fn end(&self) -> Cursor {
        Cursor(self.sources().map(|source| source.len()).collect())
    }

    /// The position after all lines up to this place.
    pub(super) fn after(&self, place: Place) -> Cursor {
        let after = |source: Source| {
            let (mut low, mut high) = (0, source.len());
            while low < high {
                let middle = usize::midpoint(low, high);
                if source.get(middle).is_some_and(|item| item.place() <= place) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        Cursor(self.sources().map(after).collect())
    }

    /// The line before the cursor. The cursor moves before the line.
    pub(super) fn previous(&self, cursor: &mut Cursor) -> Option<Item<'a>> {
        let candidates = self.sources().zip(&cursor.0).enumerate();
        let lines = candidates
            .filter_map(|(index, (source, at))| Some((index, source.get(at.checked_sub(1)?)?)));
        let (index, item) = lines.max_by_key(|(_, item)| item.place())?;
        cursor.0[index] -= 1;
        Some(item)
    }

    /// The line after the cursor. The cursor moves after the line.
    pub(super) fn next(&self, cursor: &mut Cursor) -> Option<Item<'a>> {
        let candidates = self.sources().zip(&cursor.0).enumerate();
        let lines = candidates.filter_map(|(index, (source, at))| Some((index, source.get(*at)?)));
        let (index, item) = lines.min_by_key(|(_, item)| item.place())?;
        cursor.0[index] += 1;
        Some(item)
    }

    /// The number of lines after the cursor.
    pub(super) fn count_after(&self, cursor: &Cursor) -> usize {
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

    /// The messages of the conversation that may be missing immediately before the line.
    pub(super) fn missing_before(&self) -> Option<Missing> {
        match self {
            // A message that is not sent yet has no place among the messages.
            Self::Entry(conversation, entry, position) if entry.id().is_some() => {
                conversation.missing_before(*position)
            }
            _ => None,
        }
    }

    /// The gap before the line, if the history has room for what is missing.
    pub(super) fn gap_before(&self) -> Option<Gap> {
        let Self::Entry(conversation, _, position) = self else {
            return None;
        };
        let missing = self.missing_before()?;
        let has_room = *position > 0 || conversation.room_for_older() > 0;
        has_room.then(|| Gap::new(conversation, missing))
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
