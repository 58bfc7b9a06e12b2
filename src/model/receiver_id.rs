use serde::{Deserialize, Serialize};

use super::{Guid, Uid};

/// The receiver of a message: a user or a group.
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
