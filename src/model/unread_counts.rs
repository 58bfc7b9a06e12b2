use std::collections::HashMap;

use super::{Guid, ReceiverId, Uid};

/// How many messages the user has not read, of those conversations in which there are some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadCounts {
    /// With users.
    pub users: HashMap<Uid, u64>,
    /// In groups.
    pub groups: HashMap<Guid, u64>,
}

impl UnreadCounts {
    /// How many of one conversation.
    pub fn of(&self, with: &ReceiverId) -> u64 {
        let count = match with {
            ReceiverId::User(uid) => self.users.get(uid),
            ReceiverId::Group(guid) => self.groups.get(guid),
        };
        count.copied().unwrap_or_default()
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        let counts = self.users.values().chain(self.groups.values());
        counts.fold(0, |sum, count| sum.saturating_add(*count))
    }
}
