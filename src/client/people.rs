//! Lists of users, groups and a group's members: CometChat's request builders.

mod banned_members_request;
mod blocked_users_request;
mod group_members_request;
mod groups_request;
mod users_request;

use super::{
    operation::Call,
    pager::{NumberedList, Pager},
};
use crate::wire::{json::read_repaired, query::Query};

pub use banned_members_request::BannedMembersRequest;
pub use blocked_users_request::{BlockDirection, BlockedUsersRequest};
pub use group_members_request::GroupMembersRequest;
pub use groups_request::GroupsRequest;
pub use users_request::{SearchField, UserOrder, UsersRequest};

/// The maximum number of items in a page of these lists.
const MAX_LIMIT: u32 = 100;

/// The options that all these lists have in common.
#[derive(Clone, Debug)]
struct PageOptions {
    limit: u32,
    first_page: u64,
    search: Option<String>,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self {
            limit: 30,
            first_page: 1,
            search: None,
        }
    }
}

impl PageOptions {
    fn pager<T: Clone + serde::de::DeserializeOwned + Send + 'static>(
        self,
        call: Call,
        query: Query,
    ) -> Pager<T> {
        NumberedList {
            call,
            query: query.with_some("searchKey", self.search),
            limit: self.limit,
            max_limit: MAX_LIMIT,
            first_page: self.first_page,
            read: |row, _| read_repaired(row.get(), |row| serde_json::from_str(row)),
        }
        .pager()
    }
}

/// The setters of [`PageOptions`].
macro_rules! page_setters {
    ($request:ident) => {
        /// # Search and pages
        impl $request {
            $crate::setters::setters! {
                /// Only those whose name contains the keyword, whatever the case.
                search(keyword: impl Into<String>) => page.search = Some(keyword.into());
                /// The maximum number of items in a page: 1 to 100. Default: 30.
                with_limit(items: u32) => page.limit = items;
                /// The page to begin with, counted from 1. Default: 1.
                from_page(number: u64) => page.first_page = number;
            }
        }
    };
}
use page_setters;
