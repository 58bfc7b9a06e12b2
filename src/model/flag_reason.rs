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
