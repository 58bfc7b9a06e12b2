use std::collections::VecDeque;

use super::{recent_edits::RecentEdits, record::Session};
use crate::model::{Message, MessageId};

/// How many messages are remembered one by one: more than wait for the game at most, so that a server which sends
/// again what is still waiting doubles nothing.
const REMEMBERED: usize = 8_192;

/// Which messages a session has handed to the game, so that each is handed over once.
#[derive(Default)]
pub(super) struct SyncState {
    /// Which of their changes.
    pub(super) edits: RecentEdits,
    last: Option<MessageId>,
    /// The latest messages that the game has, as it got them.
    known: VecDeque<MessageId>,
    /// There was a connection before it was known from where on messages count.
    has_listened: bool,
    /// There was another one before it was known: what was sent between them is missing.
    misses_start: bool,
    /// The largest id among them: what is beyond it is new, and needs no search.
    largest: Option<MessageId>,
}

impl SyncState {
    /// Goes on from where an earlier run of the game had come.
    pub(super) fn of(session: &Session) -> Self {
        let mut state = Self {
            edits: RecentEdits::from(session.last_change.as_ref()),
            ..Self::after(session.last_message)
        };
        for id in &session.known_messages {
            state.note_id(*id);
        }
        state
    }

    fn after(last: Option<MessageId>) -> Self {
        Self {
            last,
            ..Self::default()
        }
    }

    /// Writes down how far the game has come; says whether that is news.
    pub(super) fn save_in(&self, session: &mut Session) -> bool {
        let last_message = self.last();
        let known_messages = self
            .known
            .iter()
            .copied()
            .filter(|id| Some(*id) > last_message)
            .collect();
        let last_change = self.edits.to_saved();
        let is_news = session.last_message != last_message
            || session.known_messages != known_messages
            || session.last_change != last_change;
        session.last_message = last_message;
        session.known_messages = known_messages;
        session.last_change = last_change;
        is_news
    }

    /// The newest message that the game has, or that was there before it began to listen.
    pub(super) fn last(&self) -> Option<MessageId> {
        self.last
    }

    /// Takes note of a live connection: from here on the game is to get everything.
    pub(super) fn on_live(&mut self) {
        self.misses_start |= self.has_listened && self.last.is_none();
        self.has_listened = true;
    }

    /// Whether messages since the first connection are missing, and nobody knows which. It is reported once.
    pub(super) fn take_misses_start(&mut self) -> bool {
        std::mem::take(&mut self.misses_start)
    }

    /// Takes note that everything up to `id` needs no fetching.
    pub(super) fn advance(&mut self, id: MessageId) {
        self.last = self.last.max(Some(id));
    }

    /// Takes note of a message on its way to the game; says whether it is new.
    pub(super) fn take(&mut self, message: &Message) -> bool {
        self.edits.take(message);
        self.advance(message.id);
        self.note_id(message.id)
    }

    /// Takes note of a message that the game has by other means, such as one that it sent or changed.
    pub(super) fn note(&mut self, message: &Message) {
        self.edits.note(message);
        self.note_id(message.id);
    }

    fn note_id(&mut self, id: MessageId) -> bool {
        if self.largest >= Some(id) && self.known.contains(&id) {
            return false;
        }
        self.largest = self.largest.max(Some(id));
        if self.known.len() == REMEMBERED {
            self.known.pop_front();
        }
        self.known.push_back(id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl SyncState {
        fn take_id(&mut self, id: u64) -> bool {
            self.advance(MessageId(id));
            self.note_id(MessageId(id))
        }
    }

    #[test]
    fn d4_a_message_is_new_once() {
        let mut progress = SyncState::default();
        assert!(progress.take_id(5));
        assert!(!progress.take_id(5));
        assert!(progress.take_id(4), "late, but not lost");
        assert_eq!(progress.last(), Some(MessageId(5)));
    }

    #[test]
    fn d3_an_own_message_is_known_but_hides_none_before_it() {
        let mut progress = SyncState::after(Some(MessageId(7)));
        progress.note_id(MessageId(9));
        assert_eq!(progress.last(), Some(MessageId(7)));
        assert!(progress.take_id(8));
        assert!(!progress.take_id(9));
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut progress = SyncState::default();
        for id in 0..10_000 {
            assert!(progress.take_id(id));
        }
        assert_eq!(progress.known.len(), REMEMBERED);
    }
}
