//! Two states of one message brought together, and the recent edits that a reply to a request may not know yet.
//!
//! The state that arrives last wins. No order is read from a clock: a server's clock can go back, and two servers'
//! clocks can disagree.

use std::collections::VecDeque;

use crate::model::{Message, Reaction, ReactionEvent, Uid};

/// The maximum number of different reactions that are counted for a message.
const MAX_REACTIONS: usize = 64;
/// The maximum number of messages in [`RecentEdits`].
const MAX_RECENT_EDITS: usize = 64;

/// Who a state of a message was sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The logged-in user alone: it includes their own reactions and read markers.
    Own,
    /// Several users alike.
    Anybody,
}

/// Replaces `held` by the state that arrived, and keeps what only `held` knows. A deletion is final.
///
/// Returns whether anything changed.
pub(super) fn merge(held: &mut Message, arrived: &Message, view: View) -> bool {
    if held.is_deleted() && !arrived.is_deleted() {
        return false;
    }
    let mut newer = arrived.clone();
    newer.muid = newer.muid.or_else(|| held.muid.clone());
    if view == View::Anybody && held.details.is_some() {
        keep_own_view(held, &mut newer);
    }
    let changed = newer != *held;
    if changed {
        *held = newer;
    }
    changed
}

fn keep_own_view(held: &Message, newer: &mut Message) {
    let held = held.details();
    let newer = newer.details_mut();
    newer.my_delivered_at = newer.my_delivered_at.or(held.my_delivered_at);
    newer.my_read_at = newer.my_read_at.or(held.my_read_at);
    newer.delivered_at = newer.delivered_at.or(held.delivered_at);
    newer.read_at = newer.read_at.or(held.read_at);
    if newer.reactions.is_empty() {
        newer.reactions.clone_from(&held.reactions);
    }
    for reaction in &mut newer.reactions {
        reaction.reacted_by_me |= held
            .reactions
            .iter()
            .any(|known| known.reacted_by_me && known.reaction == reaction.reaction);
    }
}

/// Adds a reaction to a message, or removes it. Returns whether anything changed.
pub(super) fn react(message: &mut Message, event: &ReactionEvent, me: &Uid) -> bool {
    let by_me = event.user.uid == *me;
    let known = message
        .reactions()
        .iter()
        .position(|known| known.reaction == event.reaction);
    let was_mine = known.is_some_and(|known| message.reactions()[known].reacted_by_me);
    if by_me && was_mine == event.added {
        return false;
    }
    match known {
        Some(known) if event.added => {
            let known = &mut message.details_mut().reactions[known];
            known.count = known.count.saturating_add(1);
            known.reacted_by_me |= by_me;
        }
        Some(known) => {
            let reactions = &mut message.details_mut().reactions;
            reactions[known].count = reactions[known].count.saturating_sub(1);
            reactions[known].reacted_by_me &= !by_me;
            if reactions[known].count == 0 {
                reactions.remove(known);
            }
        }
        None if event.added && message.reactions().len() < MAX_REACTIONS => {
            let reaction = Reaction::new(event.reaction.clone(), 1, by_me);
            message.details_mut().reactions.push(reaction);
        }
        None => return false,
    }
    true
}

/// The messages that were edited or deleted last, each with the revision at which that arrived. A page that was
/// requested before contains them as they were.
#[derive(Clone, Debug, Default)]
pub(super) struct RecentEdits(VecDeque<(u64, Message)>);

impl RecentEdits {
    pub(super) fn push(&mut self, edited: &Message, revision: u64) {
        self.0.retain(|(_, known)| known.id != edited.id);
        if self.0.len() == MAX_RECENT_EDITS {
            self.0.pop_front();
        }
        self.0.push_back((revision, edited.clone()));
    }

    /// Applies the edit of a message that arrived after a revision, if there was one.
    pub(super) fn apply(&self, message: &mut Message, after: u64) {
        let edit = self
            .0
            .iter()
            .find(|(revision, edited)| edited.id == message.id && *revision > after);
        if let Some((_, edited)) = edit {
            merge(message, edited, View::Anybody);
        }
    }
}
