use std::ops::Deref;

use serde::Deserialize;

use super::{GroupScope, Timestamp, User};

/// A user as the member of a group (PROTOCOL.md §2.10).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupMember {
    /// Who.
    #[serde(flatten)]
    pub user: User,
    /// What they may do in the group.
    #[serde(default)]
    pub scope: GroupScope,
    /// Since when they are a member.
    #[serde(default)]
    pub joined_at: Timestamp,
}

impl Deref for GroupMember {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}
