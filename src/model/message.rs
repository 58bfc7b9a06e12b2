use std::sync::{Arc, LazyLock};

use super::{
    ConversationId, GroupAction, MessageContent, MessageId, ModerationStatus, Payload,
    PayloadError, RawJson, Reaction, Receiver, ReceiverId, Timestamp, Uid, User,
};

/// A message as the server sent it. Cheap to clone: large parts are shared.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The server's id. Within a conversation, later messages have larger ids.
    pub id: MessageId,
    /// The id that the sender's client assigned, echoed by the server.
    pub muid: Option<Arc<str>>,
    /// The conversation's id, the same for both users or for all members of the group.
    pub conversation_id: ConversationId,
    /// The sender.
    pub sender: Arc<User>,
    /// The receiver.
    pub receiver: Receiver,
    /// When the server stored it.
    pub sent_at: Timestamp,
    /// When it was last changed in any way.
    pub updated_at: Timestamp,
    /// The content.
    pub content: MessageContent,
    /// Data that the sender attached.
    pub metadata: Option<RawJson>,
    /// The first message of the thread that this message belongs to.
    pub parent_id: Option<MessageId>,
    /// The details that most messages don't have: edits, reactions, receipts, tags and more. Read them with the
    /// methods.
    pub details: Option<Arc<MessageDetails>>,
}

/// The details of a message that most messages don't have.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MessageDetails {
    /// When the text was last edited.
    pub edited_at: Option<Timestamp>,
    /// The user who edited it last.
    pub edited_by: Option<Uid>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The user who deleted it.
    pub deleted_by: Option<Uid>,
    /// Tags that the sender attached.
    pub tags: Vec<Arc<str>>,
    /// The users mentioned in the text.
    pub mentions: Vec<Arc<User>>,
    /// The reactions, with the number of users for each.
    pub reactions: Vec<Reaction>,
    /// The number of replies in its thread.
    pub reply_count: u64,
    /// The message that it quotes.
    pub quoted: Option<Message>,
    /// When it was delivered to its receiver, or to all members of the group. Only the sender receives this.
    pub delivered_at: Option<Timestamp>,
    /// When its receiver, or all members of the group, had read it. Only the sender receives this.
    pub read_at: Option<Timestamp>,
    /// When it was delivered to the logged-in user.
    pub my_delivered_at: Option<Timestamp>,
    /// When the logged-in user read it.
    pub my_read_at: Option<Timestamp>,
    /// The number of replies in its thread that the logged-in user has not read.
    pub unread_replies: u64,
    /// When it was pinned to its conversation, if it is pinned.
    pub pinned_at: Option<Timestamp>,
    /// The user who pinned it.
    pub pinned_by: Option<Uid>,
    /// When the logged-in user saved it, if it is saved.
    pub saved_at: Option<Timestamp>,
    /// The elements of an interactive message that the logged-in user has used, each with the time.
    pub interactions: Vec<(Arc<str>, Timestamp)>,
    /// The decision of moderation, if the app moderates.
    pub moderation: Option<ModerationStatus>,
    /// The reason for that decision, in the moderator's words.
    pub moderation_reason: Option<Arc<str>>,
}

impl Message {
    /// The text of a text message, the caption of files, or the fallback text of custom data.
    pub fn text(&self) -> Option<&str> {
        self.content.text()
    }

    /// The game's own data, if this is a custom message of the kind `P::KIND`.
    ///
    /// # Errors
    /// When the data of such a message can't be read, for example because a newer version of the game sent it.
    pub fn payload<P: Payload>(&self) -> Option<Result<P, PayloadError>> {
        match &self.content {
            MessageContent::Custom(custom) => custom.payload(),
            _ => None,
        }
    }

    /// The change of the group's members, if the message reports one.
    pub fn group_action(&self) -> Option<&Arc<GroupAction>> {
        match &self.content {
            MessageContent::GroupAction(action) => Some(action),
            _ => None,
        }
    }

    /// When the text was last edited, if it was.
    pub fn edited_at(&self) -> Option<Timestamp> {
        self.details().edited_at
    }

    /// When it was deleted, if it was. The server may remove the content.
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

    /// The reactions, with the number of users for each.
    pub fn reactions(&self) -> &[Reaction] {
        &self.details().reactions
    }

    /// The number of replies in its thread.
    pub fn reply_count(&self) -> u64 {
        self.details().reply_count
    }

    /// The message that it quotes.
    pub fn quoted(&self) -> Option<&Message> {
        self.details().quoted.as_ref()
    }

    /// When it was delivered to its receiver, or to all members of the group. Only the sender receives this.
    pub fn delivered_at(&self) -> Option<Timestamp> {
        self.details().delivered_at
    }

    /// When its receiver, or all members of the group, had read it. Only the sender receives this.
    pub fn read_at(&self) -> Option<Timestamp> {
        self.details().read_at
    }

    /// All details, or the defaults if the message has none.
    pub fn details(&self) -> &MessageDetails {
        static NONE: LazyLock<MessageDetails> = LazyLock::new(MessageDetails::default);
        self.details.as_deref().unwrap_or(&NONE)
    }

    /// Mutable access to the details.
    pub fn details_mut(&mut self) -> &mut MessageDetails {
        Arc::make_mut(self.details.get_or_insert_default())
    }

    /// Whether it is the server's record of an edit, a deletion or a call, which is listed among the messages.
    pub(crate) fn is_record(&self) -> bool {
        matches!(&self.content, MessageContent::Unmodelled(content)
            if matches!(&*content.category, "action" | "call"))
    }

    /// The receiver of a reply: the sender or the group. For messages of the user `own`, their receiver.
    pub fn answer_to(&self, own: &Uid) -> ReceiverId {
        match &self.receiver {
            Receiver::Group(group) => group.guid.clone().into(),
            Receiver::User(user) if self.sender.uid == *own => user.uid.clone().into(),
            Receiver::User(_) => self.sender.uid.clone().into(),
        }
    }
}
