use super::{NumberedList, Pager, texts};
use crate::{
    client::operation::Call,
    model::Conversation,
    setters::setters,
    wire::{conversation, query::Query, route},
};

/// The default and maximum number of conversations in a page.
const DEFAULT_LIMIT: u32 = 30;
const MAX_LIMIT: u32 = 50;

/// The conversations of the user to list, in descending order of their last messages: CometChat's
/// `ConversationsRequestBuilder`.
///
/// The filters for AI agents and for pinned conversations are not supported.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct ConversationsRequest {
    limit: u32,
    first_page: u64,
    kind: Option<&'static str>,
    search: Option<String>,
    tags: Vec<String>,
    user_tags: Vec<String>,
    group_tags: Vec<String>,
    only_unread: bool,
    include_blocked: bool,
    with_tags: bool,
    with_tags_of_others: bool,
    with_blocked_info: bool,
}

/// # Filters
impl ConversationsRequest {
    /// All conversations with messages.
    pub const fn all() -> Self {
        Self::of_kind(None)
    }

    const fn of_kind(kind: Option<&'static str>) -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            first_page: 1,
            kind,
            search: None,
            tags: Vec::new(),
            user_tags: Vec::new(),
            group_tags: Vec::new(),
            only_unread: false,
            include_blocked: false,
            with_tags: false,
            with_tags_of_others: false,
            with_blocked_info: false,
        }
    }

    /// Conversations with users.
    pub const fn with_users() -> Self {
        Self::of_kind(Some("user"))
    }

    /// Conversations in groups.
    pub const fn in_groups() -> Self {
        Self::of_kind(Some("group"))
    }

    setters! {
        /// Only conversations with unread messages.
        only_unread() => only_unread = true;
        /// Only conversations with a user or group whose name contains the text.
        search(name: impl Into<String>) => search = Some(name.into());
        /// Only conversations with one of these tags.
        with_tags(tags: impl IntoIterator<Item = impl Into<String>>) => tags = texts(tags);
        /// Only conversations with users who have one of these tags.
        with_user_tags(tags: impl IntoIterator<Item = impl Into<String>>) =>
            user_tags = texts(tags);
        /// Only conversations in groups that have one of these tags.
        with_group_tags(tags: impl IntoIterator<Item = impl Into<String>>) =>
            group_tags = texts(tags);
        /// Includes conversations with users whom the user blocked.
        including_blocked_users() => include_blocked = true;
    }
}

/// # Optional data
impl ConversationsRequest {
    setters! {
        /// Includes the tags of each conversation.
        including_tags() => with_tags = true;
        /// Includes the tags of the users and groups.
        including_tags_of_others() => with_tags_of_others = true;
        /// Includes whether the users are blocked.
        including_blocked_info() => with_blocked_info = true;
    }
}

/// # Pages
impl ConversationsRequest {
    setters! {
        /// The maximum number of conversations in a page: 1 to 50. Default: 30.
        with_limit(conversations: u32) => limit = conversations;
        /// The page to begin with, counted from 1. Default: 1.
        from_page(number: u64) => first_page = number;
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<Conversation> {
        NumberedList {
            call: Call::new(route::CONVERSATIONS, &[]),
            query: self.query(),
            limit: self.limit,
            max_limit: MAX_LIMIT,
            first_page: self.first_page,
            read: conversation::decode,
        }
        .pager()
    }

    fn query(&self) -> Query {
        Query::default()
            .with_some("conversationType", self.kind)
            .with_some("searchKey", self.search.as_deref())
            .with_list("tags", &self.tags)
            .with_list("userTags", &self.user_tags)
            .with_list("groupTags", &self.group_tags)
            .with_flag("unread", "true", self.only_unread)
            .with_flag("includeBlockedUsers", "true", self.include_blocked)
            .with_flag("withTags", "true", self.with_tags)
            .with_flag("withUserAndGroupTags", "true", self.with_tags_of_others)
            .with_flag("withBlockedInfo", "true", self.with_blocked_info)
    }
}
