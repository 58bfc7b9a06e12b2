use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Group, Guid, Timestamp, Uid, User};

/// The receiver of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Receiver {
    /// One user.
    User(Arc<User>),
    /// All members of a group.
    Group(Arc<Group>),
}

impl Receiver {
    /// The user's id, if it is a user.
    pub fn uid(&self) -> Option<&Uid> {
        match self {
            Self::User(user) => Some(&user.uid),
            Self::Group(_) => None,
        }
    }

    /// The group's id, if it is a group.
    pub fn guid(&self) -> Option<&Guid> {
        match self {
            Self::User(_) => None,
            Self::Group(group) => Some(&group.guid),
        }
    }

    /// The id with its kind.
    pub fn to_id(&self) -> ReceiverId {
        match self {
            Self::User(user) => user.uid.clone().into(),
            Self::Group(group) => group.guid.clone().into(),
        }
    }
}

/// A receiver of a message, with the times at which it was delivered and read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recipient {
    /// The receiver.
    pub user: Arc<User>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When the user read it.
    pub read_at: Option<Timestamp>,
}

/// The id of a receiver: a user or a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiverId {
    /// One user.
    User(Uid),
    /// All members of a group.
    Group(Guid),
}

impl ReceiverId {
    /// CometChat's name of the kind: `user` or `group`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
        }
    }

    /// The receiver that CometChat names by a kind, `user` or `group`, and an id.
    pub(crate) fn of_kind(kind: &str, id: &str) -> Option<Self> {
        if kind.eq_ignore_ascii_case("user") {
            Some(Self::User(id.into()))
        } else if kind.eq_ignore_ascii_case("group") {
            Some(Self::Group(id.into()))
        } else {
            None
        }
    }

    /// The id without its kind.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(uid) => uid.as_str(),
            Self::Group(guid) => guid.as_str(),
        }
    }
}

impl From<Uid> for ReceiverId {
    fn from(uid: Uid) -> Self {
        Self::User(uid)
    }
}

impl From<Guid> for ReceiverId {
    fn from(guid: Guid) -> Self {
        Self::Group(guid)
    }
}

impl From<&Uid> for ReceiverId {
    fn from(uid: &Uid) -> Self {
        Self::User(uid.clone())
    }
}

impl From<&Guid> for ReceiverId {
    fn from(guid: &Guid) -> Self {
        Self::Group(guid.clone())
    }
}

impl From<&ReceiverId> for ReceiverId {
    fn from(receiver: &ReceiverId) -> Self {
        receiver.clone()
    }
}
