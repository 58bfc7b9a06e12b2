use serde::{Deserialize, Serialize};

use super::{GroupScope, Uid};

/// Who is to be in a group, as what, and who is to be kept out of it.
///
/// ```
/// use bevy_cometchat::model::{GroupScope, NewMembers};
///
/// let party = NewMembers::new()
///     .with("bob", GroupScope::Moderator)
///     .with("carol", GroupScope::Participant)
///     .banning("eve");
/// # assert_eq!(party.banned.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NewMembers {
    /// Those who may do everything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub admins: Vec<Uid>,
    /// Those who also kick and ban participants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moderators: Vec<Uid>,
    /// Those who read and write.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Uid>,
    /// Those who are kept out.
    #[serde(rename = "usersToBan", skip_serializing_if = "Vec::is_empty")]
    pub banned: Vec<Uid>,
}

impl NewMembers {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user, as what they are to be.
    #[must_use]
    pub fn with(mut self, uid: impl Into<Uid>, scope: GroupScope) -> Self {
        let list = match scope {
            GroupScope::Participant => &mut self.participants,
            GroupScope::Moderator => &mut self.moderators,
            GroupScope::Admin => &mut self.admins,
        };
        list.push(uid.into());
        self
    }

    /// Adds a user who is to be kept out.
    #[must_use]
    pub fn banning(mut self, uid: impl Into<Uid>) -> Self {
        self.banned.push(uid.into());
        self
    }
}
