use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::{Message, Timestamp, Uid, User, lenient};

/// What most messages don't have (PROTOCOL.md §3.5).
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
    /// Who is mentioned in the text.
    pub mentions: Vec<Arc<User>>,
    /// How many users reacted, and how.
    pub reactions: Vec<Reaction>,
    /// How many messages answer it in its thread.
    pub reply_count: u64,
    /// The message that it quotes.
    pub quoted: Option<Message>,
    /// When it reached its receiver, or all members of the group: told to its sender.
    pub delivered_at: Option<Timestamp>,
    /// When its receiver, or all members of the group, had read it: told to its sender.
    pub read_at: Option<Timestamp>,
    /// When it reached the logged-in user.
    pub my_delivered_at: Option<Timestamp>,
    /// When the logged-in user read it.
    pub my_read_at: Option<Timestamp>,
    /// What moderation made of it, where the app moderates.
    pub moderation: Option<ModerationStatus>,
}

impl MessageDetails {
    pub(crate) const NONE: Self = Self {
        edited_at: None,
        edited_by: None,
        deleted_at: None,
        deleted_by: None,
        tags: Vec::new(),
        mentions: Vec::new(),
        reactions: Vec::new(),
        reply_count: 0,
        quoted: None,
        delivered_at: None,
        read_at: None,
        my_delivered_at: None,
        my_read_at: None,
        moderation: None,
    };
}

/// How many users reacted to a message alike.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reaction {
    /// The emoji.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub reaction: Arc<str>,
    /// How many users.
    #[serde(default, deserialize_with = "count")]
    pub count: u64,
    /// Whether the logged-in user is one of them.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub reacted_by_me: bool,
}

impl Reaction {
    /// So many users who reacted alike.
    pub fn new(reaction: impl Into<Arc<str>>, count: u64, reacted_by_me: bool) -> Self {
        Self {
            reaction: reaction.into(),
            count,
            reacted_by_me,
        }
    }
}

fn count<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Ok(lenient::number(from)?.unwrap_or_default())
}

/// What moderation made of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModerationStatus {
    /// Not decided yet.
    Pending,
    /// It may be seen.
    Approved,
    /// It may not.
    Disapproved,
    /// Anything else that the server says.
    Unmoderated,
}

impl From<&str> for ModerationStatus {
    fn from(status: &str) -> Self {
        match status {
            "pending" => Self::Pending,
            "approved" => Self::Approved,
            "disapproved" => Self::Disapproved,
            _ => Self::Unmoderated,
        }
    }
}
