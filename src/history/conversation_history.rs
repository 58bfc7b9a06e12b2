use std::{ops::Range, sync::Arc};

use super::{
    Asked, Entry, EntryKey, EntryStatus, HistoryLimits, Missing,
    coverage::{Coverage, SyncState},
    entries::Entries,
    merge::{self, View},
    size,
    unread::{self, Unread, Weight},
};
use crate::{
    client::{OutboxChange, Page},
    model::{
        Conversation, ConversationId, Group, GroupKind, Message, MessageId, ReactionEvent,
        Receiver, ReceiverId, Uid, User,
    },
};

/// The messages that the user exchanged with another user or in a group, as far as they are held.
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
    /// The revision of the last event about its messages, held or not.
    revision: u64,
    /// Its position among the conversations.
    pub(super) opened: u64,
    /// The version at which it was used last.
    pub(super) used: u64,
}

impl ConversationHistory {
    /// The other user, or the group.
    pub fn id(&self) -> &ReceiverId {
        &self.id
    }

    /// The other user, or the group, as the newest message describes them.
    pub fn with(&self) -> &Receiver {
        &self.with
    }

    /// The server's id of it, the same for all participants; `None` before the first message.
    pub fn conversation_id(&self) -> Option<&ConversationId> {
        self.conversation_id.as_ref()
    }

    /// The [`History::version`](super::History::version) at which it last changed.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The number of unread messages. The user's own are never unread, nor are changes in a group's members.
    pub fn unread(&self) -> u64 {
        self.unread.count
    }

    /// The number of unread messages that mention the user.
    pub fn unread_mentions(&self) -> u64 {
        self.unread.mentions
    }

    /// The last message that the user has read, if it is known.
    pub fn read_up_to(&self) -> Option<MessageId> {
        self.unread.read_up_to
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entries.
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

    /// The entries at these positions. Positions without an entry are left out. The cost is proportional to the number
    /// of entries that are returned.
    pub fn range(&self, positions: Range<usize>) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.range(positions)
    }

    /// The current position of an entry; `None` if it is no longer held.
    pub fn position(&self, key: EntryKey) -> Option<usize> {
        self.entries.position(key)
    }

    /// The current position of a message; `None` if it is not held.
    pub fn position_of(&self, message: MessageId) -> Option<usize> {
        self.entries.find(message).ok()
    }

    /// The messages that may be missing right before a position, or after the last message for [`len`](Self::len).
    ///
    /// [`History::insert_page`](super::History::insert_page) shows how to load them.
    pub fn missing_before(&self, position: usize) -> Option<Missing> {
        let stored = self.entries.stored_len();
        let position = if position == self.len() {
            stored
        } else {
            position
        };
        if position > stored {
            return None;
        }
        let before = self.entries.id_at(position);
        let after = position
            .checked_sub(1)
            .and_then(|position| self.entries.id_at(position));
        self.coverage.between(after, before, self.revision)
    }

    /// The maximum number of older messages that can be inserted.
    pub fn room_for_older(&self) -> usize {
        if self.entries.bytes() >= self.limits.bytes {
            return 0;
        }
        let limit = self.limits.messages_of(true);
        limit.saturating_sub(self.entries.stored_len())
    }
}

/// The result of inserting or changing a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Added,
    Changed,
    Unchanged,
    /// It is older than all others and there is no room. It counts as missing.
    Refused,
}

/// How a state of a message arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// By an event, with its revision.
    Event(u64),
    /// By the reply to a request that changed the message, with the revision of that.
    OwnChange(u64),
    /// By the reply to a request that only reads. Events with a later revision than this are newer.
    Reply { revision: u64 },
}

/// What all changes of a conversation need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) me: &'a Uid,
    /// The version of the history after the change.
    pub(super) version: u64,
    pub(super) source: Source,
}

impl Source {
    fn view(self) -> View {
        match self {
            Self::Event(_) => View::Anybody,
            Self::OwnChange(_) | Self::Reply { .. } => View::Own,
        }
    }

