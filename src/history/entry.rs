use std::{mem, sync::Arc};

use crate::{
    client::{ChatError, OutboxChange, OutboxState},
    model::{
        GroupAction, Message, MessageContent, MessageId, ModerationStatus, OutgoingMessage,
        Reaction, Timestamp, Uid, User,
    },
};

/// A line of a conversation: a message, or one of the user's own that is not sent yet.
#[derive(Clone, Debug)]
pub struct Entry {
    key: EntryKey,
    pub(super) body: Body,
    pub(super) status: EntryStatus,
    mentions_me: bool,
    /// Whether it was counted as unread.
    pub(super) is_counted: bool,
    pub(super) version: u64,
}

/// Names an entry as long as it is held, also when the message that it shows has only then been sent. For whatever a
/// UI keeps for each line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryKey(pub(super) Origin);

/// Where an entry came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Origin {
    Server(MessageId),
    /// The so-manieth message of the user's own that was seen before it was sent.
    Outbox(u64),
}

/// How it stands with an entry. Those from [`Sent`](Self::Sent) on are the stages of a message of the user's own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EntryStatus {
    /// Somebody else wrote it.
    Received,
    /// It waits to be sent, or is on its way.
    Pending,
    /// It could not be sent, for this reason. The game can resend or discard it by its muid.
    Failed(ChatError),
    /// The server has it.
    Sent,
    /// It reached its receiver, or all members of the group.
    Delivered,
    /// Its receiver, or all members of the group, have read it.
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
    message: Arc<OutgoingMessage>,
    sender: Arc<User>,
    content: MessageContent,
    queued_at: Timestamp,
}

impl Entry {
    pub(super) fn of_message(message: Message, key: EntryKey, me: &Uid) -> Self {
        let mut entry = Self {
            key,
            status: match message.sender.uid == *me {
                true => EntryStatus::Sent,
                false => EntryStatus::Received,
            },
            mentions_me: false,
            is_counted: false,
            version: 0,
            body: Body::Stored(message),
        };
        entry.follow_message(me);
        entry
    }

