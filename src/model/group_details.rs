use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{GroupKind, RawJson, Secret, details_setters::details_setters, lenient};

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
    /// The name to show.
    #[serde(
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<Arc<str>>,
    /// Who may join.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<GroupKind>,
    /// What opens a group of the kind [`GroupKind::Password`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The URL of a picture.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub icon: Option<Arc<str>>,
    /// What the group is about.
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<Arc<str>>,
    /// Data of the app's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<RawJson>,
    /// Tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Arc<str>>>,
}

impl GroupDetails {
    /// No values. A group created with them is public, and its name is its id.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets who may join: everybody, or only users who are added. For a password see [`with_password`](Self::with_password).
    #[must_use]
    pub fn with_kind(mut self, kind: GroupKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Makes it a group for users who know `password`.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<Secret>) -> Self {
        self.kind = Some(GroupKind::Password);
        self.password = Some(password.into());
        self
    }

    /// Sets the URL of a picture.
    #[must_use]
    pub fn with_icon(mut self, url: impl Into<Arc<str>>) -> Self {
        self.icon = Some(url.into());
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Arc<str>>) -> Self {
        self.description = Some(description.into());
        self
    }
}

details_setters!(GroupDetails);
