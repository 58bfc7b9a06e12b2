#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::Hasher,
};

use fnv::FnvHasher;

use super::{
    recent_edits::RecentEdits,
    record::{KnownMessage, SavedSyncState, Session},
};
use crate::model::{
    GroupActionKind, Guid, Message, MessageContent, MessageId, Receiver, Timestamp, Uid,
};

/// The number of messages that are remembered individually. It exceeds the capacity of the queue to the game, so that a
/// message that the server sends again while it waits there is recognised.
const REMEMBERED: usize = 8_192;
/// The number of messages before the last one that recovery searches again, because ids can become visible out of
/// order. It is one page, so a recovery costs at most one more request.
const OVERLAP: usize = 100;
/// The maximum of that number, while a recovery is not rechecked yet.
const MAX_OVERLAP: usize = 500;

/// Which messages a session has handed to the game, so that each is handed over once.
#[derive(Default)]
pub(super) struct SyncState {
    /// Which changes of these messages it has handed to the game.
    pub(super) edits: RecentEdits,
    user: Option<Uid>,
    last: Option<MessageId>,
    /// The group that the last one was sent to, if any.
    last_group: Option<Guid>,
    /// All messages after this one that the game has are in `known`.
    after: Option<MessageId>,
    /// The latest messages that the game has, in the order of delivery.
    known: VecDeque<KnownMessage>,
    /// The lists of the last recovery may have lacked messages after this one: recovery searches them again.
    unsettled: Option<MessageId>,
    /// Everything after the last message and before the next one was announced as a gap.
    has_open_gap: bool,
    /// There was a live connection.
    has_listened: bool,
    /// There was a second connection while no last message was known: messages between the two are missing, which is
    /// not reported yet.
    misses_start: bool,
    /// The largest id in `known`: a message with a larger one is new, without a search.
    largest: Option<MessageId>,
    /// The groups that the user joined lately, with the message that reports it: what was sent before became visible then,
    /// and was not missed.
    joined: HashMap<Guid, MessageId>,
}

/// What is known about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// The game does not have it, as far as is remembered.
    No,
    /// The game has it.
    Same,
    /// The game has another one with its id.
    Another,
}

impl SyncState {
    /// Continues from the state that an earlier run of the game saved.
    pub(super) fn of(session: &Session) -> Self {
        let saved = &session.sync;
        let known = &saved.recent_messages;
        let (forgotten, known) = known.split_at(known.len().saturating_sub(REMEMBERED));
        let forgotten = forgotten.iter().map(|known| known.id).max();
        let mut state = Self {
            edits: RecentEdits::from(saved.last_change.as_ref()),
            user: Some(session.user.uid.clone()),
            last: saved.last_message,
            last_group: saved.last_group.clone(),
            after: saved.looked_back_to.or(saved.last_message).max(forgotten),
            unsettled: saved.looked_back_to,
            has_listened: saved.has_listened,
            misses_start: saved.misses_start,
            joined: saved.joined_groups.iter().cloned().collect(),
            ..Self::default()
        };
        for known in known {
            state.record_known(*known);
        }
        state
    }

    /// Writes the state to the session, in which the game does not have the messages that it has not read. Returns whether
    /// that changed it.
    pub(super) fn save_in(&self, session: &mut Session, unread: &[MessageId]) -> bool {
        let unread: HashSet<_> = unread.iter().collect();
        let before_unread = unread.iter().map(|id| MessageId(id.0.saturating_sub(1)));
        let from = before_unread.chain(self.looked_back_to()).min();
        let known = self.known.iter();
        let joined = self.joined.iter().map(|(guid, at)| (guid.clone(), *at));
        let mut joined: Vec<_> = joined.filter(|(_, at)| Some(*at) > from).collect();
        joined.sort_unstable_by_key(|(_, at)| *at);
        let now = SavedSyncState {
            last_message: self.last,
            last_group: self.last_group.clone(),
            recent_messages: known
                .filter(|known| Some(known.id) > from && !unread.contains(&known.id))
                .copied()
                .collect(),
            looked_back_to: from,
            joined_groups: joined,
            last_change: self.edits.to_saved(from),
            has_listened: self.has_listened,
            misses_start: self.misses_start,
        };
        let is_news = session.sync != now;
        session.sync = now;
        is_news
    }

