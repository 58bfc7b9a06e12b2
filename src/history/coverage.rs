//! Which messages of a conversation may exist without being held.

use super::gaps::Gaps;
use crate::{
    client::{Gap, Page},
    model::{Message, MessageId},
};

/// Whether all messages arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyncState {
    /// There has been no connection.
    NeverConnected,
    /// All messages arrive over the first connection, from when it became live.
    FirstConnection,
    /// All messages arrive.
    InSync,
    /// There is no connection, or what was missed without one is not recovered. Contains the newest message that
    /// arrived; `None` if none did.
    Behind(Option<MessageId>),
}

impl SyncState {
    /// Follows the connection, which became live or ended. `newest` is the newest message that arrived.
    pub(super) fn on_connection(self, is_live: bool, newest: Option<MessageId>) -> Self {
        match self {
            Self::NeverConnected if is_live => Self::FirstConnection,
            Self::FirstConnection | Self::InSync if !is_live => Self::Behind(newest),
            unchanged => unchanged,
        }
    }

    /// A message arrived. If none did before, there is nothing to recover.
    pub(super) fn on_message(self) -> Self {
        match self {
            Self::Behind(None) => Self::InSync,
            unchanged => unchanged,
        }
    }

    /// Whether messages may have been missed.
    pub(super) const fn is_in_doubt(self) -> bool {
        matches!(self, Self::NeverConnected | Self::Behind(_))
    }
}

/// Messages that may exist and are not held. The next ones before [`before`](Self::before) can be fetched, and passed
/// to [`History::insert_page`](super::History::insert_page) together with this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The last message before them; `None` if they reach to the beginning of the conversation.
    pub after: Option<MessageId>,
    /// The first message after them; `None` if they reach to now.
    pub before: Option<MessageId>,
    /// The [`Coverage::as_of`] when this was returned.
    pub(super) as_of: u64,
    /// The revision of the conversation when this was returned: what arrived later is newer than the page.
    pub(super) revision: u64,
}

/// What is known about the completeness of a conversation. Where it is uncertain whether messages exist, they are
/// missing.
#[derive(Clone, Debug)]
pub(super) struct Coverage {
    gaps: Gaps,
    /// The messages before this one were removed for the limits.
    removed_before: Option<MessageId>,
    /// The last message that arrived before the conversation was opened.
    opened_after: Option<MessageId>,
    /// Changes whenever it becomes certain or uncertain which messages follow the newest one.
    as_of: u64,
}

impl Coverage {
    /// Nothing is known about a conversation that is opened.
    pub(super) fn new(opened_after: Option<MessageId>, as_of: u64) -> Self {
        Self {
            gaps: Gaps::all(),
            removed_before: None,
            opened_after,
            as_of,
        }
    }

    /// It became certain or uncertain which messages follow the newest one.
    pub(super) fn set_as_of(&mut self, as_of: u64) {
        self.as_of = as_of;
    }

    /// Whether messages after the newest one may be missing.
    pub(super) fn is_open(&self) -> bool {
        self.gaps.is_open()
    }

    /// The messages that may be missing between two that are next to each other; `None` stands for an end.
    pub(super) fn between(
        &self,
        after: Option<MessageId>,
        before: Option<MessageId>,
        revision: u64,
    ) -> Option<Missing> {
        let (after, before) = self.gaps.between(after, before)?;
        Some(Missing {
            after,
            before,
            as_of: self.as_of,
            revision,
        })
    }

    /// A message arrived: if the end was open, none is missing from this message on.
    pub(super) fn close_at(&mut self, arrived: MessageId) -> bool {
        self.gaps.close_at(self.held_from(arrived))
    }

    /// Everything after the newest message that arrived may be missing; after the newest message that is held if none
    /// arrived. Before the first connection that is known already.
    pub(super) fn doubt(&mut self, sync: SyncState, newest: Option<MessageId>) -> bool {
        match sync {
            SyncState::Behind(last) => {
                let last = last.or(newest).unwrap_or(MessageId(0));
                self.gaps.add(last, None)
            }
            SyncState::NeverConnected | SyncState::FirstConnection | SyncState::InSync => false,
        }
    }

    /// A recovery was complete. `sync` is the state before it.
    pub(super) fn on_complete_recovery(&mut self, sync: SyncState) -> bool {
        match sync {
            SyncState::Behind(Some(last)) => self.gaps.fill(self.held_from(next(last)), None),
            // It started where an earlier run of the game ended, which is before everything that is held.
            SyncState::NeverConnected | SyncState::FirstConnection => {
                self.gaps.close_end(self.held_from(MessageId(0)))
            }
            SyncState::InSync | SyncState::Behind(None) => false,
        }
    }

    /// A recovery left a gap. Any conversation may lack messages in it.
    pub(super) fn on_recovery_gap(&mut self, gap: &Gap) -> bool {
        let complete_from = gap.before.map(|before| self.held_from(before));
        let filled = complete_from.is_some_and(|from| self.gaps.fill(from, None));
        self.gaps.add(gap.after, gap.before) || filled
    }

    /// A page contains all messages that were missing, from its first one on. `newest` is the newest message that is
    /// held without it.
    pub(super) fn fill(
        &mut self,
        page: &Page<Message>,
        missing: Missing,
        sync: SyncState,
        newest: Option<MessageId>,
    ) -> bool {
        let first = if page.is_last {
            Some(MessageId(0))
        } else {
            page.items.first().map(|message| message.id)
        };
        let Some(first) = first else { return false };
        if missing.before.is_some() {
            return self.gaps.fill(first, missing.before);
        }
        let doubted = self.doubt(sync, newest);
        let after_last = page.items.last().map(|message| next(message.id));
        let filled = after_last.is_some_and(|end| self.gaps.fill(first, Some(end)));
        // Everything that was sent since the request has arrived.
        let is_complete = self.as_of == missing.as_of && !sync.is_in_doubt();
        let held_from = self
            .removed_before
            .map_or(first, |removed| first.max(removed));
        let closed = is_complete && self.gaps.fill(held_from, None);
        doubted || filled || closed
    }

    /// The messages before this one, the oldest one that is held, were removed or refused.
    pub(super) fn on_removed_before(&mut self, oldest: MessageId) {
        self.gaps.add(MessageId(0), Some(oldest));
        self.removed_before = self.removed_before.max(Some(oldest));
    }

    /// The server has lost everything after this message, and reuses the ids after it.
    pub(super) fn restart_after(&mut self, last: MessageId) {
        self.gaps.add(last, None);
        self.removed_before = self.removed_before.min(Some(next(last)));
        self.opened_after = self.opened_after.min(Some(last));
    }

    /// The message from which on the conversation holds everything, if all messages from `arrived` on arrive.
    fn held_from(&self, arrived: MessageId) -> MessageId {
        let before = self.removed_before.max(self.opened_after.map(next));
        before.map_or(arrived, |before| arrived.max(before))
    }
}

#[cfg(test)]
impl Coverage {
    pub(super) const fn as_of(&self) -> u64 {
        self.as_of
    }
}

const fn next(id: MessageId) -> MessageId {
    MessageId(id.0.saturating_add(1))
}
