use std::sync::Arc;

use super::{PageOptions, page_setters};
use crate::{
    client::{Pager, operation::Call, pager::texts},
    model::{Uid, User, UserStatus},
    setters::setters,
    wire::{query::Query, route},
};

/// The users to list: CometChat's `UsersRequestBuilder`. Default: all except the logged-in user, ordered by name.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::{client::UsersRequest, model::UserStatus, prelude::*};
///
/// fn show_who_is_here(chat: Res<CometChat>) {
///     let online = UsersRequest::all().with_status(UserStatus::Online).pager();
///     chat.fetch_next(&online).on_success(|page: In<Page<std::sync::Arc<User>>>| {
///         for user in &page.items {
///             println!("{}", user.name);
///         }
///     });
/// }
/// # bevy::ecs::system::assert_is_system(show_who_is_here);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct UsersRequest {
    page: PageOptions,
    search_in: Vec<SearchField>,
    status: Option<UserStatus>,
    roles: Vec<String>,
    tags: Vec<String>,
    uids: Vec<String>,
    friends_only: bool,
    hide_blocked: bool,
    with_tags: bool,
    order: Option<UserOrder>,
    descending: bool,
}

/// The field in which a keyword is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SearchField {
    /// The uid.
    Uid,
    /// The name.
    Name,
}

/// The order of a list of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UserOrder {
    /// By name.
    Name,
    /// Online users first.
    Status,
}

page_setters!(UsersRequest);

impl UsersRequest {
    /// All users except the logged-in one.
    pub fn all() -> Self {
        Self::default()
    }

    setters! {
        /// Searches for the keyword in this field only. Default: in the uid and in the name.
        searching_in(fields: impl IntoIterator<Item = SearchField>) =>
            search_in = fields.into_iter().collect();
        /// Only users who are online, or only users who are offline.
        with_status(status: UserStatus) => status = Some(status);
        /// Only users with one of these roles.
        with_roles(roles: impl IntoIterator<Item = impl Into<String>>) => roles = texts(roles);
        /// Only users with one of these tags.
        with_tags(tags: impl IntoIterator<Item = impl Into<String>>) => tags = texts(tags);
        /// Only these users.
        only_uids(uids: impl IntoIterator<Item = impl Into<Uid>>) =>
            uids = uids.into_iter().map(|uid| uid.into().to_string()).collect();
        /// Only the logged-in user's friends.
        only_friends() => friends_only = true;
        /// Leaves out users whom the logged-in user blocked, and users who blocked them.
        hiding_blocked_users() => hide_blocked = true;
        /// Includes the tags of each user.
        including_tags() => with_tags = true;
        /// The order of the list. Default: by name.
        ordered_by(order: UserOrder) => order = Some(order);
        /// Reverses the order.
        descending() => descending = true;
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<Arc<User>> {
        let query = Query::default()
            .with_list("searchIn", &self.search_in)
            .with_some("status", self.status.map(status))
            .with_list("roles", &self.roles)
            .with_list("tags", &self.tags)
            .with_list("uids", &self.uids)
            .with_flag("friendsOnly", "1", self.friends_only)
            .with_flag("hideBlockedUsers", "1", self.hide_blocked)
            .with_flag("withTags", "1", self.with_tags)
            .with_some("sortBy", self.order.map(UserOrder::as_str))
            .with_flag("sortOrder", "desc", self.descending);
        self.page.pager(Call::new(route::USERS, &[]), query)
    }
}

/// The name of a status in a filter, where online is `available`.
pub(super) const fn status(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Online => "available",
        UserStatus::Offline => "offline",
    }
}

impl AsRef<str> for SearchField {
    fn as_ref(&self) -> &str {
        match self {
            Self::Uid => "uid",
            Self::Name => "name",
        }
    }
}

impl UserOrder {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Status => "status",
        }
    }
}
