use std::{collections::HashMap, sync::Arc};

use super::{ConversationId, Guid, Message, MessageId, Receiver, ReceiverId, Uid};

/// A conversation of the logged-in user with another user or in a group.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Conversation {
    /// The id, the same for all participants.
    pub id: ConversationId,
    /// The other user, or the group.
    pub with: Receiver,
    /// The last message, if there is one.
    pub last_message: Option<Message>,
    /// The number of unread messages.
    pub unread_count: u64,
    /// The number of unread messages that mention the user.
    pub unread_mentions: u64,
    /// The last message that the user has read.
    pub last_read: Option<MessageId>,
    /// The tags that the user set.
    pub tags: Vec<Arc<str>>,
}

/// The number of unread messages of each conversation. Conversations without unread messages are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadCounts {
    /// The counts of conversations with users.
    pub users: HashMap<Uid, u64>,
    /// The counts of conversations in groups.
    pub groups: HashMap<Guid, u64>,
}

impl UnreadCounts {
    /// The number of unread messages of one conversation.
    pub fn of(&self, with: &ReceiverId) -> u64 {
        let count = match with {
            ReceiverId::User(uid) => self.users.get(uid),
            ReceiverId::Group(guid) => self.groups.get(guid),
        };
        count.copied().unwrap_or_default()
    }

    /// The sum of all counts.
    pub fn total(&self) -> u64 {
        let counts = self.users.values().chain(self.groups.values());
        counts.fold(0, |sum, count| sum.saturating_add(*count))
    }
}
