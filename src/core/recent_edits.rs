use std::{
    collections::{HashMap, VecDeque},
    hash::Hasher,
};

use fnv::FnvHasher;

use super::record::{KnownChange, LastChange};
use crate::model::{Message, MessageContent, MessageId, Timestamp};

/// The tolerated difference between the clocks of a server, in seconds. A larger one is recognised from the time of a
/// message.
const CLOCK_TOLERANCE: u64 = 60;
/// The number of changed messages that are remembered individually.
const REMEMBERED: usize = 1_024;

/// Which edits and deletions a session has handed to the game, so that each is handed over once.
#[derive(Default)]
pub(super) struct RecentEdits {
    /// The time of the last change that the game knows of, by the server's clock. It only determines from when on
    /// changes are fetched: the order of two changes is never read from a clock.
    last: Option<Timestamp>,
    /// The messages that changed last, as the game has them.
    known: VecDeque<(Timestamp, KnownChange)>,
}

impl RecentEdits {
    /// Continues from the state that an earlier run of the game saved.
    pub(super) fn from(last: Option<&LastChange>) -> Self {
        let mut edits = Self::default();
        if let Some(LastChange { at, known }) = last {
            edits.last = Some(*at);
            let latest = known.iter().skip(known.len().saturating_sub(REMEMBERED));
            edits.known.extend(latest.map(|change| (*at, *change)));
        }
        edits
    }

    /// The time since which changes may have been missed, with a tolerance for the server's clocks. `None` before the
    /// first connection.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.last.map(before)
    }

    /// The state to save for a later run of the game, with the changes of messages after `looked_back_to`.
    pub(super) fn to_saved(&self, looked_back_to: Option<MessageId>) -> Option<LastChange> {
        let at = self.last?;
        Some(LastChange {
            at,
            known: self
                .known
                .iter()
                .filter(|(when, change)| {
                    *when >= before(at) || Some(change.message) > looked_back_to
                })
                .map(|(_, change)| *change)
                .collect(),
        })
    }

    /// Records that no change up to about `at` needs fetching. Also follows a clock that has gone back.
    pub(super) fn advance(&mut self, at: Timestamp) {
        if at == Timestamp::default() && self.last.is_some() {
            return;
        }
        self.last = match self.last {
            Some(last) if at >= before(last) => Some(last.max(at)),
            _ => Some(at),
        };
    }

    /// Starts at about `at`: earlier changes are no news. Of several states of a message the first one counts, unless
    /// the game has already received another one.
    pub(super) fn begin(&mut self, at: Timestamp, changed: &[Message]) {
        if self.last.is_none() {
            self.advance(at);
            for message in changed {
                self.advance(message.updated_at);
            }
        }
        for message in changed {
            if !self.known.iter().any(|(_, it)| it.message == message.id) {
                self.record_own(message);
            }
        }
    }

    /// The server has lost everything after this message.
    pub(super) fn restart_after(&mut self, last: MessageId) {
        self.known.retain(|(_, change)| change.message <= last);
    }

    /// Whether the message has been changed in a way that the game does not know yet.
    pub(super) fn is_news(&self, message: &Message) -> bool {
        let Some((_, change)) = change(message) else {
            return false;
        };
        let mut known = self.known.iter().map(|(_, known)| known);
        let known = known.find(|known| known.message == message.id);
        known.is_none_or(|known| *known != change && !known.is_deletion)
    }

    /// Records a message that is delivered to the game. Returns whether it has a change that the game did not know. The
    /// last change to arrive wins, whatever its time, but nothing undoes a deletion.
    pub(super) fn take(&mut self, message: &Message) -> bool {
        self.advance(message.updated_at);
        self.record_own(message)
    }

    /// Records a message that the game has by other means, such as one that it changed itself. Changes that others made
    /// before may still have to be fetched.
    pub(super) fn record_own(&mut self, message: &Message) -> bool {
        let Some((at, change)) = change(message) else {
            return false;
        };
        let known = &mut self.known;
        let place = known.iter().position(|(_, it)| it.message == message.id);
        if let Some(place) = place {
            let (when, last) = &mut known[place];
            if *last == change {
                // The game may have received the change before, with an earlier time.
                *when = at.max(*when);
                return false;
            }
            if last.is_deletion {
                return false;
            }
            known.remove(place);
        }
        if known.len() == REMEMBERED {
            known.pop_front();
        }
        known.push_back((at, change));
        true
    }

    /// For states of messages in the order of their delivery: the place of the state that the game has, by message. States
    /// before that place are out of date.
    pub(super) fn places<'m>(
        &self,
        told: impl Iterator<Item = (usize, &'m Message)>,
    ) -> HashMap<MessageId, usize> {
        let last = told.filter(|(_, message)| self.is_last(message));
        last.map(|(place, message)| (message.id, place)).collect()
    }

    fn is_last(&self, message: &Message) -> bool {
        let last = change(message).map(|(_, change)| change);
        last.is_some_and(|last| self.known.iter().any(|(_, known)| *known == last))
    }
}