    /// The new revision of a message whose state is that of `self`; `None` if `self` is no event.
    fn revision(self) -> Option<u64> {
        match self {
            Self::Event(revision) | Self::OwnChange(revision) => Some(revision),
            Self::Reply { .. } => None,
        }
    }

    /// Whether a message that was last changed at `revision` is newer.
    fn is_older_than(self, held: u64) -> bool {
        matches!(self, Self::Reply { revision } if held > revision)
    }
}

/// # Changing
impl ConversationHistory {
    pub(super) fn new(
        id: ReceiverId,
        limits: HistoryLimits,
        opened: u64,
        opened_after: Option<MessageId>,
        revision: u64,
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
            coverage: Coverage::new(opened_after, opened),
            unread: Unread::default(),
            delivered_up_to: None,
            read_up_to: None,
            is_reading_back: false,
            limits,
            version: 0,
            revision,
            opened,
            used: 0,
        }
    }

    pub(super) fn touch(&mut self, version: u64) {
        self.version = version;
    }

    /// An event about one of its messages arrived.
    pub(super) fn set_revision(&mut self, revision: u64) {
        self.revision = revision;
    }

    pub(super) fn newest(&self) -> Option<MessageId> {
        self.entries.newest()
    }

    pub(super) fn has_outgoing(&self) -> bool {
        self.entries.has_outgoing()
    }

    /// Inserts a message that has just arrived. Returns whether anything changed.
    pub(super) fn receive(&mut self, message: &Message, context: Context) -> bool {
        let closed = self.coverage.close_at(message.id);
        let read_up_to = self.unread.read_up_to;
        let had_arrived = match self.entries.find(message.id) {
            Ok(position) => self.get(position).is_some_and(|entry| entry.has_arrived),
            Err(_) => false,
        };
        let outcome = self.put(message, context);
        let entry = self.entries.find(message.id).ok();
        let entry = entry.and_then(|position| self.entries.get_mut(position));
        // If there is no room for a message, it is unknown whether it arrived before.
        let is_new = match &entry {
            Some(_) => !had_arrived,
            None => self.unread.is_newest(message.id),
        };
        let is_unread = is_new && self.unread.count(message, context.me);
        if let Some(entry) = entry {
            entry.has_arrived = true;
            entry.is_unread |= is_unread;
        }
        let read = self.apply_own_read(message, context) || self.unread.read_up_to != read_up_to;
        closed || is_unread || read || outcome != Outcome::Unchanged
    }

    /// Inserts a message, or updates it.
    pub(super) fn put(&mut self, message: &Message, context: Context) -> Outcome {
        let outcome = match self.entries.find(message.id) {
            Ok(position) => self.update(position, message, context),
            Err(0) if !self.has_room_before_all(message) => {
                self.remove_outgoing(message, context.me);
                self.mark_missing_before_oldest();
                return Outcome::Refused;
            }
            Err(position) => {
                self.add(position, message, context);
                Outcome::Added
            }
        };
        if self.entries.newest() == Some(message.id) {
            self.apply_newest(message, context.me);
        }
        outcome
    }

    /// Updates a message. Returns `None` if it is not held.
    pub(super) fn change(&mut self, message: &Message, context: Context) -> Option<Outcome> {
        let position = self.entries.find(message.id).ok()?;
        Some(self.update(position, message, context))
    }

    /// Counts a reaction. Returns `None` if its message is not held.
    pub(super) fn react(&mut self, event: &ReactionEvent, context: Context) -> Option<Outcome> {
        let position = self.entries.find(event.message_id).ok()?;
        let react = |message: &mut Message| merge::react(message, event, context.me);
        Some(self.change_at(position, context, react))
    }

    /// Marks the user's own messages up to this one as delivered or read. Returns whether anything changed.
    pub(super) fn apply_receipt(
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
        let mut changed = false;
        for entry in self.entries.stored_mut(range) {
            if entry.advance(status) {
                entry.version = version;
                changed = true;
            }
        }
        changed
    }

    /// Marks everything up to this message as read by the user. `version` is that of the history after it. Returns
    /// whether anything changed.
    pub(super) fn read(&mut self, up_to: MessageId, me: &Uid, version: u64) -> bool {
        self.unread.read(up_to, &mut self.entries, me, version)
    }

    /// Marks everything as read by the user. `version` is that of the history after it. Returns whether anything changed.
    pub(super) fn read_all(&mut self, me: &Uid, version: u64) -> bool {
        let newest = self.newest_of_others(me, None).map(|message| message.id);
        self.unread.read_all(newest, &mut self.entries, me, version)
    }

    /// The newest message of another user, if it comes after this one.
    pub(super) fn newest_of_others(&self, me: &Uid, after: Option<MessageId>) -> Option<&Message> {
        self.iter()
            .rev()
            .filter_map(Entry::message)
            .take_while(|message| Some(message.id) > after)
            .find(|message| message.sender.uid != *me)
    }

    /// Applies the server's report of the conversation.
    pub(super) fn apply_report(
        &mut self,
        conversation: &Conversation,
        asked: Asked,
        context: Context,
    ) {
        if self.entries.newest().is_none() {
            self.with = conversation.with.clone();
        }
        if let Some(last) = &conversation.last_message {
            self.put(last, context);
        }
        self.conversation_id = Some(conversation.id.clone());
        self.unread
            .apply_report(conversation, asked, &mut self.entries, context.me);
    }

    /// Follows a message of the user's own that is not sent. `number` identifies it if it is new. Returns whether
    /// anything changed.
    pub(super) fn apply_outgoing(
        &mut self,
        change: &OutboxChange,
        number: u64,
        me: &Arc<User>,
        version: u64,
    ) -> bool {
        if self.entries.is_found(change) {
            return false;
        }
        let newest = self.entries.newest();
        let known = self.entries.outgoing_mut(&change.muid);
        let after = known.as_ref().map_or(newest, |entry| entry.after());
        let key = known
            .as_ref()
            .map_or(EntryKey::of_outgoing(number), |entry| entry.key());
        let Some(mut entry) = Entry::of_outgoing(change, key, after, me) else {
            return self.entries.discard(&change.muid);
        };
        entry.version = version;
        match known {
            Some(known) => *known = entry,
            None => self.entries.push_outgoing(entry),
        }
        true
    }

    /// The outbox says that a message was sent.
    pub(super) fn confirm(&mut self, muid: &str) {
        self.entries.confirm(muid);
    }

    /// Removes what was held for reading back. Returns whether anything changed.
    pub(super) fn stop_reading_back(&mut self) -> bool {
        self.is_reading_back = false;
        self.trim()
    }
}

