use super::{Entry, entries::Entries};
use crate::model::{Conversation, Message, MessageId, Uid};

/// What a [`History`](super::History) knew when a report of a conversation was requested. The report may be older than
/// what the history has by the time it arrives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// The version of the history.
    pub(super) at: u64,
    /// The version up to which the server knows what the user has read.
    pub(super) reads_known: u64,
}

impl Asked {
    /// For a report that is newer than everything up to this version.
    pub(super) const fn after(version: u64) -> Self {
        Self {
            at: version + 1,
            reads_known: u64::MAX,
        }
    }
}

/// The messages that the user has not read, and those of them that mention the user.
///
/// The server's count is the truth. Between its reports the messages that arrive are counted. Each counted message that
/// is held has [`Entry::is_unread`] set.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    pub(super) count: u64,
    pub(super) mentions: u64,
    /// The last message that is read.
    pub(super) read_up_to: Option<MessageId>,
    /// Whether `read_up_to` only stands for what was there before the game listened.
    is_assumed: bool,
    /// The newest message that arrived, or that the server counted.
    newest: Option<MessageId>,
    /// The newest message that the server counted.
    counted_by_server: Option<MessageId>,
    /// The version of the history after the user read something last.
    read_at: u64,
    /// The version of the history that the last report is newer than.
    reported_at: u64,
}

impl Unread {
    /// Counts a message that arrived for the first time. Returns whether it is unread.
    ///
    /// A message may arrive after later ones. It is unread if the user has not read any after it.
    pub(super) fn count(&mut self, message: &Message, me: &Uid) -> bool {
        let before = MessageId(message.id.0.saturating_sub(1));
        self.newest = self.newest.max(Some(message.id));
        if self.read_up_to.is_none() {
            self.is_assumed = true;
        }
        if self.is_assumed {
            self.read_up_to = Some(self.read_up_to.map_or(before, |read| read.min(before)));
        }
        let is_unread = self.read_up_to < Some(message.id)
            && self.counted_by_server < Some(message.id)
            && weigh(message, me).is_unread;
        if is_unread {
            self.count = self.count.saturating_add(1);
            let is_mention = u64::from(message.is_mentioned(me));
            self.mentions = self.mentions.saturating_add(is_mention);
        }
        is_unread
    }

    /// Whether a message is newer than all that arrived.
    pub(super) fn is_newest(&self, message: MessageId) -> bool {
        self.newest < Some(message)
    }

    /// Whether the server's count includes a message of a page.
    pub(super) fn includes(&self, message: &Message, me: &Uid) -> bool {
        self.read_up_to < Some(message.id)
            && self.counted_by_server >= Some(message.id)
            && weigh(message, me).is_unread
    }

    /// A message that is counted as unread has changed.
    pub(super) fn change(&mut self, before: Weight, now: Weight) {
        if before.is_unread && !now.is_unread {
            self.count = self.count.saturating_sub(1);
        }
        self.mentions = self
            .mentions
            .saturating_add(u64::from(now.is_mention))
            .saturating_sub(u64::from(before.is_mention))
            .min(self.count);
    }

    /// Marks everything up to a message as read. Returns whether that changed anything.
    pub(super) fn read(
        &mut self,
        up_to: MessageId,
        entries: &mut Entries,
        me: &Uid,
        version: u64,
    ) -> bool {
        if self.read_up_to >= Some(up_to) {
            return false;
        }
        self.read_at = version;
        self.read_up_to = Some(up_to);
        self.is_assumed = false;
        let read = 0..entries.position_after(up_to);
        for entry in entries.stored_mut(read) {
            entry.is_unread = false;
        }
        let (count, mentions) = unread_after(up_to, entries, me);
        self.count = self.count.min(count);
        self.mentions = self.mentions.min(mentions);
        true
    }

