use super::{PageOptions, page_setters, users_request};
use crate::{
    client::{Pager, operation::Call},
    model::{GroupMember, GroupScope, Guid, UserStatus},
    setters::setters,
    wire::{query::Query, route},
};

/// The members of a group to list: CometChat's `GroupMembersRequestBuilder`. Only members of the group may list them.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct GroupMembersRequest {
    guid: Guid,
    page: PageOptions,
    scopes: Vec<&'static str>,
    status: Option<UserStatus>,
}

page_setters!(GroupMembersRequest);

impl GroupMembersRequest {
    /// All members of a group.
    pub fn of(guid: impl Into<Guid>) -> Self {
        Self {
            guid: guid.into(),
            page: PageOptions::default(),
            scopes: Vec::new(),
            status: None,
        }
    }

    setters! {
        /// Only members with one of these scopes.
        with_scopes(scopes: impl IntoIterator<Item = GroupScope>) =>
            scopes = scopes.into_iter().map(GroupScope::as_str).collect();
        /// Only members who are online, or only members who are offline.
        with_status(status: UserStatus) => status = Some(status);
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<GroupMember> {
        let query = Query::default()
            .with_list("scopes", &self.scopes)
            .with_some("status", self.status.map(users_request::status));
        let call = Call::new(route::MEMBERS, &[self.guid.as_str()]);
        self.page.pager(call, query)
    }
}