/// The time from which on to fetch changes that may have happened at `at` by another clock.
pub(super) const fn before(at: Timestamp) -> Timestamp {
    Timestamp(at.0.saturating_sub(CLOCK_TOLERANCE))
}

/// Whether the message has been edited or deleted.
pub(super) fn is_changed(message: &Message) -> bool {
    message.deleted_at().or(message.edited_at()).is_some()
}

/// The last change of a message, and when it was; `None` if there was none.
fn change(message: &Message) -> Option<(Timestamp, KnownChange)> {
    let at = message.deleted_at().or(message.edited_at())?;
    let change = KnownChange {
        message: message.id,
        fingerprint: fingerprint(message),
        is_deletion: message.is_deleted(),
    };
    Some((at, change))
}

/// A hash of all that an edit or a deletion can change. It is saved, so it is the same in all builds: std's hashers are
/// not.
fn fingerprint(message: &Message) -> u64 {
    let mut hasher = FnvHasher::default();
    for at in [message.edited_at(), message.deleted_at()] {
        hasher.write(&at.map_or(u64::MAX, |at| at.0).to_le_bytes());
    }
    if !message.is_deleted() {
        hasher.write(message.text().unwrap_or_default().as_bytes());
        match &message.content {
            MessageContent::Custom(custom) => hasher.write(custom.data.as_str().as_bytes()),
            MessageContent::Interactive(content) => hasher.write(content.data.as_str().as_bytes()),
            _ => {}
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Receiver, User};

    fn edited(id: u64, at: u64, text: &str) -> Message {
        let user = |uid: &str| Arc::new(User::new(uid, uid));
        let mut message = Message {
            id: MessageId(id),
            muid: None,
            conversation_id: "alice_user_bob".into(),
            sender: user("alice"),
            receiver: Receiver::User(user("bob")),
            sent_at: Timestamp(1),
            updated_at: Timestamp(at),
            content: MessageContent::Text(text.into()),
            metadata: None,
            parent_id: None,
            details: None,
        };
        message.details_mut().edited_at = Some(Timestamp(at));
        message
    }

    #[test]
    fn d3_a_change_is_new_once() {
        let mut changes = RecentEdits::default();
        assert!(changes.take(&edited(1, 5, "a")));
        assert!(!changes.take(&edited(1, 5, "a")));
        assert!(changes.take(&edited(1, 5, "b")), "again within the second");
        assert!(changes.take(&edited(1, 6, "b")));
        assert_eq!(changes.last, Some(Timestamp(6)));
        let mut deleted = edited(1, 6, "b");
        deleted.details_mut().deleted_at = Some(Timestamp(6));
        assert!(changes.take(&deleted));
    }

    #[test]
    fn d3_the_last_state_wins_though_it_was_fetched_before_an_older_one_came() {
        let mut changes = RecentEdits::default();
        assert!(changes.take(&edited(1, 5, "fetched")));
        assert!(changes.take(&edited(1, 5, "held")));
        assert!(changes.take(&edited(1, 5, "fetched")));
        assert!(!changes.take(&edited(1, 5, "fetched")));
    }

    #[test]
    fn d3_what_was_told_before_the_state_that_the_game_has_was_overtaken() {
        let mut changes = RecentEdits::default();
        changes.take(&edited(1, 5, "c"));
        let told = ["a", "b", "c", "d"].map(|text| edited(1, 5, text));
        let places = changes.places(told.iter().enumerate());
        assert_eq!(places, HashMap::from([(MessageId(1), 2)]));
        let of_another = changes.places([(0, &edited(2, 5, "c"))].into_iter());
        assert!(of_another.is_empty());
    }

    #[test]
    fn d3_an_own_change_is_known_but_hides_none_before_it() {
        let mut changes = RecentEdits::default();
        changes.take(&edited(1, 5, "a"));
        changes.record_own(&edited(2, 7, "own"));
        assert_eq!(changes.last, Some(Timestamp(5)));
        let later = RecentEdits::from(changes.to_saved(None).as_ref());
        for mut changes in [changes, later] {
            assert!(changes.take(&edited(1, 6, "b")));
            assert!(!changes.take(&edited(2, 7, "own")));
            let mut later = RecentEdits::from(changes.to_saved(None).as_ref());
            assert!(!later.take(&edited(2, 7, "own")));
        }
    }

    #[test]
    fn d3_a_later_run_knows_what_changed_in_the_last_second() {
        let mut changes = RecentEdits::default();
        changes.take(&edited(1, 5, "a"));
        changes.take(&edited(2, 7, "b"));
        let mut later = RecentEdits::from(changes.to_saved(None).as_ref());
        assert_eq!(later.last, Some(Timestamp(7)));
        assert!(!later.take(&edited(2, 7, "b")));
        assert!(later.take(&edited(3, 7, "c")));
    }

    #[test]
    fn d3_what_changed_before_the_game_listened_is_no_news_and_undoes_nothing() {
        let mut changes = RecentEdits::default();
        changes.begin(Timestamp::default(), &[]);
        assert_eq!(
            changes.since(),
            Some(Timestamp(0)),
            "it listens from now on"
        );
        let mut changes = RecentEdits::default();
        assert!(changes.take(&edited(1, 5_000, "told meanwhile")));
        let before = [
            edited(1, 4_900, "older"),
            edited(2, 4_900, "b"),
            edited(2, 4_800, "a"),
        ];
        changes.begin(Timestamp(4_000), &before);
        assert_eq!(changes.since(), Some(Timestamp(4_940)));
        assert!(!changes.take(&edited(1, 5_000, "told meanwhile")));
        assert!(!changes.take(&edited(2, 4_900, "b")));
    }

    #[test]
    fn d3_the_last_change_to_arrive_wins_whatever_its_time() {
        let mut changes = RecentEdits::default();
        let mut deleted = edited(1, 5, "");
        deleted.details_mut().deleted_at = Some(Timestamp(6));
        assert!(changes.take(&deleted));
        assert!(!changes.take(&edited(1, 6, "a")), "it is deleted");
        assert!(changes.take(&edited(2, 7, "b")));
        let older = edited(2, 6, "a");
        let later = RecentEdits::from(changes.to_saved(None).as_ref());
        for mut changes in [changes, later] {
            assert!(changes.is_news(&older));
            assert!(changes.take(&older), "a clock went back");
            assert!(!changes.is_news(&older));
        }
    }

    #[test]
    fn d3_changes_are_looked_for_where_a_clock_that_went_back_has_them() {
        let mut changes = RecentEdits::default();
        changes.take(&edited(1, 5_000, "a"));
        changes.take(&edited(2, 4_950, "b"));
        assert_eq!(
            changes.since(),
            Some(Timestamp(4_940)),
            "clocks that disagree"
        );
        changes.take(&edited(3, 1_000, "c"));
        assert_eq!(
            changes.since(),
            Some(Timestamp(940)),
            "a clock that went back"
        );
    }

    #[test]
    fn a_message_that_was_never_changed_is_no_change() {
        let mut changes = RecentEdits::default();
        let mut message = edited(1, 5, "a");
        message.details = None;
        assert!(!changes.take(&message));
        assert_eq!(changes.last, Some(Timestamp(5)));
    }

    #[test]
    fn d3_what_is_saved_of_a_change_is_the_same_in_all_builds() {
        assert_eq!(fingerprint(&edited(1, 5, "a")), 8_004_174_809_969_841_179);
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut changes = RecentEdits::default();
        for id in 0..5_000 {
            changes.take(&edited(id, 5, "a"));
        }
        assert_eq!(changes.known.len(), REMEMBERED);
        let saved = (0..5_000).map(|id| KnownChange {
            message: MessageId(id),
            fingerprint: id,
            is_deletion: false,
        });
        let mut changes = RecentEdits::from(Some(&LastChange {
            at: Timestamp(5),
            known: saved.collect(),
        }));
        assert!(changes.take(&edited(5_000, 5, "a")));
        assert_eq!(changes.known.len(), REMEMBERED);
    }
}
