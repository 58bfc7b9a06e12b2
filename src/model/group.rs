use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Guid, RawJson, Timestamp, Uid, lenient};

/// A group of users who chat together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Group {
    /// The id, unique within an app.
    pub guid: Guid,
    /// The display name. Empty if the server did not send it.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub name: Arc<str>,
    /// Whether anybody may join.
    #[serde(default, rename = "type")]
    pub kind: GroupKind,
    /// The URL of a picture.
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Arc<str>>,
    /// The description.
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Arc<str>>,
    /// The owner.
    #[serde(default, deserialize_with = "lenient::id")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Uid>,
    /// The app's own data.
    #[serde(default, deserialize_with = "lenient::raw")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<RawJson>,
    /// The time of its creation.
    #[serde(default, deserialize_with = "lenient::moment")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The time of its last change, if the server sent it.
    #[serde(default, deserialize_with = "lenient::moment", skip_serializing)]
    pub updated_at: Option<Timestamp>,
    /// The number of members, if the server sent it.
    #[serde(default, deserialize_with = "lenient::number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_count: Option<u64>,
    /// The number of online members, if the server sent it.
    #[serde(default, deserialize_with = "lenient::number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_members_count: Option<u64>,
    /// Whether the logged-in user is a member.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub has_joined: bool,
    /// The scope of the logged-in user, if the server sent it.
    #[serde(default, skip_serializing)]
    pub scope: Option<GroupScope>,
    /// When the logged-in user joined it, if the server sent it.
    #[serde(default, deserialize_with = "lenient::moment", skip_serializing)]
    pub joined_at: Option<Timestamp>,
    /// Whether the logged-in user is banned from it.
    #[serde(default, deserialize_with = "lenient::flag")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_banned: bool,
    /// The tags that the app set.
    #[serde(default, deserialize_with = "lenient::texts")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Arc<str>>,
}

impl Group {
    /// A group with only an id, a name and a kind.
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
            updated_at: None,
            members_count: None,
            online_members_count: None,
            has_joined: false,
            scope: None,
            joined_at: None,
            is_banned: false,
            tags: Vec::new(),
        }
    }
}

/// The rights of a member of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GroupScope {
    /// Reads and writes.
    #[default]
    Participant,
    /// Also kicks and bans participants.
    Moderator,
    /// May do everything.
    Admin,
}

impl GroupScope {
    /// CometChat's name of the scope.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }
}

impl<'de> Deserialize<'de> for GroupScope {
    /// An unknown scope is read as participant, which has the fewest rights.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match lenient::filled_text(deserializer)?.as_deref() {
            Some("admin" | "owner") => Self::Admin,
            Some("moderator") => Self::Moderator,
            _ => Self::Participant,
        })
    }
}

/// The kind of a group: who may join it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GroupKind {
    /// Everybody.
    #[default]
    Public,
    /// Nobody: moderators and admins add members.
    Private,
    /// Users who know the password.
    Password,
}

impl<'de> Deserialize<'de> for GroupKind {
    /// An unknown kind is read as private, which allows the least.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match lenient::filled_text(deserializer)?.as_deref() {
            None | Some("public") => Self::Public,
            Some("password" | "protected") => Self::Password,
            Some(_) => Self::Private,
        })
    }
}
