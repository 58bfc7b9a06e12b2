use std::sync::Arc;

use super::{ConversationId, Message, MessageId, Receiver};

/// What the logged-in user has with another user or with a group (PROTOCOL.md §2.10).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Conversation {
    /// The id, the same for all who take part.
    pub id: ConversationId,
    /// With whom.
    pub with: Receiver,
    /// The latest message, if there is one.
    pub last_message: Option<Message>,
    /// How many messages the user has not read.
    pub unread_count: u64,
    /// How many of those mention the user.
    pub unread_mentions: u64,
    /// The last message that the user has read.
    pub last_read: Option<MessageId>,
    /// Tags that the user gave.
    pub tags: Vec<Arc<str>>,
}
