use serde::{Deserialize, Serialize};

use super::{GroupScope, Uid};

/// The users to add to a group, with their scopes, and the users to ban from it.
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
    /// The users to add as admins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub admins: Vec<Uid>,
    /// The users to add as moderators.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moderators: Vec<Uid>,
    /// The users to add as participants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Uid>,
    /// The users to ban.
    #[serde(rename = "usersToBan", skip_serializing_if = "Vec::is_empty")]
    pub banned: Vec<Uid>,
}

impl NewMembers {
    /// No users.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user with a scope.
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

    /// Adds a user to ban.
    #[must_use]
    pub fn banning(mut self, uid: impl Into<Uid>) -> Self {
        self.banned.push(uid.into());
        self
    }
}
