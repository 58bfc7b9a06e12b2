use std::{
    collections::{HashMap, HashSet, VecDeque},
    ops::Range,
    sync::Arc,
};

use foldhash::quality::RandomState;

use super::{
    Entry, EntryKey,
    entry::{Body, Origin},
    size::{self, Shared},
};
use crate::{
    client::{OutboxChange, OutboxState},
    model::{Message, MessageId, Uid},
};

/// The entries of a conversation: the messages by ascending id, then those that are not sent yet.
///
/// Each message is boxed, so that an insertion moves pointers only.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    stored: VecDeque<Box<Entry>>,
    outgoing: Vec<Entry>,
    /// The muids of messages of the outbox that arrived from the server before the outbox reported them as sent.
    found: HashSet<Arc<str>, RandomState>,
    /// The messages that were entries before they were sent, by the number of the entry's key.
    sent: HashMap<u64, MessageId, RandomState>,
    /// The size of the messages without what they share.
    own_bytes: usize,
    shared: Shared,
}

/// # Looking
impl Entries {
    pub(super) fn len(&self) -> usize {
        self.stored.len() + self.outgoing.len()
    }

    pub(super) fn stored_len(&self) -> usize {
        self.stored.len()
    }

    pub(super) fn has_outgoing(&self) -> bool {
        !self.outgoing.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.own_bytes.saturating_add(self.shared.bytes())
    }

    pub(super) fn get(&self, position: usize) -> Option<&Entry> {
        match position.checked_sub(self.stored.len()) {
            None => self.stored.get(position).map(|entry| &**entry),
            Some(position) => self.outgoing.get(position),
        }
    }

    pub(super) fn range(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = &Entry> {
        let between = self.stored.len();
        let stored = clamp(&range, between);
        let outgoing = range.start.saturating_sub(between)..range.end.saturating_sub(between);
        let outgoing = clamp(&outgoing, self.outgoing.len());
        let stored = self.stored.range(stored).map(|entry| &**entry);
        stored.chain(&self.outgoing[outgoing])
    }

    pub(super) fn id_at(&self, position: usize) -> Option<MessageId> {
        self.stored.get(position).and_then(|entry| entry.id())
    }

    pub(super) fn oldest(&self) -> Option<MessageId> {
        self.id_at(0)
    }

    pub(super) fn newest(&self) -> Option<MessageId> {
        self.stored.back().and_then(|entry| entry.id())
    }

    /// The position of a message, or the one at which it belongs.
    pub(super) fn find(&self, id: MessageId) -> Result<usize, usize> {
        if self.newest() < Some(id) {
            return Err(self.stored.len());
        }
        self.stored
            .binary_search_by_key(&Some(id), |entry| entry.id())
    }

    /// The position of the first message after this one.
    pub(super) fn position_after(&self, id: MessageId) -> usize {
        self.find(id)
            .map_or_else(|position| position, |position| position + 1)
    }

    pub(super) fn position(&self, key: EntryKey) -> Option<usize> {
        let id = match key.0 {
            Origin::Server(id) => Some(id),
            Origin::Outbox(number) => self.sent.get(&number).copied(),
        };
        let position = match id {
            Some(id) => self.find(id).ok()?,
            None => {
                self.stored.len() + self.outgoing.iter().position(|entry| entry.key() == key)?
            }
        };
        (self.get(position)?.key() == key).then_some(position)
    }
}

/// # Changing
impl Entries {
    /// Inserts a message at a position that [`find`](Self::find) returned. If it was an entry before it was sent, it
    /// keeps its key.
    pub(super) fn insert(&mut self, position: usize, message: Message, me: &Uid) -> &mut Entry {
        let known = self.remove_outgoing(&message, me);
        let id = message.id;
        let key = known.map_or(EntryKey(Origin::Server(id)), |entry| entry.key());
        if let Origin::Outbox(number) = key.0 {
            self.sent.insert(number, id);
        }
        self.own_bytes += size::of_message(&message);
        self.shared.add(&message);
        let entry = Box::new(Entry::of_message(message, key, me));
        self.stored.insert(position, entry);
        &mut self.stored[position]
    }

    pub(super) fn get_mut(&mut self, position: usize) -> Option<&mut Entry> {
        self.stored.get_mut(position).map(|entry| &mut **entry)
    }

