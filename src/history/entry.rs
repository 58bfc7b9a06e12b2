use std::sync::Arc;

use crate::{
    client::{ChatError, OutboxChange, OutboxState},
    model::{
        GroupAction, Message, MessageContent, MessageId, ModerationStatus, OutgoingMessage,
        Reaction, Timestamp, Uid, User,
    },
};

/// A line of a conversation: a message of the server's, or one of the user's own that is not sent yet.
#[derive(Clone, Debug)]
pub struct Entry {
    key: EntryKey,
    pub(super) body: Body,
    pub(super) status: EntryStatus,
    mentions_me: bool,
    /// Whether it is one of those that are counted as unread.
    pub(super) is_unread: bool,
    /// Whether it arrived as an event. A message of a page has not, until its event follows.
    pub(super) has_arrived: bool,
    /// The revision of the last event that changed the message; 0 if none did.
    pub(super) revision: u64,
    pub(super) version: u64,
}

/// Identifies an entry while it is held. It stays the same when a message that was waiting is sent. For what a UI
/// stores for each line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey(pub(super) Origin);

/// The origin of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Origin {
    Server(MessageId),
    /// A message of the user's own that was an entry before it was sent, numbered in order.
    Outbox(u64),
}

/// The delivery status of an entry. All but [`Received`](Self::Received) belong to messages of the user's own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EntryStatus {
    /// Another user sent it.
    Received,
    /// It is queued, or its request is in flight.
    Pending,
    /// Sending failed with this error. The game can resend or discard it by its muid.
    Failed(ChatError),
    /// The server stored it.
    Sent,
    /// It was delivered to its receiver, or to all members of the group.
    Delivered,
    /// Its receiver, or all members of the group, read it.
    Read,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Stored(Message),
    Outgoing(Outgoing),
}

/// A message that is not sent yet.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    muid: Arc<str>,
    /// Its sent form has a larger id than this message.
    after: Option<MessageId>,
    message: Arc<OutgoingMessage>,
    sender: Arc<User>,
    content: MessageContent,
    queued_at: Timestamp,
}

impl Entry {
    pub(super) fn of_message(message: Message, key: EntryKey, me: &Uid) -> Self {
        let mut entry = Self {
            key,
            status: if message.sender.uid == *me {
                EntryStatus::Sent
            } else {
                EntryStatus::Received
            },
            mentions_me: false,
            is_unread: false,
            has_arrived: false,
            revision: 0,
            version: 0,
            body: Body::Stored(message),
        };
        entry.update_status(me);
        entry
    }

    /// Returns `None` for a message that was sent or discarded.
    pub(super) fn of_outgoing(
        change: &OutboxChange,
        key: EntryKey,
        after: Option<MessageId>,
        me: &Arc<User>,
    ) -> Option<Self> {
        Some(Self {
            key,
            status: match &change.state {
                OutboxState::Pending => EntryStatus::Pending,
                OutboxState::Failed(error) => EntryStatus::Failed(error.clone()),
                OutboxState::Sent(_) | OutboxState::Discarded => return None,
            },
            mentions_me: false,
            is_unread: false,
            has_arrived: false,
            revision: 0,
            version: 0,
            body: Body::Outgoing(Outgoing {
                muid: change.muid.clone(),
                after,
                message: change.message.clone(),
                sender: me.clone(),
                content: change.message.to_content(),
                queued_at: change.queued_at,
            }),
        })
    }

    /// For a message that is not sent: its sent form has a larger id than this one.
    pub(super) fn after(&self) -> Option<MessageId> {
        match &self.body {
            Body::Stored(_) => None,
            Body::Outgoing(outgoing) => outgoing.after,
        }
    }

    /// The outbox says which message it is, so nothing else needs to be compared.
    pub(super) fn confirm(&mut self) {
        if let Body::Outgoing(outgoing) = &mut self.body {
            outgoing.after = None;
        }
    }

    /// Updates what is derived from its message.
    pub(super) fn update_status(&mut self, me: &Uid) {
        let Body::Stored(message) = &self.body else {
            return;
        };
        self.mentions_me = message.is_mentioned(me);
        let read = message.read_at().map(|_| EntryStatus::Read);
        let received = read.or(message.delivered_at().map(|_| EntryStatus::Delivered));
        if let Some(received) = received {
            self.advance(&received);
        }
    }