    /// The newest message that the game has, or that was there before it began to listen.
    pub(super) fn last(&self) -> Option<MessageId> {
        self.last
    }

    /// Handles a connection that is live: from here on the game is to receive everything.
    pub(super) fn on_live(&mut self) {
        self.has_open_gap = false;
        self.misses_start |= self.has_listened && self.last.is_none();
        if self.has_listened {
            self.unsettled = self.unsettled.or(self.looked_back_to());
        }
        self.has_listened = true;
    }

    /// Whether the last recovery is not rechecked yet, and can be.
    pub(super) const fn is_unsettled(&self) -> bool {
        self.unsettled.is_some() && !self.has_open_gap
    }

    /// Records that a recovery was rechecked: from here on, every message has a frame.
    pub(super) const fn settle(&mut self) {
        self.unsettled = None;
    }

    /// Whether messages since the first connection are missing, and it is unknown which. It is reported once.
    pub(super) fn take_misses_start(&mut self) -> bool {
        std::mem::take(&mut self.misses_start)
    }

    /// The group that the last message was sent to, if any.
    pub(super) fn last_group(&self) -> Option<&Guid> {
        self.last_group.as_ref()
    }

    /// The message after which all messages that the game has are remembered.
    pub(super) fn remembered_after(&self) -> Option<MessageId> {
        self.after
    }

    /// The message after which recovery looks for messages.
    pub(super) fn looked_back_to(&self) -> Option<MessageId> {
        let ids = self.known.iter().map(|known| known.id);
        let mut ids: Vec<_> = ids.filter(|id| Some(*id) <= self.last).collect();
        let unsettled = ids.iter().filter(|id| Some(**id) > self.unsettled);
        let overlap = match self.unsettled {
            Some(_) => unsettled.count().clamp(OVERLAP, MAX_OVERLAP),
            None => OVERLAP,
        };
        let Some(place) = ids.len().checked_sub(overlap + 1) else {
            return self.after;
        };
        let (_, id, _) = ids.select_nth_unstable(place);
        self.after.max(Some(*id))
    }

    /// Records that no message up to `id` needs fetching.
    pub(super) fn advance(&mut self, id: MessageId, group: Option<Guid>) {
        self.after = self.after.or(Some(id));
        if self.last < Some(id) {
            self.last = Some(id);
            self.last_group = group;
        }
    }

    /// Records that the messages before this one, or before the next one, were announced as a gap: they are no longer
    /// looked for, unless a recovery begins before the next one.
    pub(super) fn record_gap(&mut self, before: Option<MessageId>) {
        match before {
            Some(id) => self.give_up_before(id),
            None => self.has_open_gap = true,
        }
    }

    fn give_up_before(&mut self, id: MessageId) {
        self.after = self.after.max(Some(MessageId(id.0.saturating_sub(1))));
    }

    /// Records a message that is delivered to the game. Returns whether it is new.
    pub(super) fn take(&mut self, message: &Message) -> bool {
        self.edits.take(message);
        self.close_gap(message.id);
        self.advance(message.id, group_of(message).cloned());
        self.record_join(message);
        self.record_known(known(message))
    }

    fn close_gap(&mut self, before: MessageId) {
        if self.has_open_gap && Some(before) > self.last {
            self.has_open_gap = false;
            self.give_up_before(before);
        }
    }

    /// Records a message that the game has by other means, such as one that it sent or changed.
    pub(super) fn record_own(&mut self, message: &Message) {
        self.edits.record_own(message);
        self.record_join(message);
        self.record_known(known(message));
    }

    /// Records the group if the message says that the user joined it.
    pub(super) fn record_join(&mut self, message: &Message) {
        let MessageContent::GroupAction(action) = &message.content else {
            return;
        };
        let is_join = matches!(
            action.kind,
            GroupActionKind::Joined | GroupActionKind::Added
        );
        if is_join && self.user.as_ref() == Some(&action.on.uid) && self.has_room_for_join() {
            let joined = self.joined.entry(action.group.guid.clone());
            let joined = joined.or_insert(message.id);
            *joined = message.id.max(*joined);
        }
    }

