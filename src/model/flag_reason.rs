use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lenient;

/// A reason for which a message can be flagged, as the app's owner offers it (PROTOCOL.md §2.5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FlagReason {
    /// The id by which [`flag_message`](crate::client::MessageApi::flag_message) names it.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub id: Arc<str>,
    /// The name to show.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub name: Arc<str>,
    /// What it covers.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub description: Arc<str>,
}

impl FlagReason {
    /// A reason of that id.
    pub fn new(
        id: impl Into<Arc<str>>,
        name: impl Into<Arc<str>>,
        description: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            description: description.into(),
        }
    }
}
