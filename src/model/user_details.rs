use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{RawJson, lenient};
use crate::setters::setters;

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
    /// The display name.
    #[serde(deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
    /// The URL of a picture.
    #[serde(deserialize_with = "lenient::text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Arc<str>>,
    /// The URL of a profile page.
    #[serde(deserialize_with = "lenient::text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Arc<str>>,
    /// The status message.
    #[serde(deserialize_with = "lenient::text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<Arc<str>>,
    /// The role. Only requests with the auth key change it.
    #[serde(deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Arc<str>>,
    /// The app's own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<RawJson>,
    /// The tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Arc<str>>>,
}

impl UserDetails {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Sets the display name.
        with_name(name: impl Into<Arc<str>>) => name = Some(name.into());
        /// Sets the URL of a picture.
        with_avatar(url: impl Into<Arc<str>>) => avatar = Some(url.into());
        /// Sets the URL of a profile page.
        with_link(url: impl Into<Arc<str>>) => link = Some(url.into());
        /// Sets the status message.
        with_status_message(message: impl Into<Arc<str>>) => status_message = Some(message.into());
        /// Sets the role. Only requests with the auth key change it.
        with_role(role: impl Into<Arc<str>>) => role = Some(role.into());
        /// Replaces the tags.
        with_tags(tags: impl IntoIterator<Item = impl Into<Arc<str>>>) =>
            tags = Some(tags.into_iter().map(Into::into).collect());
    }

    /// Replaces the app's own data.
    ///
    /// # Errors
    /// When `metadata` has no JSON form.
    pub fn with_metadata(mut self, metadata: &impl Serialize) -> serde_json::Result<Self> {
        self.metadata = Some(RawJson::new(metadata)?);
        Ok(self)
    }
}
