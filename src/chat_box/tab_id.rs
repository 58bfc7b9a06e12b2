//! The ids of tabs.

use std::{borrow::Cow, fmt, ops::Deref};

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

/// The id of a tab, for the game.
///
/// ```
/// use bevy_cometchat::chat_box::ChatTabId;
///
/// let guild = ChatTabId::new("guild");
/// let third = ChatTabId::from(format!("guild-{}", 3));
/// assert_eq!(third, "guild-3");
/// ```
#[derive(Reflect, Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[reflect(opaque, Clone, Debug, Default, PartialEq, Hash)]
pub struct ChatTabId(Cow<'static, str>);

impl ChatTabId {
    /// An id that is known when the game is built.
    pub const fn new(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }
}

impl Deref for ChatTabId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ChatTabId {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for ChatTabId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<&'static str> for ChatTabId {
    fn from(id: &'static str) -> Self {
        Self::new(id)
    }
}

impl From<String> for ChatTabId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl PartialEq<str> for ChatTabId {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for ChatTabId {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}
