use super::{Entry, entries::Entries};
use crate::model::{Conversation, Message, MessageId, Uid};

/// How many messages the user has not read, and how many of those mention them.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    pub(super) count: u64,
    pub(super) mentions: u64,
    /// The last message that is read.
    pub(super) read_up_to: Option<MessageId>,
    /// The last message that was counted, or need not be.
    pub(super) seen_up_to: Option<MessageId>,
    /// The last message that the server counted.
    counted_by_server: Option<MessageId>,
}

impl Unread {
    /// Counts a message that arrived. Each is counted once: they arrive in order (rule D4). Says whether it counts.
    pub(super) fn count(&mut self, message: &Message, me: &Uid) -> bool {
        if self.seen_up_to >= Some(message.id) {
            return false;
        }
        self.seen_up_to = Some(message.id);
        // Whatever was there before the game listened is none of its business.
        let read_up_to = *self
            .read_up_to
            .get_or_insert(MessageId(message.id.0.saturating_sub(1)));
        let counts = message.id > read_up_to && counts(message, me);
        if counts {
            self.count = self.count.saturating_add(1);
            let is_mention = u64::from(message.is_mentioned(me));
            self.mentions = self.mentions.saturating_add(is_mention);
        }
        counts
    }

    /// Whether the server has counted a message that comes with a page.
    pub(super) fn was_counted(&self, message: &Message, me: &Uid) -> bool {
        self.read_up_to < Some(message.id)
            && self.counted_by_server >= Some(message.id)
            && counts(message, me)
    }

    /// A message that was counted is no longer what it was.
    pub(super) fn change(&mut self, before: &Message, now: &Message, me: &Uid) {
        if self.read_up_to >= Some(before.id) || !counts(before, me) {
            return;
        }
        let mentioned = |message: &Message| counts(message, me) && message.is_mentioned(me);
        if !counts(now, me) {
            self.count = self.count.saturating_sub(1);
        }
        self.mentions = self
            .mentions
            .saturating_add(u64::from(mentioned(now)))
            .saturating_sub(u64::from(mentioned(before)))
            .min(self.count);
    }

    /// All up to this message are read. Says whether that is news.
    pub(super) fn read(&mut self, up_to: MessageId, entries: &Entries, me: &Uid) -> bool {
        if self.read_up_to >= Some(up_to) {
            return false;
        }
        self.read_up_to = Some(up_to);
        let (count, mentions) = beyond(up_to, entries, me);
        self.count = self.count.min(count);
        self.mentions = self.mentions.min(mentions);
        true
    }

    /// Nothing is unread, also of what the server counted and is not held. Says whether that is news.
    pub(super) fn clear(&mut self) -> bool {
        let is_news = (self.count, self.mentions) != (0, 0);
        (self.count, self.mentions) = (0, 0);
        is_news
    }

    /// Takes the server's word, and counts what has arrived since it was given. The last message that the user has read
    /// may come after the last one of the conversation: a reply in a thread, or one that is gone.
    pub(super) fn follow(&mut self, told: &Conversation, entries: &mut Entries, me: &Uid) {
        let last = told.last_message.as_ref().map(|message| message.id);
        let last = last.unwrap_or(MessageId(0));
        let fallback = if told.unread_count == 0 {
            last
        } else {
            MessageId(0)
        };
        let read_up_to = told.last_read.unwrap_or(fallback);
        let (count, mentions) = beyond(last.max(read_up_to), entries, me);
        self.count = told.unread_count.saturating_add(count);
        self.mentions = told.unread_mentions.saturating_add(mentions);
        self.read_up_to = self.read_up_to.max(Some(read_up_to));
        self.seen_up_to = self.seen_up_to.max(Some(last));
        self.counted_by_server = Some(last);

        let range = entries.position_after(read_up_to)..entries.position_after(last);
        for entry in entries.stored_mut(range) {
            entry.is_counted = entry.message().is_some_and(|message| counts(message, me));
        }
    }
}

/// How many of the messages that were counted come after this one, as far as they are held.
fn beyond(id: MessageId, entries: &Entries, me: &Uid) -> (u64, u64) {
    entries
        .range(entries.position_after(id)..entries.stored_len())
        .filter(|entry| entry.is_counted)
        .filter_map(Entry::message)
        .filter(|message| counts(message, me))
        .fold((0, 0), |(count, mentions), message| {
            (count + 1, mentions + u64::from(message.is_mentioned(me)))
        })
}

/// Whether a message is one to be read: the user's own are not, nor is what happens to a group's members.
fn counts(message: &Message, me: &Uid) -> bool {
    message.sender.uid != *me && message.group_action().is_none() && !message.is_deleted()
}
