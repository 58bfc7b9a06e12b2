use std::sync::Arc;

use super::{PageOptions, page_setters};
use crate::{
    client::{Pager, operation::Call},
    model::{Guid, User},
    wire::{query::Query, route},
};

/// The users who are banned from a group, to be listed: CometChat's `BannedMembersRequestBuilder`. For its admins and
/// moderators.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct BannedMembersRequest {
    guid: Guid,
    page: PageOptions,
}

page_setters!(BannedMembersRequest);

impl BannedMembersRequest {
    /// All users who are banned from a group.
    pub fn of(guid: impl Into<Guid>) -> Self {
        Self {
            guid: guid.into(),
            page: PageOptions::default(),
        }
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<Arc<User>> {
        let call = Call::new(route::BANNED_MEMBERS, &[self.guid.as_str()]);
        self.page.pager(call, Query::default())
    }
}
