use std::sync::Arc;

use super::{
    ConversationId, Group, GroupAction, Guid, MessageContent, MessageDetails, MessageId, Payload,
    PayloadError, RawJson, Reaction, ReceiverId, Timestamp, Uid, User,
};

/// A message as the server sent it. Cheap to clone: what is long is shared.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The server's id; within a conversation a later message has a larger one.
    pub id: MessageId,
    /// The id that the sender's client chose, echoed by the server.
    pub muid: Option<Arc<str>>,
    /// The conversation's id, the same for both users or for all members of the group.
    pub conversation_id: ConversationId,
    /// The sender.
    pub sender: Arc<User>,
    /// The receiver.
    pub receiver: Receiver,
    /// When the server received it.
    pub sent_at: Timestamp,
    /// When it changed last in any way.
    pub updated_at: Timestamp,
    /// The content.
    pub content: MessageContent,
    /// Data that the sender attached.
    pub metadata: Option<RawJson>,
    /// The message that this one answers in a thread.
    pub parent_id: Option<MessageId>,
    /// The details that most messages don't have: edits, reactions, receipts, tags and more. Read them with the
    /// methods.
    pub details: Option<Arc<MessageDetails>>,
}

impl Message {
    /// The text, if it is a text message; the caption of a file; the words that stand for custom data.
    pub fn text(&self) -> Option<&str> {
        self.content.text()
    }

    /// The game's own data, if this is a custom message of that kind; `None` if it is another.
    ///
    /// # Errors
    /// When it is of that kind and can't be read, such as one from a newer version of the game.
    pub fn payload<P: Payload>(&self) -> Option<Result<P, PayloadError>> {
        match &self.content {
            MessageContent::Custom(custom) => custom.payload(),
            _ => None,
        }
    }

    /// The change of the group's members that this message reports, if it does.
    pub fn group_action(&self) -> Option<&Arc<GroupAction>> {
        match &self.content {
            MessageContent::GroupAction(action) => Some(action),
            _ => None,
        }
    }

    /// When the text was changed last, if ever.
    pub fn edited_at(&self) -> Option<Timestamp> {
        self.details().edited_at
    }

    /// When it was deleted, if it was. Its content may be gone then.
    pub fn deleted_at(&self) -> Option<Timestamp> {
        self.details().deleted_at
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at().is_some()
    }

    /// The tags that the sender attached.
    pub fn tags(&self) -> &[Arc<str>] {
        &self.details().tags
    }

    /// The users mentioned in the text as `<@uid:…>`.
    pub fn mentions(&self) -> &[Arc<User>] {
        &self.details().mentions
    }

    /// Whether the text mentions this user.
    pub fn is_mentioned(&self, uid: &Uid) -> bool {
        self.mentions().iter().any(|user| user.uid == *uid)
    }

    /// How many users reacted to it, and how.
    pub fn reactions(&self) -> &[Reaction] {
        &self.details().reactions
    }

    /// How many messages answer it in its thread.
    pub fn reply_count(&self) -> u64 {
        self.details().reply_count
    }

    /// The message that it quotes.
    pub fn quoted(&self) -> Option<&Message> {
        self.details().quoted.as_ref()
    }

    /// When it was delivered to its receiver, or to all members of the group. Only its sender learns it.
    pub fn delivered_at(&self) -> Option<Timestamp> {
        self.details().delivered_at
    }

    /// When its receiver, or all members of the group, had read it. Only its sender learns it.
    pub fn read_at(&self) -> Option<Timestamp> {
        self.details().read_at
    }

    /// All the details; the defaults where the message has none.
    pub fn details(&self) -> &MessageDetails {
        static NONE: MessageDetails = MessageDetails::NONE;
        self.details.as_deref().unwrap_or(&NONE)
    }

    /// The details, to be changed.
    pub fn details_mut(&mut self) -> &mut MessageDetails {
        Arc::make_mut(self.details.get_or_insert_default())
    }

    /// Whether it is the server's record of an edit, a deletion or a call: a row of the conversation, but not a
    /// message.
    pub(crate) fn is_record(&self) -> bool {
        matches!(&self.content, MessageContent::Unmodelled(content)
            if matches!(&*content.category, "action" | "call"))
    }

    /// Where an answer to it goes: to its sender, or to the group; for the own user's messages, to where they went.
    pub fn answer_to(&self, own: &Uid) -> ReceiverId {
        match &self.receiver {
            Receiver::Group(group) => group.guid.clone().into(),
            Receiver::User(user) if self.sender.uid == *own => user.uid.clone().into(),
            Receiver::User(_) => self.sender.uid.clone().into(),
        }
    }
}

/// The receiver of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Receiver {
    /// One user.
    User(Arc<User>),
    /// All members of a group.
    Group(Arc<Group>),
}

impl Receiver {
    /// The user's id, if it was one.
    pub fn uid(&self) -> Option<&Uid> {
        match self {
            Self::User(user) => Some(&user.uid),
            Self::Group(_) => None,
        }
    }

    /// The group's id, if it was one.
    pub fn guid(&self) -> Option<&Guid> {
        match self {
            Self::User(_) => None,
            Self::Group(group) => Some(&group.guid),
        }
    }

    /// The id with its kind.
    pub fn to_id(&self) -> ReceiverId {
        match self {
            Self::User(user) => user.uid.clone().into(),
            Self::Group(group) => group.guid.clone().into(),
        }
    }
}