    /// Changes the message at a position. Returns whether `change` changed it.
    pub(super) fn change(
        &mut self,
        position: usize,
        me: &Uid,
        change: impl FnOnce(&mut Message) -> bool,
    ) -> bool {
        let Some(entry) = self.stored.get_mut(position) else {
            return false;
        };
        let Body::Stored(message) = &mut entry.body else {
            return false;
        };
        let before = message.clone();
        if !change(message) {
            return false;
        }
        self.own_bytes -= size::of_message(&before);
        self.own_bytes += size::of_message(message);
        self.shared.add(message);
        self.shared.remove(&before);
        entry.update_status(me);
        true
    }

    /// The messages at these positions. Positions without a message are left out, also of a range that ends before it
    /// starts.
    pub(super) fn stored_mut(&mut self, range: Range<usize>) -> impl Iterator<Item = &mut Entry> {
        let range = clamp(&range, self.stored.len());
        self.stored.range_mut(range).map(|entry| &mut **entry)
    }

    /// Removes the oldest message.
    pub(super) fn remove_oldest(&mut self) {
        if let Some(entry) = self.stored.pop_front() {
            self.forget(&entry);
        }
    }

    /// Removes the messages after `last` that `is_gone` is true for.
    pub(super) fn remove_after(&mut self, last: MessageId, is_gone: impl Fn(&Entry) -> bool) {
        for entry in self.stored.split_off(self.position_after(last)) {
            if is_gone(&entry) {
                self.forget(&entry);
            } else {
                self.stored.push_back(entry);
            }
        }
    }

    fn forget(&mut self, entry: &Entry) {
        if let Some(message) = entry.message() {
            self.own_bytes -= size::of_message(message);
            self.shared.remove(message);
        }
        if let Origin::Outbox(number) = entry.key().0 {
            self.sent.remove(&number);
        }
    }

    pub(super) fn outgoing_mut(&mut self, muid: &str) -> Option<&mut Entry> {
        let position = self.outgoing_position(muid)?;
        Some(&mut self.outgoing[position])
    }

    pub(super) fn push_outgoing(&mut self, entry: Entry) {
        self.outgoing.push(entry);
    }

    /// Removes the unsent entry of a message that the server has. The two match by muid, sender and receiver, and the
    /// message is newer than all that were there when the entry was written.
    pub(super) fn remove_outgoing(&mut self, message: &Message, me: &Uid) -> Option<Entry> {
        let muid = own_muid(message, me)?;
        let position = self.outgoing_position(muid)?;
        if self.outgoing[position].after() >= Some(message.id) {
            return None;
        }
        self.found.insert(muid.clone());
        Some(self.outgoing.remove(position))
    }

    /// Removes a message that is not sent. Returns whether there was one.
    pub(super) fn discard(&mut self, muid: &str) -> bool {
        let position = self.outgoing_position(muid);
        position.is_some_and(|position| {
            self.outgoing.remove(position);
            true
        })
    }

    /// Whether the message that the outbox reports on has turned up as a message of the server's.
    pub(super) fn is_found(&mut self, change: &OutboxChange) -> bool {
        match change.state {
            OutboxState::Discarded => self.found.remove(&change.muid),
            _ => self.found.contains(&change.muid),
        }
    }

    /// The outbox says that a message was sent, so that its muid may be used again.
    pub(super) fn confirm(&mut self, muid: &str) {
        if let Some(entry) = self.outgoing_mut(muid) {
            entry.confirm();
        }
        self.found.remove(muid);
    }

    fn outgoing_position(&self, muid: &str) -> Option<usize> {
        self.outgoing
            .iter()
            .position(|entry| entry.muid().is_some_and(|known| **known == *muid))
    }
}

/// The part of a range that lies within a length.
fn clamp(range: &Range<usize>, len: usize) -> Range<usize> {
    let end = range.end.min(len);
    range.start.min(end)..end
}

/// The muid of a message, if the user sent it: other senders choose theirs freely.
fn own_muid<'m>(message: &'m Message, me: &Uid) -> Option<&'m Arc<str>> {
    message.muid.as_ref().filter(|_| message.sender.uid == *me)
}
