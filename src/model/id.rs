use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::scalar;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $fold:expr, $equal:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::from(Arc::<str>::from(id))
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self::from(Arc::<str>::from(id))
            }
        }

        impl From<Arc<str>> for $name {
            fn from(id: Arc<str>) -> Self {
                Self($fold(id))
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                $equal(&self.0, other)
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                $equal(&self.0, other)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match scalar::text(deserializer)? {
                    Some(id) if !id.is_empty() => Ok(Self::from(id)),
                    _ => Err(de::Error::custom("an identifier is empty or not a string")),
                }
            }
        }
    };
}

fn same(one: &str, other: &str) -> bool {
    one == other
}

/// Converts an id to lower case, as the cloud does with the ids of users and groups.
fn folded(id: Arc<str>) -> Arc<str> {
    if id.bytes().any(|byte| byte.is_ascii_uppercase()) {
        id.to_ascii_lowercase().into()
    } else {
        id
    }
}

text_id! {
    /// A user's id, chosen at the creation of the user. It is converted to lower case, as in CometChat's cloud.
    ///
    /// ```
    /// use bevy_cometchat::model::Uid;
    ///
    /// assert_eq!(Uid::from("Alice"), Uid::from("alice"));
    /// assert_eq!(Uid::from("Alice").as_str(), "alice");
    /// ```
    Uid, folded, str::eq_ignore_ascii_case
}
text_id! {
    /// A group's id, chosen at the creation of the group. It is converted to lower case, as in CometChat's cloud.
    Guid, folded, str::eq_ignore_ascii_case
}
text_id! {
    /// A conversation's id, assigned by the server. It is the same for both users, or for all members of the group.
    ConversationId, std::convert::identity, same
}

/// A message's id, assigned by the server. Later messages have larger ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub u64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match scalar::number(deserializer)? {
            Some(id) => Ok(Self(id)),
            None => Err(de::Error::custom("a message id is not an integer")),
        }
    }
}
