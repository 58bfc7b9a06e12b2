use std::{ops::Range, sync::Arc};

use super::{
    Entry, EntryKey, EntryStatus, HistoryLimits, Missing,
    coverage::Coverage,
    entries::{self, Entries},
    hearing::Hearing,
    merge::{self, View},
    unread::Unread,
};
use crate::{
    client::{OutboxChange, Page},
    model::{
        Conversation, ConversationId, Group, GroupKind, Message, MessageId, ReactionEvent,
        Receiver, ReceiverId, Uid, User,
    },
};

/// What the user has with another user or in a group, as far as it is held.
#[derive(Clone, Debug)]
pub struct ConversationHistory {
    id: ReceiverId,
    with: Receiver,
    conversation_id: Option<ConversationId>,
    entries: Entries,
    pub(super) coverage: Coverage,
    unread: Unread,
    delivered_up_to: Option<MessageId>,
    read_up_to: Option<MessageId>,
    is_reading_back: bool,
    limits: HistoryLimits,
    version: u64,
    /// Its place among the conversations.
    pub(super) opened: u64,
    /// When it was used last.
    pub(super) used: u64,
}

impl ConversationHistory {
    /// Whom it is with.
    pub fn id(&self) -> &ReceiverId {
        &self.id
    }

    /// Whom it is with, as the newest message tells.
    pub fn with(&self) -> &Receiver {
        &self.with
    }

    /// What all who take part call it; `None` before the first message.
    pub fn conversation_id(&self) -> Option<&ConversationId> {
        self.conversation_id.as_ref()
    }

    /// The [`History::version`](super::History::version) at which anything about it changed last.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many messages the user has not read. Their own don't count, nor does what happens to a group's members.
    pub fn unread(&self) -> u64 {
        self.unread.count
    }

    /// How many of those mention the user.
    pub fn unread_mentions(&self) -> u64 {
        self.unread.mentions
    }

    /// The last message that the user has read, where that is known.
    pub fn read_up_to(&self) -> Option<MessageId> {
        self.unread.read_up_to
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at a position: 0 is the oldest.
    pub fn get(&self, position: usize) -> Option<&Entry> {
        self.entries.get(position)
    }

    /// The newest entry.
    pub fn last(&self) -> Option<&Entry> {
        self.get(self.len().checked_sub(1)?)
    }

    /// All entries, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.range(0..self.len())
    }

    /// The entries at these positions, as far as there are any: what a window shows. It costs what it yields.
    pub fn range(&self, positions: Range<usize>) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.range(positions)
    }

    /// Where an entry is now; `None` when it is no longer held.
    pub fn position(&self, key: EntryKey) -> Option<usize> {
        self.entries.position(key)
    }

    /// Where a message is now; `None` when it is not held.
    pub fn position_of(&self, message: MessageId) -> Option<usize> {
        self.entries.find(message).ok()
    }

    /// What may be missing right before a position. [`len`](Self::len) is one, too: after the last message.
    ///
    /// [`History::insert_page`](super::History::insert_page) says how to fill it.
    pub fn missing_before(&self, position: usize) -> Option<Missing> {
        let stored = self.entries.stored_len();
        let position = match position == self.len() {
            true => stored,
            false => position,
        };
        if position > stored {
            return None;
        }
        let before = self.entries.id_at(position);
        let after = position
            .checked_sub(1)
            .and_then(|position| self.entries.id_at(position));
        self.coverage.between(after, before)
    }

    /// How many older messages can be taken in at most.
    pub fn room_for_older(&self) -> usize {
        match self.entries.bytes() < self.limits.bytes {
            true => self
                .limits
                .messages_of(true)
                .saturating_sub(self.entries.stored_len()),
            false => 0,
        }
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Added,
    Changed,
    Same,
    /// It is older than all others, and there is no room: it is known to be missing.
    Refused,
}

/// # Changing
impl ConversationHistory {
    pub(super) fn new(
        id: ReceiverId,
        limits: HistoryLimits,
        opened: u64,
        told_before: Option<MessageId>,
    ) -> Self {
        Self {
            with: match &id {
                ReceiverId::User(uid) => Receiver::User(User::new(uid, uid.as_str()).into()),
                ReceiverId::Group(guid) => {
                    Receiver::Group(Group::new(guid, guid.as_str(), GroupKind::Private).into())
                }
            },
            id,
            conversation_id: None,
            entries: Entries::default(),
            coverage: Coverage::new(told_before, opened),
            unread: Unread::default(),
            delivered_up_to: None,
            read_up_to: None,
            is_reading_back: false,
            limits,
            version: 0,
            opened,
            used: 0,
        }
    }

    pub(super) fn touch(&mut self, version: u64) {
        self.version = version;
    }

    pub(super) fn newest(&self) -> Option<MessageId> {
        self.entries.newest()
    }

