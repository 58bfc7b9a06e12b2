use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use super::changes::Changes;
use crate::{
    client::session::Session,
    model::{Message, MessageId},
};

/// How many messages are remembered one by one.
const REMEMBERED: usize = 4_096;

/// Which messages a session has handed to the game, so that each is handed over once (rules D3 and D4).
#[derive(Default)]
pub(super) struct Progress {
    /// Which of their changes.
    pub(super) changes: Changes,
    last: Cell<Option<MessageId>>,
    /// The latest messages that the game has, as it got them.
    known: RefCell<VecDeque<MessageId>>,
    /// The largest id among them: what is beyond it is new, and needs no search.
    largest: Cell<Option<MessageId>>,
}

impl Progress {
    /// Goes on from where an earlier run of the game had come.
    pub(super) fn of(session: &Session) -> Self {
        let progress = Self {
            changes: Changes::from(session.last_change.as_ref()),
            ..Self::after(session.last_message)
        };
        for id in &session.known_messages {
            progress.note_id(*id);
        }
        progress
    }

    fn after(last: Option<MessageId>) -> Self {
        Self {
            last: Cell::new(last),
            ..Self::default()
        }
    }

    /// Writes down how far the game has come; says whether that is news.
    pub(super) fn save_in(&self, session: &mut Session) -> bool {
        let last_message = self.last();
        let known = self.known.borrow();
        let known_messages = known
            .iter()
            .copied()
            .filter(|id| Some(*id) > last_message)
            .collect();
        let last_change = self.changes.to_saved();
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
        self.last.get()
    }

    /// Takes note that everything up to `id` needs no fetching.
    pub(super) fn advance(&self, id: MessageId) {
        self.last.set(self.last.get().max(Some(id)));
    }

    /// Takes note of a message on its way to the game; says whether it is new.
    pub(super) fn take(&self, message: &Message) -> bool {
        self.changes.take(message);
        self.advance(message.id);
        self.note_id(message.id)
    }

    /// Takes note of a message that the game has by other means, such as one that it sent or changed.
    pub(super) fn note(&self, message: &Message) {
        self.changes.note(message);
        self.note_id(message.id);
    }

    fn note_id(&self, id: MessageId) -> bool {
        let mut known = self.known.borrow_mut();
        if self.largest.get() >= Some(id) && known.contains(&id) {
            return false;
        }
        self.largest.set(self.largest.get().max(Some(id)));
        if known.len() == REMEMBERED {
            known.pop_front();
        }
        known.push_back(id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Progress {
        fn take_id(&self, id: u64) -> bool {
            self.advance(MessageId(id));
            self.note_id(MessageId(id))
        }
    }

    #[test]
    fn d4_a_message_is_new_once() {
        let progress = Progress::default();
        assert!(progress.take_id(5));
        assert!(!progress.take_id(5));
        assert!(progress.take_id(4), "late, but not lost");
        assert_eq!(progress.last(), Some(MessageId(5)));
    }

    #[test]
    fn d3_an_own_message_is_known_but_hides_none_before_it() {
        let progress = Progress::after(Some(MessageId(7)));
        progress.note_id(MessageId(9));
        assert_eq!(progress.last(), Some(MessageId(7)));
        assert!(progress.take_id(8));
        assert!(!progress.take_id(9));
    }

    #[test]
    fn the_memory_is_bounded() {
        let progress = Progress::default();
        for id in 0..10_000 {
            assert!(progress.take_id(id));
        }
        assert_eq!(progress.known.borrow().len(), REMEMBERED);
    }
}
