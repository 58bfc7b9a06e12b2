//! What a recovery has fetched so far, and what is still missing.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    mem,
};

use crate::{
    core::{
        MessagePage, recent_edits,
        recovered::{ChangesGap, Gap},
        sync_state::SyncState,
    },
    model::{Message, MessageId, Timestamp},
};

/// The maximum number of rows about edits and deletions that are held, the latest ones: they only add to the changes that
/// are requested.
pub(super) const MAX_ACTIONS: usize = 1_000;

/// What was missed, and what is still missing.
#[derive(Debug, Default)]
pub(in crate::core) struct Missed {
    /// Messages that the game has, as they are now.
    pub(in crate::core) changes: Vec<Message>,
    /// Those messages as rows about an edit or a deletion contain them, the latest first.
    pub(super) actions: Vec<Message>,
    pub(in crate::core) changes_gap: Option<ChangesGap>,
    /// The changes that are no news to a game that has just logged in; `None` if this is not the first recovery after a
    /// login.
    pub(in crate::core) first_changes: Option<FirstChanges>,
    /// New messages, by ascending id.
    pub(in crate::core) messages: VecDeque<Message>,
    pub(in crate::core) gap: Option<Gap>,
    /// The server has lost everything after this message, and reused the ids after it.
    pub(in crate::core) restarted_after: Option<MessageId>,
}

/// The changes of messages that were made before the game began to listen, as far as its first pages contain them.
#[derive(Debug, Default)]
pub(in crate::core) struct FirstChanges {
    /// When the newest message was sent or changed last.
    pub(in crate::core) at: Timestamp,
    /// The messages that were changed. Where there are several states of one, the first one is the latest.
    pub(in crate::core) messages: Vec<Message>,
}

impl Missed {
    pub(super) fn add_first_changes(&mut self, page: &MessagePage, last: MessageId) {
        let newest = page.messages.last();
        let at = newest.map_or_else(Timestamp::default, |message| message.updated_at);
        let first = self.first_changes.get_or_insert_with(|| FirstChanges {
            at,
            messages: Vec::new(),
        });
        let is_old = |message: &&Message| message.id <= last && recent_edits::is_changed(message);
        let states = page.messages.iter().rev().filter(is_old);
        let states = states.chain(page.changes.iter().rev());
        first.messages.extend(states.cloned());
        first.messages.truncate(MAX_ACTIONS);
    }

    /// Adds the messages of earlier rows about edits and deletions.
    pub(super) fn add_actions(&mut self, latest_first: impl IntoIterator<Item = Message>) {
        self.actions.extend(latest_first);
        self.actions.truncate(MAX_ACTIONS);
    }

    /// Leaves one state of each message that the game has: the one that was fetched last, or the deletion.
    pub(super) fn merge_changes(&mut self, last: Option<MessageId>) {
        let Missed {
            changes,
            actions,
            changes_gap,
            messages,
            ..
        } = self;
        // The state that was fetched last wins, but a deletion is final. If a gap of changes is announced, rows add no
        // messages to the fetched changes.
        let states = mem::take(changes);
        let mut places = HashMap::new();
        let states = states.into_iter().map(|state| (true, state));
        let actions = actions.drain(..).map(|state| (false, state));
        for (is_state, state) in states.chain(actions) {
            match places.entry(state.id) {
                Entry::Vacant(_) if !is_state && changes_gap.is_some() => {}
                Entry::Vacant(place) => {
                    place.insert(changes.len());
                    changes.push(state);
                }
                Entry::Occupied(place) => {
                    let held = &mut changes[*place.get()];
                    if state.is_deleted() || (is_state && !held.is_deleted()) {
                        *held = state;
                    }
                }
            }
        }
        // Fetched messages, and all messages after the last one, are in their newest state already.
        let is_fetched = |id| messages.binary_search_by_key(&id, |it| it.id).is_ok();
        changes.retain(|message| Some(message.id) <= last && !is_fetched(message.id));
    }
}

/// Adds the gap after a connection that was lost before its first page came: what was sent after it is unknown.
pub(in crate::core) fn with_unknown_start(
    missed: Option<Missed>,
    sync: &mut SyncState,
) -> Option<Missed> {
    if !sync.take_misses_start() {
        return missed;
    }
    let mut missed = missed.unwrap_or_default();
    missed.gap.get_or_insert(Gap {
        after: MessageId(0),
        before: None,
        error: None,
    });
    Some(missed)
}