    /// Whether another group can be remembered. Groups that were joined before all that is looked for are forgotten.
    fn has_room_for_join(&mut self) -> bool {
        if self.joined.len() >= REMEMBERED {
            let looked_back_to = self.looked_back_to();
            self.joined.retain(|_, at| Some(*at) > looked_back_to);
        }
        self.joined.len() < REMEMBERED
    }

    /// Whether the game has a message with this id.
    pub(super) fn has(&self, id: MessageId) -> bool {
        self.find(id).is_some()
    }

    /// Whether the game has another message with its id: the server reuses ids, because it lost messages.
    pub(super) fn has_another(&self, message: &Message) -> bool {
        self.knows(message) == Known::Another
    }

    pub(super) fn knows(&self, message: &Message) -> Known {
        match self.find(message.id) {
            None => Known::No,
            Some(held) if is_same(held, &known(message)) => Known::Same,
            Some(_) => Known::Another,
        }
    }

    /// Whether an unknown message became visible later than those after it, and was not just hidden from the user until
    /// they joined its group.
    pub(super) fn is_late(&self, message: &Message, looked_back_to: MessageId) -> bool {
        let joined = group_of(message).and_then(|guid| self.joined.get(guid));
        message.id > looked_back_to && joined.is_none_or(|joined| message.id > *joined)
    }

    /// The server has lost everything after `last`, and reuses the ids after it.
    pub(super) fn restart_after(&mut self, last: MessageId) {
        self.last = Some(last);
        self.last_group = None;
        self.after = self.after.min(Some(last));
        self.unsettled = self.unsettled.min(Some(last));
        self.known.retain(|known| known.id <= last);
        self.largest = self.known.iter().map(|known| known.id).max();
        self.joined.retain(|_, at| *at <= last);
        self.edits.restart_after(last);
    }

    fn find(&self, id: MessageId) -> Option<&KnownMessage> {
        if self.largest < Some(id) {
            return None;
        }
        self.known.iter().find(|known| known.id == id)
    }

    fn record_known(&mut self, known: KnownMessage) -> bool {
        if self.has(known.id) {
            return false;
        }
        self.largest = self.largest.max(Some(known.id));
        if self.known.len() == REMEMBERED
            && let Some(forgotten) = self.known.pop_front()
        {
            self.after = self.after.max(Some(forgotten.id));
        }
        self.known.push_back(known);
        true
    }
}

fn group_of(message: &Message) -> Option<&Guid> {
    match &message.receiver {
        Receiver::Group(group) => Some(&group.guid),
        Receiver::User(_) => None,
    }
}

fn known(message: &Message) -> KnownMessage {
    let is_action = matches!(message.content, MessageContent::GroupAction(_));
    let (kind, receiver) = match &message.receiver {
        Receiver::User(user) => ("user", user.uid.as_str()),
        Receiver::Group(group) => ("group", group.guid.as_str()),
    };
    KnownMessage {
        id: message.id,
        sent_at: message.sent_at,
        parties_hash: (!is_action).then(|| hash(&[message.sender.uid.as_str(), kind, receiver])),
        muid_hash: message.muid.as_deref().map(|muid| hash(&[muid])),
    }
}

/// A hash that is saved, so it is the same in all builds: std's are not.
fn hash(texts: &[&str]) -> u64 {
    let mut hasher = FnvHasher::default();
    for text in texts {
        hasher.write(text.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

/// Whether two messages with the same id are the same one, as far as can be told: by their muids, if both have one, or
/// by their times.
fn is_same(one: &KnownMessage, other: &KnownMessage) -> bool {
    if one.parties_hash.is_none() || other.parties_hash.is_none() {
        return true;
    }
    let is_same_message = match (one.muid_hash, other.muid_hash) {
        (Some(one), Some(other)) => one == other,
        _ => {
            let times = [one.sent_at, other.sent_at];
            one.sent_at == other.sent_at || times.contains(&Timestamp::default())
        }
    };
    is_same_message && one.parties_hash == other.parties_hash
}
