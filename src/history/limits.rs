/// The size limits of a [`History`](super::History). [`HistoryLimits::default`] gives the defaults named here.
///
/// The messages take at most [`conversations`](Self::conversations) times [`bytes`](Self::bytes): 64 MiB by default. For
/// more, raise the limits: 100,000 messages of usual length take about 65 MiB, 10,000 conversations with a message in
/// each about 30 MiB.
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
    /// The maximum number of conversations. Default: 64, at least 1.
    ///
    /// The least recently used one is removed for a new one: one without unread messages first, and never one with
    /// messages that are not sent yet.
    pub conversations: usize,
    /// The maximum number of messages in each conversation. Default: 1,000, at least 1. The oldest are removed first.
    pub messages: usize,
    /// The number of additional messages in a conversation while the user reads back in it. Default: 1,000. See
    /// [`History::insert_page`](super::History::insert_page).
    pub older: usize,
    /// The maximum size of the messages of a conversation, in bytes, with the users and groups that they share.
    /// Default: 1 MiB. The newest message stays, whatever its size.
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
        if is_reading_back {
            self.messages.saturating_add(self.older)
        } else {
            self.messages
        }
    }
}