    pub(super) fn has_outgoing(&self) -> bool {
        self.entries.has_outgoing()
    }

    /// Takes in a message that has just arrived. Says whether anything changed.
    pub(super) fn receive(&mut self, message: &Message, me: &Uid, version: u64) -> bool {
        let sealed = self.coverage.seal(message.id);
        let put = self.put(message, View::Anybody, me, version);
        let counts = self.unread.count(message, me);
        if counts && let Ok(position) = self.entries.find(message.id) {
            let entry = self.entries.stored_mut(position..position + 1).next();
            entry.into_iter().for_each(|entry| entry.is_counted = true);
        }
        sealed || counts || put != Put::Same
    }

    pub(super) fn put(&mut self, message: &Message, view: View, me: &Uid, version: u64) -> Put {
        let put = match self.entries.find(message.id) {
            Ok(position) => self.update(position, message, view, me, version),
            Err(0) if !self.has_room_before_all(message) => {
                self.remove_outgoing(message, me);
                self.lose_before_oldest();
                return Put::Refused;
            }
            Err(position) => {
                self.add(position, message, me, version);
                Put::Added
            }
        };
        if self.entries.newest() == Some(message.id) {
            self.follow_newest(message, me);
        }
        put
    }

    /// Brings a message up to date; `None` when it is not held.
    pub(super) fn change(
        &mut self,
        message: &Message,
        view: View,
        me: &Uid,
        version: u64,
    ) -> Option<Put> {
        let position = self.entries.find(message.id).ok()?;
        Some(self.update(position, message, view, me, version))
    }

    /// Counts a reaction; `None` when its message is not held.
    pub(super) fn react(&mut self, event: &ReactionEvent, me: &Uid, version: u64) -> Option<Put> {
        let position = self.entries.find(event.message_id).ok()?;
        let react = |message: &mut Message| merge::react(message, event, me);
        Some(self.change_at(position, me, version, react))
    }

    /// Notes that the user's own messages up to this one were delivered, or read.
    pub(super) fn note_receipt(
        &mut self,
        status: &EntryStatus,
        up_to: MessageId,
        version: u64,
    ) -> bool {
        let mark = match status {
            EntryStatus::Read => &mut self.read_up_to,
            _ => &mut self.delivered_up_to,
        };
        if *mark >= Some(up_to) {
            return false;
        }
        let from = mark.replace(up_to).unwrap_or(MessageId(0));
        let range = self.entries.position_after(from)..self.entries.position_after(up_to);
        let mut is_news = false;
        for entry in self.entries.stored_mut(range) {
            if entry.advance(status) {
                entry.version = version;
                is_news = true;
            }
        }
        is_news
    }

    pub(super) fn read(&mut self, up_to: MessageId, me: &Uid) -> bool {
        self.unread.read(up_to, &self.entries, me)
    }

    /// Takes all that others wrote for read. Says whether that is news.
    pub(super) fn read_all(&mut self, me: &Uid) -> bool {
        let newest = self.newest_of_others(me, None).map(|message| message.id);
        let up_to = newest.max(self.unread.seen_up_to);
        let is_news = up_to.is_some_and(|up_to| self.read(up_to, me));
        self.unread.clear() || is_news
    }

    /// The newest message by somebody else, if it comes after this one.
    pub(super) fn newest_of_others(&self, me: &Uid, after: Option<MessageId>) -> Option<&Message> {
        self.iter()
            .rev()
            .filter_map(Entry::message)
            .take_while(|message| Some(message.id) > after)
            .find(|message| message.sender.uid != *me)
    }

    /// Takes the server's word about the conversation as a whole.
    pub(super) fn follow(&mut self, conversation: &Conversation, me: &Uid) {
        self.unread.follow(conversation, &mut self.entries, me);
        if self.entries.newest().is_none() {
            self.with = conversation.with.clone();
        }
        self.conversation_id = Some(conversation.id.clone());
    }

    /// Notes how it stands with a message of the user's own that is not sent. `number` names it if it is new.
    pub(super) fn note_outgoing(
        &mut self,
        change: &OutboxChange,
        number: u64,
        me: &Arc<User>,
        version: u64,
    ) -> bool {
        if self.entries.is_sent(&change.muid) {
            return false;
        }
        let known = self.entries.outgoing_mut(&change.muid);
        let key = known
            .as_ref()
            .map_or(EntryKey::of_outgoing(number), |entry| entry.key());
        let Some(mut entry) = Entry::of_outgoing(change, key, me) else {
            return self.entries.remove_outgoing(&change.muid).is_some();
        };
        entry.version = version;
        match known {
            Some(known) => *known = entry,
            None => self.entries.push_outgoing(entry),
        }
        true
    }

