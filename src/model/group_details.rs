use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{GroupKind, RawJson, Secret, lenient};
use crate::setters::setters;

/// The values of a group to create or to change. A value that is not set stays as it is; an empty text removes the old
/// one.
///
/// ```
/// use bevy_cometchat::model::{GroupDetails, GroupKind};
///
/// let guild = GroupDetails::new().with_name("The Guild").with_kind(GroupKind::Private);
/// let vault = GroupDetails::new().with_name("The Vault").with_password("sesame");
/// # assert_ne!(guild, vault);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GroupDetails {
    /// The display name.
    #[serde(deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
    /// The kind.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<GroupKind>,
    /// The password of a group of the kind [`GroupKind::Password`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The URL of a picture.
    #[serde(deserialize_with = "lenient::text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Arc<str>>,
    /// The description.
    #[serde(deserialize_with = "lenient::text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Arc<str>>,
    /// The app's own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<RawJson>,
    /// The tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Arc<str>>>,
}

impl GroupDetails {
    /// No values. A group created with them is public, and its name is its id.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the kind: public or private. For a password see [`with_password`](Self::with_password).
    #[must_use]
    pub fn with_kind(mut self, kind: GroupKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Sets the kind [`GroupKind::Password`] and the password.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<Secret>) -> Self {
        self.kind = Some(GroupKind::Password);
        self.password = Some(password.into());
        self
    }

    setters! {
        /// Sets the display name.
        with_name(name: impl Into<Arc<str>>) => name = Some(name.into());
        /// Sets the URL of a picture.
        with_icon(url: impl Into<Arc<str>>) => icon = Some(url.into());
        /// Sets the description.
        with_description(description: impl Into<Arc<str>>) =>
            description = Some(description.into());
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
