use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Guid, RawJson, Timestamp, Uid, lenient};

/// A group of users who chat together (PROTOCOL.md §2.10).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Group {
    /// The id, unique within an app.
    pub guid: Guid,
    /// The name to show; empty when the server did not say.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub name: Arc<str>,
    /// Who may join.
    #[serde(default, rename = "type")]
    pub kind: GroupKind,
    /// The URL of a picture.
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub icon: Option<Arc<str>>,
    /// What the group is about.
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<Arc<str>>,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Uid>,
    /// Data of the app's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<RawJson>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// How many members it has, where the server said.
    #[serde(
        default,
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub members_count: Option<u64>,
    /// Whether the logged-in user is a member.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub has_joined: bool,
    /// Tags that the app gave.
    #[serde(
        default,
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<Arc<str>>,
}

impl Group {
    /// A group of which only the id, the name and the kind are known.
    pub fn new(guid: impl Into<Guid>, name: impl Into<Arc<str>>, kind: GroupKind) -> Self {
        Self {
            guid: guid.into(),
            name: name.into(),
            kind,
            icon: None,
            description: None,
            owner: None,
            metadata: None,
            created_at: None,
            members_count: None,
            has_joined: false,
            tags: Vec::new(),
        }
    }
}

/// Who may join a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GroupKind {
    /// Everybody.
    #[default]
    Public,
    /// Whoever is added by a member with the right to.
    Private,
    /// Whoever knows the password.
    Password,
}

impl<'de> Deserialize<'de> for GroupKind {
    /// A kind that is not known is read as private: the one that promises least.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match lenient::filled_text(deserializer)?.as_deref() {
            None | Some("public") => Self::Public,
            Some("password" | "protected") => Self::Password,
            Some(_) => Self::Private,
        })
    }
}
