use std::sync::Arc;

use serde::Deserialize;

use super::{MessageId, Timestamp, User, lenient};

/// A reaction to a message, with the number of users who made it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reaction {
    /// The emoji.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub reaction: Arc<str>,
    /// The number of users who reacted so.
    #[serde(default, deserialize_with = "lenient::count")]
    pub count: u64,
    /// Whether the logged-in user reacted so.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub reacted_by_me: bool,
}

impl Reaction {
    /// A reaction of `count` users.
    pub fn new(reaction: impl Into<Arc<str>>, count: u64, reacted_by_me: bool) -> Self {
        Self {
            reaction: reaction.into(),
            count,
            reacted_by_me,
        }
    }
}

/// A reaction of one user to a message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UserReaction {
    /// The message.
    pub message_id: MessageId,
    /// The user who reacted.
    pub user: Arc<User>,
    /// The emoji.
    pub reaction: Arc<str>,
    /// The time of the reaction.
    pub at: Timestamp,
}
