use std::sync::Arc;

use serde::Deserialize;

use super::lenient;

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
