/// How much a [`History`](super::History) holds. [`HistoryLimits::default`] gives the values named here.
///
/// ```
/// use bevy_cometchat::history::HistoryLimits;
///
/// let mut limits = HistoryLimits::default();
/// limits.messages = 10_000;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryLimits {
    /// How many conversations: 64, at least 1. For a new one, the one that was used least recently goes; one with
    /// unread messages goes later, one with messages of the user's own that are not sent yet never.
    pub conversations: usize,
    /// How many messages of each conversation: 1,000, at least 1. The oldest go first.
    pub messages: usize,
    /// How many more while the user reads back in it: 1,000. See
    /// [`History::insert_page`](super::History::insert_page).
    pub older: usize,
    /// How many bytes the messages of a conversation take up: 1 MiB. The newest message stays, however long it is.
    pub bytes: usize,
}

impl Default for HistoryLimits {
    fn default() -> Self {
        Self {
            conversations: 64,
            messages: 1_000,
            older: 1_000,
            bytes: 1024 * 1024,
        }
    }
}

impl HistoryLimits {
    pub(super) fn at_least_one(self) -> Self {
        Self {
            conversations: self.conversations.max(1),
            messages: self.messages.max(1),
            ..self
        }
    }

    pub(super) const fn messages_of(self, is_reading_back: bool) -> usize {
        match is_reading_back {
            true => self.messages.saturating_add(self.older),
            false => self.messages,
        }
    }
}
