use super::entries::Entries;
use crate::model::{Conversation, Message, MessageId, Uid};

/// How many messages the user has not read, and how many of those mention them.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    pub(super) count: u64,
    pub(super) mentions: u64,
    /// The last message that is read.
    pub(super) read_up_to: Option<MessageId>,
    /// The last message that was counted, or need not be.
    seen_up_to: Option<MessageId>,
}

impl Unread {
    /// Counts a message that arrived. Each is counted once: they arrive in order (rule D4).
    pub(super) fn count(&mut self, message: &Message, me: &Uid) {
        if self.seen_up_to >= Some(message.id) {
            return;
        }
        self.seen_up_to = Some(message.id);
        // Whatever was there before the game listened is none of its business.
        let read_up_to = *self
            .read_up_to
            .get_or_insert(MessageId(message.id.0.saturating_sub(1)));
        if message.id > read_up_to && counts(message, me) {
            self.count += 1;
            self.mentions += u64::from(message.is_mentioned(me));
        }
    }

    /// A message that may have been counted is no longer what it was.
    pub(super) fn change(&mut self, before: &Message, now: &Message, me: &Uid) {
        let is_counted = self.read_up_to < Some(before.id) && self.seen_up_to >= Some(before.id);
        if !is_counted || !counts(before, me) {
            return;
        }
        let mentioned = |message: &Message| counts(message, me) && message.is_mentioned(me);
        if !counts(now, me) {
            self.count = self.count.saturating_sub(1);
        }
        self.mentions = (self.mentions + u64::from(mentioned(now)))
            .saturating_sub(u64::from(mentioned(before)))
            .min(self.count);
    }

    /// All up to this message are read. Says whether that is news.
    pub(super) fn read(&mut self, up_to: MessageId, entries: &Entries, me: &Uid) -> bool {
        if self.read_up_to >= Some(up_to) {
            return false;
        }
        self.read_up_to = Some(up_to);
        let (count, mentions) = self.beyond(up_to, entries, me);
        self.count = self.count.min(count);
        self.mentions = self.mentions.min(mentions);
        true
    }

    /// Takes the server's word, and counts what has arrived since it was given.
    pub(super) fn follow(&mut self, conversation: &Conversation, entries: &Entries, me: &Uid) {
        let last = conversation
            .last_message
            .as_ref()
            .map_or(MessageId(0), |message| message.id);
        let (count, mentions) = self.beyond(last, entries, me);
        self.count = conversation.unread_count.saturating_add(count);
        self.mentions = conversation.unread_mentions.saturating_add(mentions);
        let fallback = match conversation.unread_count {
            0 => last,
            _ => MessageId(0),
        };
        let read_up_to = conversation.last_read.unwrap_or(fallback);
        self.read_up_to = self.read_up_to.max(Some(read_up_to));
        self.seen_up_to = self.seen_up_to.max(Some(last));
    }

    /// How many of the messages that were counted come after this one, as far as they are held.
    fn beyond(&self, id: MessageId, entries: &Entries, me: &Uid) -> (u64, u64) {
        let from = entries.position_after(id);
        let until = self
            .seen_up_to
            .map_or(0, |seen| entries.position_after(seen))
            .max(from);
        entries
            .range(from..until)
            .filter_map(|entry| entry.message())
            .filter(|message| counts(message, me))
            .fold((0, 0), |(count, mentions), message| {
                (count + 1, mentions + u64::from(message.is_mentioned(me)))
            })
    }
}

/// Whether a message is one to be read: the user's own are not, nor is what happens to a group's members.
fn counts(message: &Message, me: &Uid) -> bool {
    message.sender.uid != *me && message.group_action().is_none() && !message.is_deleted()
}