    /// Applies a receipt to a message of the user's own. Returns whether the status changed.
    pub(super) fn advance(&mut self, to: &EntryStatus) -> bool {
        let is_news = matches!(
            (&self.status, to),
            (
                EntryStatus::Sent,
                EntryStatus::Delivered | EntryStatus::Read
            ) | (EntryStatus::Delivered, EntryStatus::Read)
        );
        if is_news {
            self.status = to.clone();
        }
        is_news
    }
}

impl Entry {
    /// Identifies it while it is held.
    pub fn key(&self) -> EntryKey {
        self.key
    }

    /// The [`History::version`](super::History::version) at which it was added or last changed.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Its delivery status.
    pub fn status(&self) -> &EntryStatus {
        &self.status
    }

    /// Whether the logged-in user sent it.
    pub fn is_own(&self) -> bool {
        self.status != EntryStatus::Received
    }

    /// The message; `None` if it is not sent yet.
    pub fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Stored(message) => Some(message),
            Body::Outgoing(_) => None,
        }
    }

    /// The server's id; `None` if it is not sent yet.
    pub fn id(&self) -> Option<MessageId> {
        self.message().map(|message| message.id)
    }

    /// The id that the sender's client chose. The outbox identifies the message by it.
    pub fn muid(&self) -> Option<&Arc<str>> {
        match &self.body {
            Body::Stored(message) => message.muid.as_ref(),
            Body::Outgoing(outgoing) => Some(&outgoing.muid),
        }
    }

    /// The message in the outbox; `None` if it is sent.
    pub fn outgoing(&self) -> Option<&Arc<OutgoingMessage>> {
        match &self.body {
            Body::Stored(_) => None,
            Body::Outgoing(outgoing) => Some(&outgoing.message),
        }
    }

    /// The user who sent it.
    pub fn sender(&self) -> &Arc<User> {
        match &self.body {
            Body::Stored(message) => &message.sender,
            Body::Outgoing(outgoing) => &outgoing.sender,
        }
    }

    /// When the server stored it. While it is not sent yet: when the game queued it, by the clock of this machine.
    pub fn sent_at(&self) -> Timestamp {
        match &self.body {
            Body::Stored(message) => message.sent_at,
            Body::Outgoing(outgoing) => outgoing.queued_at,
        }
    }

    /// Its content, also if it [must not be shown](Self::is_hidden).
    pub fn content(&self) -> &MessageContent {
        match &self.body {
            Body::Stored(message) => &message.content,
            Body::Outgoing(outgoing) => &outgoing.content,
        }
    }

    /// The text to show, as [`Message::text`]. `None` also if it [must not be shown](Self::is_hidden).
    ///
    /// The text is not safe for display: [`Sanitizer`](crate::text::Sanitizer) makes it so.
    pub fn text(&self) -> Option<&str> {
        if self.is_hidden() {
            return None;
        }
        self.content().text()
    }

    /// Whether its content must not be shown: it was deleted, or disapproved by moderation.
    pub fn is_hidden(&self) -> bool {
        self.message().is_some_and(is_hidden)
    }

    /// Whether it was edited.
    pub fn is_edited(&self) -> bool {
        self.message()
            .is_some_and(|message| message.edited_at().is_some())
    }

    /// The change in the group that this entry reports, if it is one.
    pub fn group_action(&self) -> Option<&Arc<GroupAction>> {
        self.message().and_then(Message::group_action)
    }

    /// Its reactions, with the number of users for each.
    pub fn reactions(&self) -> &[Reaction] {
        self.message().map_or(&[], Message::reactions)
    }

    /// The users that the text mentions.
    pub fn mentions(&self) -> &[Arc<User>] {
        self.message().map_or(&[], Message::mentions)
    }

    /// Whether it is one of the messages that [`ConversationHistory::unread`](super::ConversationHistory::unread)
    /// counts.
    pub fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// Whether the text mentions the logged-in user.
    pub fn mentions_me(&self) -> bool {
        self.mentions_me
    }
}

impl EntryKey {
    pub(super) const fn of_outgoing(number: u64) -> Self {
        Self(Origin::Outbox(number))
    }
}

pub(super) fn is_hidden(message: &Message) -> bool {
    message.is_deleted() || message.details().moderation == Some(ModerationStatus::Disapproved)
}