    /// Marks everything as read, also what the server counted and is not held. Returns whether that changed anything.
    pub(super) fn read_all(
        &mut self,
        newest: Option<MessageId>,
        entries: &mut Entries,
        me: &Uid,
        version: u64,
    ) -> bool {
        let up_to = newest.max(self.newest);
        let is_news = up_to.is_some_and(|up_to| self.read(up_to, entries, me, version));
        let was_unread = (self.count, self.mentions) != (0, 0);
        (self.count, self.mentions) = (0, 0);
        if was_unread {
            for entry in entries.stored_mut(0..usize::MAX) {
                entry.is_unread = false;
            }
        }
        is_news || was_unread
    }

    /// Replaces the count by the server's, plus what arrived after its last message.
    ///
    /// The read marker is the server's too, and may go back: a message can be marked as unread. But it does not go back
    /// behind what the user has read and the server need not know. It may be beyond the last message of the conversation:
    /// for a reply in a thread, or if messages were deleted.
    pub(super) fn apply_report(
        &mut self,
        conversation: &Conversation,
        asked: Asked,
        entries: &mut Entries,
        me: &Uid,
    ) {
        let last = conversation.last_message.as_ref();
        let last = last.map_or(MessageId(0), |message| message.id);
        let is_read = conversation.unread_count == 0;
        let known = self.read_up_to.filter(|_| !self.is_assumed);
        let takes_back = !is_read && known > Some(conversation.last_read.unwrap_or(MessageId(0)));
        if takes_back && self.read_at > asked.reads_known || self.reported_at > asked.at {
            return;
        }
        let read_up_to = match conversation.last_read {
            Some(read) if is_read => read.max(last).max(known.unwrap_or(read)),
            Some(read) => read,
            None if is_read => last.max(known.unwrap_or(last)),
            None => known.unwrap_or(MessageId(0)),
        };
        self.reported_at = asked.at;
        self.read_up_to = Some(read_up_to);
        self.is_assumed = false;
        self.newest = self.newest.max(Some(last));
        self.counted_by_server = Some(last);
        let told = 0..entries.position_after(last.max(read_up_to));
        for entry in entries.stored_mut(told) {
            entry.is_unread = entry.id() > Some(read_up_to)
                && entry
                    .message()
                    .is_some_and(|message| weigh(message, me).is_unread);
        }
        let (count, mentions) = unread_after(last.max(read_up_to), entries, me);
        self.count = conversation.unread_count.saturating_add(count);
        self.mentions = conversation.unread_mentions.saturating_add(mentions);
    }

    /// The server has lost everything after this message, and reuses the ids after it.
    pub(super) fn restart_after(&mut self, last: MessageId, entries: &Entries, me: &Uid) {
        self.read_up_to = self.read_up_to.min(Some(last));
        self.newest = self.newest.min(Some(last)).max(entries.newest());
        self.counted_by_server = self.counted_by_server.min(Some(last));
        let (count, mentions) = unread_after(MessageId(0), entries, me);
        self.count = self.count.min(count);
        self.mentions = self.mentions.min(mentions);
    }
}

/// The messages after this one that are counted as unread, as far as they are held, and how many of them mention the
/// user.
fn unread_after(id: MessageId, entries: &Entries, me: &Uid) -> (u64, u64) {
    entries
        .range(entries.position_after(id)..entries.stored_len())
        .filter(|entry| entry.is_unread)
        .filter_map(Entry::message)
        .fold((0, 0), |(count, mentions), message| {
            (count + 1, mentions + u64::from(message.is_mentioned(me)))
        })
}

/// What a message adds to the counts while it is not read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weight {
    pub(super) is_unread: bool,
    is_mention: bool,
}

/// The user's own messages are never unread. Neither are changes in a group, the stored records of edits and
/// deletions, calls, deleted messages, and what the user read on another device.
pub(super) fn weigh(message: &Message, me: &Uid) -> Weight {
    let is_unread = message.sender.uid != *me
        && message.group_action().is_none()
        && !message.is_record()
        && !message.is_deleted()
        && message.details().my_read_at.is_none();
    Weight {
        is_unread,
        is_mention: is_unread && message.is_mentioned(me),
    }
}
