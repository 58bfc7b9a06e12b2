//! The lines of a tab: its conversations and notes as one list, oldest first. It is read from any place, without a copy.

use super::outgoing::{OutgoingPlaces, outgoing};
use crate::{
    chat_box::{
        notes::{ChatNotes, Note},
        tab::{ChatTab, ChatTabShows, is_whisper},
    },
    history::{ConversationHistory, Entry, EntryKey, History, Missing},
    model::{MessageId, ReceiverId},
};

/// The lines of a tab.
pub(in crate::chat_box) struct Feed<'a> {
    /// The conversations, with the numbers of their messages that are sent.
    conversations: Vec<(&'a ConversationHistory, usize)>,
    /// The messages that are not sent yet, in the order of their places.
    outgoing: Vec<Item<'a>>,
    notes: Vec<&'a Note>,
    /// Whether an entry is not drawn.
    hides: Option<&'a dyn Fn(&Entry) -> bool>,
}

/// A line of the feed.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    /// The entry at this position of the conversation.
    Entry(&'a ConversationHistory, &'a Entry, usize),
    /// A message that is not sent yet.
    Outgoing(&'a ConversationHistory, &'a Entry, Place),
    Note(&'a Note),
}

/// The identity of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ItemKey {
    Entry(EntryKey),
    Note(u64),
}

/// The place of a line in the feed. Messages are ordered by their ids, which the server assigns in one order for all
/// conversations. A note, or a message that is not sent yet, follows what was the newest when it was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    after: MessageId,
    note: u64,
    outgoing: Option<EntryKey>,
}

impl Place {
    /// The place of a message.
    pub(super) const fn of_message(id: MessageId) -> Self {
        Self {
            after: id,
            note: 0,
            outgoing: None,
        }
    }
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

    /// Whether messages of the conversation are held before it and after it.
    pub(super) const fn is_between_lines(&self) -> bool {
        self.missing.after.is_some() && self.missing.before.is_some()
    }
}

impl<'a> Feed<'a> {
    pub(in crate::chat_box) fn new(
        tab: &ChatTab,
        history: &'a History,
        notes: &'a ChatNotes,
        places: &OutgoingPlaces,
    ) -> Self {
        let is_shown = |note: &&Note| is_note_of(tab, note);
        let mut unsent = Vec::new();
        let conversations = history.conversations().filter(|it| tab.contains(it));
        let conversations = conversations.map(|conversation| {
            let before = unsent.len();
            let items = outgoing(conversation).map(|entry| {
                let (after, note) = places.get(entry);
                let place = Place {
                    after,
                    note,
                    outgoing: Some(entry.key()),
                };
                Item::Outgoing(conversation, entry, place)
            });
            unsent.extend(items);
            (conversation, conversation.len() - (unsent.len() - before))
        });
        let conversations = conversations.collect();
        unsent.sort_unstable_by_key(Item::place);
        Self {
            conversations,
            outgoing: unsent,
            notes: notes.iter().filter(is_shown).collect(),
            hides: None,
        }
    }

    /// Hides entries. They are in the feed, because messages may be missing before them, but are not drawn.
    pub(in crate::chat_box) fn hiding(self, hides: &'a dyn Fn(&Entry) -> bool) -> Self {
        Self {
            hides: Some(hides),
            ..self
        }
    }

    pub(super) fn hides(&self, item: &Item) -> bool {
        matches!((item, self.hides), (Item::Entry(_, entry, _), Some(hides)) if hides(entry))
    }

    pub(in crate::chat_box) fn is_empty(&self) -> bool {
        self.sources()
            .all(|source| self.shown(source, 0).next().is_none())
    }

    /// The newest line of a conversation, not counting messages that are not sent yet.
    pub(super) fn newest_of(&self, with: &ReceiverId) -> Option<Place> {
        let (conversation, sent) = self.conversations.iter().find(|(it, _)| it.id() == with)?;
        let newest = conversation.get(sent.checked_sub(1)?)?;
        newest.id().map(Place::of_message)
    }