    /// `None` for one that is no longer on its way.
    pub(super) fn of_outgoing(
        change: &OutboxChange,
        key: EntryKey,
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
            is_counted: false,
            version: 0,
            body: Body::Outgoing(Outgoing {
                muid: change.muid.clone(),
                message: change.message.clone(),
                sender: me.clone(),
                content: change.message.to_content(),
                queued_at: change.queued_at,
            }),
        })
    }

    /// Takes note of what its message says of itself.
    pub(super) fn follow_message(&mut self, me: &Uid) {
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

    /// Notes a receipt for a message of the user's own. Says whether that is news.
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
    /// Its name as long as it is held.
    pub fn key(&self) -> EntryKey {
        self.key
    }

    /// The [`History::version`](super::History::version) at which it was seen first, or changed last.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How it stands with it.
    pub fn status(&self) -> &EntryStatus {
        &self.status
    }

    /// Whether the user wrote it.
    pub fn is_own(&self) -> bool {
        self.status != EntryStatus::Received
    }

    /// The message; `None` when it is not sent yet.
    pub fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Stored(message) => Some(message),
            Body::Outgoing(_) => None,
        }
    }

    /// The server's id; `None` when it is not sent yet.
    pub fn id(&self) -> Option<MessageId> {
        self.message().map(|message| message.id)
    }

    /// The id that the sender's client chose, by which the outbox knows it.
    pub fn muid(&self) -> Option<&Arc<str>> {
        match &self.body {
            Body::Stored(message) => message.muid.as_ref(),
            Body::Outgoing(outgoing) => Some(&outgoing.muid),
        }
    }

    /// What is to be sent, when it is not sent yet.
    pub fn outgoing(&self) -> Option<&Arc<OutgoingMessage>> {
        match &self.body {
            Body::Stored(_) => None,
            Body::Outgoing(outgoing) => Some(&outgoing.message),
        }
    }

    /// Who wrote it.
    pub fn sender(&self) -> &Arc<User> {
        match &self.body {
            Body::Stored(message) => &message.sender,
            Body::Outgoing(outgoing) => &outgoing.sender,
        }
    }

    /// When the server took it in; when the game sent it, by the clock of this machine, while it is not sent yet.
    pub fn sent_at(&self) -> Timestamp {
        match &self.body {
            Body::Stored(message) => message.sent_at,
            Body::Outgoing(outgoing) => outgoing.queued_at,
        }
    }

    /// What it says, also when it is not to be shown.
    pub fn content(&self) -> &MessageContent {
        match &self.body {
            Body::Stored(message) => &message.content,
            Body::Outgoing(outgoing) => &outgoing.content,
        }
    }

    /// The text to show, as [`Message::text`]: not made safe for display, which
    /// [`Sanitizer`](crate::text::Sanitizer) does. `None` also when it [is not to be shown](Self::is_hidden).
    pub fn text(&self) -> Option<&str> {
        match self.is_hidden() {
            true => None,
            false => self.content().text(),
        }
    }

    /// Whether what it says is not to be shown: it was deleted, or moderation has disapproved of it.
    pub fn is_hidden(&self) -> bool {
        self.message().is_some_and(is_hidden)
    }

    /// Whether its text was changed.
    pub fn is_edited(&self) -> bool {
        self.message()
            .is_some_and(|message| message.edited_at().is_some())
    }

    /// What happened in the group, if that is what this line tells.
    pub fn group_action(&self) -> Option<&Arc<GroupAction>> {
        self.message().and_then(Message::group_action)
    }

    /// How many users reacted to it, and how.
    pub fn reactions(&self) -> &[Reaction] {
        self.message().map_or(&[], Message::reactions)
    }

    /// Who is mentioned in the text.
    pub fn mentions(&self) -> &[Arc<User>] {
        self.message().map_or(&[], Message::mentions)
    }

    /// Whether the text mentions the logged-in user.
    pub fn mentions_me(&self) -> bool {
        self.mentions_me
    }

    /// How many bytes a message takes up: none for one that is not sent yet, which the outbox bounds.
    pub(super) fn bytes(&self) -> usize {
        self.message().map_or(0, Self::bytes_of)
    }

    /// How many bytes this message takes up as an entry. What it shares with others is left out.
    pub(super) fn bytes_of(message: &Message) -> usize {
        mem::size_of::<Self>() + bytes_of(message)
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

/// How many bytes of its own a message has beside its fixed size.
fn bytes_of(message: &Message) -> usize {
    let content = match &message.content {
        MessageContent::Text(text) => text.len(),
        MessageContent::Media(media) => {
            let of_each = media.attachments.iter().map(|file| {
                let texts = [&file.url, &file.name, &file.extension, &file.mime_type];
                mem::size_of_val(file) + texts.iter().map(|text| text.len()).sum::<usize>()
            });
            of_each.sum::<usize>() + length(media.caption.as_deref())
        }
        MessageContent::Custom(custom) => {
            custom.data.as_str().len() + length(custom.text.as_deref())
        }
        MessageContent::Interactive(interactive) => {
            let goal = interactive.goal.as_ref().map(|goal| goal.as_str());
            interactive.data.as_str().len() + length(goal)
        }
        MessageContent::Unmodelled(content) => {
            length(content.data.as_ref().map(|data| data.as_str()))
        }
        MessageContent::GroupAction(_) => mem::size_of::<GroupAction>(),
    };
    let details = message.details.as_ref().map_or(0, |details| {
        let tags = details
            .tags
            .iter()
            .map(|tag| mem::size_of_val(tag) + tag.len());
        let reactions = details
            .reactions
            .iter()
            .map(|reaction| mem::size_of_val(reaction) + reaction.reaction.len());
        mem::size_of_val(&**details)
            + tags.chain(reactions).sum::<usize>()
            + mem::size_of_val(&*details.mentions)
            + details.quoted.as_ref().map_or(0, bytes_of)
    });
    let metadata = message.metadata.as_ref().map(|metadata| metadata.as_str());
    content + details + length(metadata) + length(message.muid.as_deref())
}

fn length(text: Option<&str>) -> usize {
    text.map_or(0, str::len)
}
