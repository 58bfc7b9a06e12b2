use std::sync::Arc;

use serde::Deserialize;

use super::lenient;

/// A reason for flagging a message, as configured for the app.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FlagReason {
    /// The id by which [`flag_message`](crate::client::Client::flag_message) names it.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub id: Arc<str>,
    /// The display name.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub name: Arc<str>,
    /// The description.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub description: Arc<str>,
}

/// The decision of moderation on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModerationStatus {
    /// There is no decision yet.
    Pending,
    /// The message may be shown.
    Approved,
    /// The message must not be shown.
    Disapproved,
    /// Any other value that the server sent.
    Unmoderated,
}

impl From<&str> for ModerationStatus {
    fn from(status: &str) -> Self {
        match status.to_ascii_lowercase().as_str() {
            "pending" => Self::Pending,
            "approved" => Self::Approved,
            "disapproved" => Self::Disapproved,
            _ => Self::Unmoderated,
        }
    }
}
