use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{
    RawJson, Timestamp, Uid, lenient,
    scalar::{Scalar, Value},
};

/// A user of the chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// The id, unique within an app.
    pub uid: Uid,
    /// The display name. Empty if the server did not send it.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub name: Arc<str>,
    /// The URL of a picture.
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Arc<str>>,
    /// The URL of a profile page.
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Arc<str>>,
    /// The role. `default` unless the app set another.
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Arc<str>>,
    /// Whether the user was online when the server sent this.
    #[serde(default)]
    pub status: UserStatus,
    /// The status message.
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<Arc<str>>,
    /// When the user was last seen.
    #[serde(default, deserialize_with = "lenient::moment")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_active_at: Option<Timestamp>,
    /// When the user was created, if the server sent it.
    #[serde(default, deserialize_with = "lenient::moment")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When the user was deactivated, if they are deactivated.
    #[serde(default, deserialize_with = "lenient::moment")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivated_at: Option<Timestamp>,
    /// The tags that the app set.
    #[serde(default, deserialize_with = "lenient::texts")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Arc<str>>,
    /// The app's own data.
    #[serde(default, deserialize_with = "lenient::raw")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<RawJson>,
    /// Whether the logged-in user blocked this user.
    #[serde(default, deserialize_with = "lenient::flag")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blocked_by_me: bool,
    /// Whether this user blocked the logged-in user.
    #[serde(default, deserialize_with = "lenient::flag")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_blocked_me: bool,
}

impl User {
    /// A user with only an id and a name.
    pub fn new(uid: impl Into<Uid>, name: impl Into<Arc<str>>) -> Self {
        Self {
            uid: uid.into(),
            name: name.into(),
            avatar: None,
            link: None,
            role: None,
            status: UserStatus::default(),
            status_message: None,
            last_active_at: None,
            created_at: None,
            deactivated_at: None,
            tags: Vec::new(),
            metadata: None,
            blocked_by_me: false,
            has_blocked_me: false,
        }
    }
}

/// Whether a user is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UserStatus {
    /// Connected.
    Online,
    /// Not connected, or not known to be.
    #[default]
    Offline,
}

impl<'de> Deserialize<'de> for UserStatus {
    /// Any text but `offline`, and any integer, is read as online, as in CometChat's SDKs.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let status = deserializer.deserialize_any(Scalar(|value| match value {
            Value::Text("" | "offline") | Value::Float(_) | Value::Bool(_) => None,
            Value::Text(_) | Value::Integer(_) => Some(Self::Online),
        }))?;
        Ok(status.unwrap_or_default())
    }
}
