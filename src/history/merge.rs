//! Which of two states of one message is the newer one, and what is kept of the other.

use std::cmp::Ordering;

use crate::model::{Message, Reaction, ReactionEvent, Uid};

/// More reactions of different kinds are not counted.
const MAX_REACTIONS: usize = 64;

/// Whom a state of a message was told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The logged-in user: it says what they did with it.
    Own,
    /// Everybody alike.
    Anybody,
}

/// Brings `held` up to date. Says whether anything changed.
pub(super) fn merge(held: &mut Message, told: &Message, view: View) -> bool {
    if age(told, held) == Ordering::Less {
        return false;
    }
    let mut newer = told.clone();
    if view == View::Anybody && held.details.is_some() {
        keep_own_view(held, &mut newer);
    }
    let changed = newer != *held;
    if changed {
        *held = newer;
    }
    changed
}

/// Which of two states came first: a message is deleted once and for all, and the server tells time in seconds.
pub(super) fn age(one: &Message, other: &Message) -> Ordering {
    let state = |message: &Message| {
        (
            message.is_deleted(),
            message.edited_at(),
            message.updated_at,
        )
    };
    state(one).cmp(&state(other))
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

/// Counts a reaction, or counts it no more. Says whether anything changed.
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
