use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{RawJson, details_setters::details_setters, lenient};

/// The values of a user to create or to change. A value that is not set stays as it is; an empty text removes the old
/// one.
///
/// ```
/// use bevy_cometchat::model::UserDetails;
///
/// let details = UserDetails::new()
///     .with_name("Alice the Brave")
///     .with_avatar("https://example.com/alice.png")
///     .with_metadata(&("level", 12))?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct UserDetails {
    /// The name to show.
    #[serde(
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<Arc<str>>,
    /// The URL of a picture.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub avatar: Option<Arc<str>>,
    /// The URL of a profile page.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub link: Option<Arc<str>>,
    /// The status message.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub status_message: Option<Arc<str>>,
    /// The role: only the app changes it, by its auth key.
    #[serde(
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub role: Option<Arc<str>>,
    /// Data of the app's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<RawJson>,
    /// Tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Arc<str>>>,
}

impl UserDetails {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the URL of a picture.
    #[must_use]
    pub fn with_avatar(mut self, url: impl Into<Arc<str>>) -> Self {
        self.avatar = Some(url.into());
        self
    }

    /// Sets the URL of a profile page.
    #[must_use]
    pub fn with_link(mut self, url: impl Into<Arc<str>>) -> Self {
        self.link = Some(url.into());
        self
    }

    /// Sets the status message.
    #[must_use]
    pub fn with_status_message(mut self, message: impl Into<Arc<str>>) -> Self {
        self.status_message = Some(message.into());
        self
    }

    /// Sets the role: only the app changes it, by its auth key.
    #[must_use]
    pub fn with_role(mut self, role: impl Into<Arc<str>>) -> Self {
        self.role = Some(role.into());
        self
    }
}

details_setters!(UserDetails);
