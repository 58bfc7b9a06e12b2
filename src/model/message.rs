use std::sync::Arc;

use super::{ConversationId, Group, Guid, MessageId, RawJson, Timestamp, Uid, User};

/// A message as the server sent it (PROTOCOL.md §3.5). Cheap to clone: what is long is shared.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The server's id; within a conversation a later message has a larger one.
    pub id: MessageId,
    /// The id that the sender's client chose, echoed by the server.
    pub muid: Option<Arc<str>>,
    /// What the two users, or the members of the group, have in common.
    pub conversation_id: ConversationId,
    /// Who wrote it.
    pub sender: Arc<User>,
    /// Whom it was written to.
    pub receiver: Receiver,
    /// When the server took it in.
    pub sent_at: Timestamp,
    /// What it says.
    pub content: MessageContent,
    /// Data that the sender attached.
    pub metadata: Option<RawJson>,
    /// The message that this one answers in a thread.
    pub parent_id: Option<MessageId>,
}

impl Message {
    /// The text, if it is a text message.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            MessageContent::Text(text) => Some(text),
            MessageContent::Unmodelled(_) => None,
        }
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MessageContent {
    /// Text, as the sender typed it: not made safe for display.
    Text(Arc<str>),
    /// A kind that this version of the crate does not model.
    Unmodelled(Arc<UnmodelledContent>),
}

/// A message of a kind that this version of the crate does not model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnmodelledContent {
    /// CometChat's category, such as `custom`.
    pub category: Arc<str>,
    /// The type within the category.
    pub kind: Arc<str>,
    /// The `data` object as it came.
    pub data: Option<RawJson>,
}

/// Whom a message was written to.
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
}