/// # What may be missing
impl ConversationHistory {
    /// Everything after the newest message that arrived may be missing.
    pub(super) fn doubt(&mut self, sync: SyncState) -> bool {
        self.coverage.doubt(sync, self.entries.newest())
    }

    /// Inserts a page of messages that were missing. Returns the number of messages that were added, and whether
    /// anything changed.
    pub(super) fn insert_page(
        &mut self,
        page: &Page<Message>,
        missing: Missing,
        sync: SyncState,
        context: Context,
    ) -> (usize, bool) {
        self.is_reading_back |= missing.before.is_some();
        let newest = self.entries.newest();
        let mut changed = self.coverage.fill(page, missing, sync, newest);
        let mut added = 0;
        let messages = page.items.iter().filter(|message| !message.is_record());
        // The newest first, so that there is no gap where there is no room for all.
        for message in messages.rev() {
            let outcome = self.put(message, context);
            added += usize::from(outcome == Outcome::Added);
            changed |= outcome != Outcome::Unchanged;
            if outcome == Outcome::Refused {
                break;
            }
            changed |= self.apply_own_read(message, context);
        }
        (added, changed)
    }

    /// The server has lost everything after `last`, and reuses the ids after it. Messages that arrived since `revision`
    /// are its new ones.
    pub(super) fn restart_after(&mut self, last: MessageId, revision: u64, me: &Uid) {
        let is_lost = |entry: &Entry| entry.revision <= revision;
        self.entries.remove_after(last, is_lost);
        self.coverage.restart_after(last);
        self.unread.restart_after(last, &self.entries, me);
        self.delivered_up_to = self.delivered_up_to.min(Some(last));
        self.read_up_to = self.read_up_to.min(Some(last));
    }
}

