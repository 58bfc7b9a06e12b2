use std::sync::{Arc, LazyLock};

use super::{
    ConversationId, GroupAction, MessageContent, MessageId, ModerationStatus, Payload,
    PayloadError, RawJson, Reaction, Receiver, ReceiverId, Timestamp, Uid, User,
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

/// The details that most messages don't have.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MessageDetails {
    /// When the text was changed last.
    pub edited_at: Option<Timestamp>,
    /// Who changed it.
    pub edited_by: Option<Uid>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Who deleted it.
    pub deleted_by: Option<Uid>,
    /// Tags that the sender attached.
    pub tags: Vec<Arc<str>>,
    /// The users mentioned in the text.
    pub mentions: Vec<Arc<User>>,
    /// How many users reacted, and how.
    pub reactions: Vec<Reaction>,
    /// How many messages answer it in its thread.
    pub reply_count: u64,
    /// The message that it quotes.
    pub quoted: Option<Message>,
    /// When it was delivered to its receiver, or to all members of the group. Only its sender learns it.
    pub delivered_at: Option<Timestamp>,
    /// When its receiver, or all members of the group, had read it. Only its sender learns it.
    pub read_at: Option<Timestamp>,
    /// When it was delivered to the logged-in user.
    pub my_delivered_at: Option<Timestamp>,
    /// When the logged-in user read it.
    pub my_read_at: Option<Timestamp>,
    /// How many answers in its thread the logged-in user has not read.
    pub unread_replies: u64,
    /// When it was pinned to its conversation, if it is.
    pub pinned_at: Option<Timestamp>,
    /// Who pinned it.
    pub pinned_by: Option<Uid>,
    /// When the logged-in user saved it, if they did.
    pub saved_at: Option<Timestamp>,
    /// The elements of an interactive message that the logged-in user has used, and when.
    pub interactions: Vec<(Arc<str>, Timestamp)>,
    /// The decision of moderation, where the app moderates.
    pub moderation: Option<ModerationStatus>,
    /// The reason for that decision, in the moderator's words.
    pub moderation_reason: Option<Arc<str>>,
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
        static NONE: LazyLock<MessageDetails> = LazyLock::new(MessageDetails::default);
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