    /// Lets go of what was held for reading back.
    pub(super) fn stop_reading_back(&mut self) -> bool {
        self.is_reading_back = false;
        self.trim()
    }
}

/// # What may be missing
impl ConversationHistory {
    /// All that comes after what was heard last may be missing.
    pub(super) fn doubt(&mut self, hearing: Hearing) -> bool {
        self.coverage.doubt(hearing, self.entries.newest())
    }

    /// Takes in a page of what was missing. Returns how many messages were added, and whether anything changed.
    pub(super) fn insert_page(
        &mut self,
        page: &Page<Message>,
        missing: Missing,
        hearing: Hearing,
        me: &Uid,
        version: u64,
    ) -> (usize, bool) {
        self.is_reading_back |= missing.before.is_some();
        let newest = self.entries.newest();
        let mut changed = self.coverage.fill(page, missing, hearing, newest);
        let mut added = 0;
        // The newest first, so that there is no hole where there is no room for all.
        for message in page.items.iter().rev() {
            let put = self.put(message, View::Own, me, version);
            added += usize::from(put == Put::Added);
            changed |= put != Put::Same;
            if put == Put::Refused {
                break;
            }
        }
        (added, changed)
    }
}

#[cfg(test)]
impl ConversationHistory {
    /// Whether this message is one that may be missing.
    pub(super) fn may_lack(&self, id: MessageId) -> bool {
        let before = MessageId(id.0.saturating_sub(1));
        let after = MessageId(id.0.saturating_add(1));
        self.coverage.between(Some(before), Some(after)).is_some()
    }
}

impl ConversationHistory {
    fn add(&mut self, position: usize, message: &Message, me: &Uid, version: u64) {
        let (delivered, read) = (self.delivered_up_to, self.read_up_to);
        let is_counted = self.unread.was_counted(message, me);
        let entry = self.entries.insert(position, message.clone(), me);
        (entry.version, entry.is_counted) = (version, is_counted);
        if read >= Some(message.id) {
            entry.advance(&EntryStatus::Read);
        } else if delivered >= Some(message.id) {
            entry.advance(&EntryStatus::Delivered);
        }
        self.trim();
    }

    fn update(
        &mut self,
        position: usize,
        message: &Message,
        view: View,
        me: &Uid,
        version: u64,
    ) -> Put {
        let was_outgoing = self.remove_outgoing(message, me);
        let was_counted = self.get(position).is_some_and(|entry| entry.is_counted);
        let mut before = None;
        let merge = |held: &mut Message| {
            before = Some(held.clone());
            merge::merge(held, message, view)
        };
        let put = self.change_at(position, me, version, merge);
        if let (Put::Changed, Some(before)) = (put, before)
            && was_counted
        {
            self.unread.change(&before, message, me);
        }
        match put {
            Put::Same if was_outgoing => Put::Changed,
            put => put,
        }
    }

    /// A message that the server has is not one to be sent. Says whether it was.
    fn remove_outgoing(&mut self, message: &Message, me: &Uid) -> bool {
        entries::own_muid(message, me)
            .and_then(|muid| self.entries.remove_outgoing(muid))
            .is_some()
    }

    fn change_at(
        &mut self,
        position: usize,
        me: &Uid,
        version: u64,
        change: impl FnOnce(&mut Message) -> bool,
    ) -> Put {
        let Some(entry) = self.entries.change(position, me, change) else {
            return Put::Same;
        };
        entry.version = version;
        self.trim();
        Put::Changed
    }

    fn has_room_before_all(&self, message: &Message) -> bool {
        let count = self.entries.stored_len();
        let bytes = || self.entries.bytes() + Entry::bytes_of(message);
        count == 0
            || (count < self.limits.messages_of(self.is_reading_back)
                && bytes() <= self.limits.bytes)
    }

    /// Lets the oldest messages go that are too many. Says whether there were any.
    fn trim(&mut self) -> bool {
        let limit = self.limits.messages_of(self.is_reading_back);
        let before = self.entries.stored_len();
        while self.entries.stored_len() > 1
            && (self.entries.stored_len() > limit || self.entries.bytes() > self.limits.bytes)
        {
            self.entries.remove_oldest();
        }
        let trimmed = self.entries.stored_len() < before;
        if trimmed {
            self.lose_before_oldest();
        }
        trimmed
    }

    fn lose_before_oldest(&mut self) {
        if let Some(oldest) = self.entries.oldest() {
            self.coverage.let_go(oldest);
        }
    }

    fn follow_newest(&mut self, message: &Message, me: &Uid) {
        self.with = match &message.receiver {
            Receiver::User(_) if message.sender.uid != *me => {
                Receiver::User(message.sender.clone())
            }
            receiver => receiver.clone(),
        };
        if self.conversation_id.as_ref() != Some(&message.conversation_id) {
            self.conversation_id = Some(message.conversation_id.clone());
        }
    }
}