#[cfg(test)]
impl ConversationHistory {
    /// Whether this message is one that may be missing.
    pub(super) fn may_lack(&self, id: MessageId) -> bool {
        let before = MessageId(id.0.saturating_sub(1));
        let after = MessageId(id.0.saturating_add(1));
        self.coverage
            .between(Some(before), Some(after), 0)
            .is_some()
    }

    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }
}

impl ConversationHistory {
    fn add(&mut self, position: usize, message: &Message, context: Context) {
        let (delivered, read) = (self.delivered_up_to, self.read_up_to);
        let is_unread = self.unread.includes(message, context.me);
        let entry = self.entries.insert(position, message.clone(), context.me);
        (entry.version, entry.is_unread) = (context.version, is_unread);
        entry.revision = context.source.revision().unwrap_or(0);
        if read >= Some(message.id) {
            entry.advance(&EntryStatus::Read);
        } else if delivered >= Some(message.id) {
            entry.advance(&EntryStatus::Delivered);
        }
        self.trim();
    }

    fn update(&mut self, position: usize, message: &Message, context: Context) -> Outcome {
        let was_outgoing = self.remove_outgoing(message, context.me);
        let held = self.get(position);
        let is_outdated = held.is_some_and(|held| context.source.is_older_than(held.revision));
        let outcome = if is_outdated {
            Outcome::Unchanged
        } else {
            let view = context.source.view();
            let merge = |held: &mut Message| merge::merge(held, message, view);
            self.change_at(position, context, merge)
        };
        if was_outgoing && outcome == Outcome::Unchanged {
            return Outcome::Changed;
        }
        outcome
    }

    /// Removes the unsent entry of a message that the server has. Returns whether there was one.
    fn remove_outgoing(&mut self, message: &Message, me: &Uid) -> bool {
        self.entries.remove_outgoing(message, me).is_some()
    }

    fn change_at(
        &mut self,
        position: usize,
        context: Context,
        change: impl FnOnce(&mut Message) -> bool,
    ) -> Outcome {
        let mut weights = (Weight::default(), Weight::default());
        let change = |message: &mut Message| {
            weights.0 = unread::weigh(message, context.me);
            let changed = change(message);
            weights.1 = unread::weigh(message, context.me);
            changed
        };
        let changed = self.entries.change(position, context.me, change);
        let Some(entry) = self.entries.get_mut(position) else {
            return Outcome::Unchanged;
        };
        entry.revision = context.source.revision().unwrap_or(entry.revision);
        if !changed {
            return Outcome::Unchanged;
        }
        entry.version = context.version;
        if entry.is_unread {
            self.unread.change(weights.0, weights.1);
            entry.is_unread = weights.1.is_unread;
        }
        self.trim();
        Outcome::Changed
    }

    /// A message that the user has read on another device is the last one of those that are read.
    fn apply_own_read(&mut self, message: &Message, context: Context) -> bool {
        message.details().my_read_at.is_some() && self.read(message.id, context.me, context.version)
    }

    fn has_room_before_all(&self, message: &Message) -> bool {
        let count = self.entries.stored_len();
        let bytes = || {
            self.entries
                .bytes()
                .saturating_add(size::of_message(message))
        };
        count == 0
            || (count < self.limits.messages_of(self.is_reading_back)
                && bytes() <= self.limits.bytes)
    }

    /// Removes the oldest messages beyond the limits. Returns whether there were any.
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
            self.mark_missing_before_oldest();
        }
        trimmed
    }

    fn mark_missing_before_oldest(&mut self) {
        if let Some(oldest) = self.entries.oldest() {
            self.coverage.on_removed_before(oldest);
        }
    }

    fn apply_newest(&mut self, message: &Message, me: &Uid) {
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
