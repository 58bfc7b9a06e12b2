use std::sync::Arc;

use serde::Deserialize;

use super::{Message, MessageId, Timestamp, Uid, User, lenient};

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
        unread_replies: 0,
        pinned_at: None,
        pinned_by: None,
        saved_at: None,
        interactions: Vec::new(),
        moderation: None,
        moderation_reason: None,
    };
}

/// A reaction to a message, with the number of users who made it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reaction {
    /// The emoji.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub reaction: Arc<str>,
    /// How many users.
    #[serde(default, deserialize_with = "lenient::count")]
    pub count: u64,
    /// Whether the logged-in user is one of them.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub reacted_by_me: bool,
}

impl Reaction {
    /// `count` users who reacted alike.
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

/// A receiver of a message, with the times at which it was delivered and read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recipient {
    /// The receiver.
    pub user: Arc<User>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When they read it.
    pub read_at: Option<Timestamp>,
}

/// A reason for which a message can be flagged, as the app's owner offers it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FlagReason {
    /// The id by which [`flag_message`](crate::client::Client::flag_message) names it.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub id: Arc<str>,
    /// The name to show.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub name: Arc<str>,
    /// What it covers.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub description: Arc<str>,
}

/// The decision of moderation on a message.
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
        [
            ("pending", Self::Pending),
            ("approved", Self::Approved),
            ("disapproved", Self::Disapproved),
        ]
        .into_iter()
        .find(|(name, _)| status.eq_ignore_ascii_case(name))
        .map_or(Self::Unmoderated, |(_, status)| status)
    }
}
