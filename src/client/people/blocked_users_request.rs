use std::sync::Arc;

use super::{PageOptions, page_setters};
use crate::{
    client::{Pager, operation::Call},
    model::User,
    wire::{query::Query, route},
};

/// The blocked users to list: CometChat's `BlockedUsersRequestBuilder`.
#[derive(Clone, Debug, Default)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct BlockedUsersRequest {
    page: PageOptions,
    direction: BlockDirection,
}

/// The direction of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BlockDirection {
    /// Users whom the logged-in user blocked, and users who blocked them.
    #[default]
    Both,
    /// Users whom the logged-in user blocked.
    BlockedByMe,
    /// Users who blocked the logged-in user.
    HasBlockedMe,
}

page_setters!(BlockedUsersRequest);

impl BlockedUsersRequest {
    /// All users whom the logged-in user blocked, and all who blocked them.
    pub fn all() -> Self {
        Self::default()
    }

    /// The direction of the block. Default: [`BlockDirection::Both`].
    pub fn with_direction(mut self, direction: BlockDirection) -> Self {
        self.direction = direction;
        self
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<Arc<User>> {
        let direction = match self.direction {
            BlockDirection::Both => "both",
            BlockDirection::BlockedByMe => "blockedByMe",
            BlockDirection::HasBlockedMe => "hasBlockedMe",
        };
        let query = Query::default().with("direction", direction);
        self.page.pager(Call::new(route::BLOCKED_USERS, &[]), query)
    }
}
