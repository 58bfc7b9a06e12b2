use std::sync::Arc;

use super::{PageOptions, page_setters};
use crate::{
    client::{Pager, operation::Call},
    model::User,
    wire::{query::Query, route},
};

/// Which blocked users to list: CometChat's `BlockedUsersRequestBuilder`.
#[derive(Clone, Debug, Default)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct BlockedUsersRequest {
    page: PageOptions,
    direction: BlockDirection,
}

/// Who blocked whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BlockDirection {
    /// The logged-in user blocked them, or they blocked the logged-in user.
    #[default]
    Both,
    /// The logged-in user blocked them.
    BlockedByMe,
    /// They blocked the logged-in user.
    HasBlockedMe,
}

page_setters!(BlockedUsersRequest);

impl BlockedUsersRequest {
    /// All whom the logged-in user blocked, and all who blocked them.
    pub fn all() -> Self {
        Self::default()
    }

    /// Who blocked whom. Default: [`BlockDirection::Both`].
    pub fn with_direction(mut self, direction: BlockDirection) -> Self {
        self.direction = direction;
        self
    }

    /// The list, to be fetched page by page.
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
