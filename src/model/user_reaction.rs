use std::sync::Arc;

use super::{MessageId, Timestamp, User};

/// That a user reacted to a message (PROTOCOL.md §2.6).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UserReaction {
    /// The message.
    pub message_id: MessageId,
    /// Who reacted.
    pub user: Arc<User>,
    /// The emoji.
    pub reaction: Arc<str>,
    /// When.
    pub at: Timestamp,
}