    /// The gaps after the newest lines of the conversations.
    pub(super) fn gaps_at_end(&self) -> impl Iterator<Item = Gap> {
        let ends = self.conversations.iter();
        ends.filter_map(|(it, _)| Some(Gap::new(it, it.missing_before(it.len())?)))
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

    /// The number of lines.
    pub(super) fn len(&self) -> usize {
        self.sources().map(Source::len).sum()
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

    /// The entries, the newest first, including the hidden ones.
    pub(in crate::chat_box) fn newest_entries(&self) -> impl Iterator<Item = &'a Entry> {
        let mut cursor = self.end();
        std::iter::from_fn(move || self.previous(&mut cursor)).filter_map(|item| match item {
            Item::Entry(_, entry, _) => Some(entry),
            Item::Outgoing(..) | Item::Note(_) => None,
        })
    }

    /// The number of lines after the cursor.
    pub(super) fn count_after(&self, cursor: &Cursor) -> usize {
        let counts = self.sources().zip(&cursor.0);
        counts
            .map(|(source, at)| match self.hides {
                Some(_) => self.shown(source, *at).count(),
                None => source.len().saturating_sub(*at),
            })
            .sum()
    }

    /// The lines of a source from a position on that are drawn.
    fn shown<'s>(
        &'s self,
        source: Source<'a, 's>,
        from: usize,
    ) -> impl Iterator<Item = Item<'a>> + 's {
        let items = (from..source.len()).filter_map(move |position| source.get(position));
        items.filter(|item| !self.hides(item))
    }

    fn sources(&self) -> impl Iterator<Item = Source<'a, '_>> {
        let conversations = self.conversations.iter();
        conversations
            .map(|(conversation, sent)| Source::Conversation(conversation, *sent))
            .chain([Source::Outgoing(&self.outgoing)])
            .chain([Source::Notes(&self.notes)])
    }
}

/// Whether a tab shows the note.
fn is_note_of(tab: &ChatTab, note: &Note) -> bool {
    match &tab.shows {
        ChatTabShows::Everything | ChatTabShows::System => true,
        ChatTabShows::Whispers => note.about.as_ref().is_some_and(is_whisper),
        ChatTabShows::Conversation(with) => with.is_some() && note.about == *with,
        ChatTabShows::Conversations(all) => note.about.as_ref().is_some_and(|it| all.contains(it)),
        ChatTabShows::Matching(_) => false,
    }
}

#[derive(Clone, Copy)]
enum Source<'a, 'f> {
    Conversation(&'a ConversationHistory, usize),
    Outgoing(&'f [Item<'a>]),
    Notes(&'f [&'a Note]),
}

impl<'a> Source<'a, '_> {
    fn len(self) -> usize {
        match self {
            Self::Conversation(_, sent) => sent,
            Self::Outgoing(items) => items.len(),
            Self::Notes(notes) => notes.len(),
        }
    }

    fn get(self, position: usize) -> Option<Item<'a>> {
        match self {
            Self::Conversation(_, sent) if position >= sent => None,
            Self::Conversation(conversation, _) => conversation
                .get(position)
                .map(|entry| Item::Entry(conversation, entry, position)),
            Self::Outgoing(items) => items.get(position).copied(),
            Self::Notes(notes) => notes.get(position).copied().map(Item::Note),
        }
    }
}

impl<'a> Item<'a> {
    pub(super) fn key(&self) -> ItemKey {
        match self {
            Self::Entry(_, entry, _) | Self::Outgoing(_, entry, _) => ItemKey::Entry(entry.key()),
            Self::Note(note) => ItemKey::Note(note.number),
        }
    }

    pub(super) fn version(&self) -> u64 {
        match self {
            Self::Entry(_, entry, _) | Self::Outgoing(_, entry, _) => entry.version(),
            Self::Note(note) => u64::from(note.note.button().is_some()),
        }
    }

    /// The messages of the conversation that may be missing immediately before the line.
    pub(super) fn missing_before(&self) -> Option<Missing> {
        match self {
            Self::Entry(conversation, _, position) => conversation.missing_before(*position),
            // A message that is not sent yet has no place among the messages.
            Self::Outgoing(..) | Self::Note(_) => None,
        }
    }

    pub(super) fn entry(&self) -> Option<&'a Entry> {
        match self {
            Self::Entry(_, entry, _) | Self::Outgoing(_, entry, _) => Some(entry),
            Self::Note(_) => None,
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
            Self::Entry(_, entry, _) => {
                Place::of_message(entry.id().unwrap_or(MessageId(u64::MAX)))
            }
            Self::Outgoing(_, _, place) => *place,
            Self::Note(note) => Place {
                after: note.after.unwrap_or(MessageId(u64::MAX)),
                note: note.number,
                outgoing: None,
            },
        }
    }
}
