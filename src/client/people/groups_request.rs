use std::sync::Arc;

use super::{PageOptions, page_setters};
use crate::{
    client::{Pager, operation::Call, pager::texts},
    model::Group,
    setters::setters,
    wire::{query::Query, route},
};

/// The groups to list: CometChat's `GroupsRequestBuilder`. Private groups are listed only for their members.
#[derive(Clone, Debug, Default)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct GroupsRequest {
    page: PageOptions,
    joined_only: bool,
    tags: Vec<String>,
    with_tags: bool,
}

page_setters!(GroupsRequest);

impl GroupsRequest {
    /// All groups that the logged-in user can see.
    pub fn all() -> Self {
        Self::default()
    }

    setters! {
        /// Only groups of which the logged-in user is a member.
        only_joined() => joined_only = true;
        /// Only groups with one of these tags.
        with_tags(tags: impl IntoIterator<Item = impl Into<String>>) => tags = texts(tags);
        /// Includes the tags of each group.
        including_tags() => with_tags = true;
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<Arc<Group>> {
        let query = Query::default()
            .with_flag("hasJoined", "1", self.joined_only)
            .with_list("tags", &self.tags)
            .with_flag("withTags", "1", self.with_tags);
        self.page.pager(Call::new(route::GROUPS, &[]), query)
    }
}
