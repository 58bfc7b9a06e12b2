use super::{Pager, message_list::MessageList, texts};
use crate::{
    client::operation::Call,
    model::{Message, MessageId, ReceiverId, Timestamp, Uid},
    setters::setters,
    wire::{message_list::MessageListQuery, route},
};

/// The default number of messages in a page.
const DEFAULT_LIMIT: u32 = 30;

/// The messages to list: CometChat's `MessagesRequestBuilder`.
///
/// [`fetch_previous`](crate::client::Client::fetch_previous) goes backwards from the newest message or the start of the
/// list. [`fetch_next`](crate::client::Client::fetch_next) goes forwards from the newest fetched message or the start
/// of the list. The messages of a page are in ascending order of their ids.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// #[derive(Component)]
/// struct Scroll(Pager<ChatMessage>);
///
/// fn open_tab(mut commands: Commands) {
///     let history = MessagesRequest::in_conversation(Guid::from("guild"))
///         .with_limit(50)
///         .without_replies()
///         .pager();
///     commands.spawn(Scroll(history));
/// }
///
/// fn scroll_back(chat: Res<CometChat>, scroll: Single<&Scroll>) {
///     chat.fetch_previous(&scroll.0).on_success(|page: In<Page<ChatMessage>>| {
///         for message in &page.items {
///             println!("{}: {}", message.sender.name, message.text().unwrap_or("…"));
///         }
///         if page.is_last {
///             println!("This is where it all began.");
///         }
///     });
/// }
/// # bevy::ecs::system::assert_is_system(open_tab);
/// # bevy::ecs::system::assert_is_system(scroll_back);
/// ```
///
/// Of the builder's filters, `withParent`, `setPinned` and `setSaved` have no counterpart: this crate models neither
/// the parent inside a message nor pinned and saved messages.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct MessagesRequest {
    scope: Scope,
    query: MessageListQuery,
}

#[derive(Clone, Debug, PartialEq)]
enum Scope {
    Everywhere,
    Conversation(ReceiverId),
    Thread(MessageId),
}

impl Scope {
    fn call(&self) -> Call {
        match self {
            Self::Everywhere => Call::new(route::MESSAGES, &[]),
            Self::Conversation(with) => {
                Call::about(with, route::USER_MESSAGES, route::GROUP_MESSAGES)
            }
            Self::Thread(parent) => Call::new(route::THREAD, &[&parent.to_string()]),
        }
    }
}

/// # Conversations
impl MessagesRequest {
    /// The messages of all conversations.
    pub fn everywhere() -> Self {
        Self::of(Scope::Everywhere)
    }

    /// The messages with a user, or in a group that the user is a member of.
    pub fn in_conversation(with: impl Into<ReceiverId>) -> Self {
        Self::of(Scope::Conversation(with.into()))
    }

    /// The replies in the thread of a message.
    pub fn in_thread_of(parent: MessageId) -> Self {
        Self::of(Scope::Thread(parent))
    }

    fn of(scope: Scope) -> Self {
        Self {
            scope,
            query: MessageListQuery {
                per_page: Some(DEFAULT_LIMIT),
                ..Default::default()
            },
        }
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<Message> {
        Pager::new(MessageList::new(self.scope.call(), self.query))
    }
}

/// # Pages
impl MessagesRequest {
    setters! {
        /// The maximum number of messages in a page: 1 to 100. Default: 30.
        with_limit(messages: u32) => query.per_page = Some(messages);
        /// Starts at a message. The message itself is not in the list.
        from_message(id: MessageId) => query.id = Some(id);
        /// Starts at a time.
        from_time(at: Timestamp) => query.sent_at = Some(at);
        /// Only messages that were sent or changed after a time.
        updated_after(at: Timestamp) => query.updated_at = Some(at);
        /// Only messages that were changed. New messages are left out.
        only_updates() => query.only_updates = true;
    }
}

/// # Filters
impl MessagesRequest {
    setters! {
        /// Only messages whose text contains a text.
        search(text: impl Into<String>) => query.search = Some(text.into());
        /// Only messages that the user has not read.
        only_unread() => query.unread = true;
        /// Only messages of these categories: `message`, `custom`, `interactive`, `action`.
        of_categories(names: impl IntoIterator<Item = impl Into<String>>) =>
            query.categories = texts(names);
        /// Only messages of these types within their category, such as `text`, `image`, or a
        /// [`Payload::KIND`](crate::model::Payload::KIND).
        of_kinds(names: impl IntoIterator<Item = impl Into<String>>) => query.kinds = texts(names);
        /// Only messages with one of these tags.
        with_tags(tags: impl IntoIterator<Item = impl Into<String>>) => query.tags = texts(tags);
        /// Only messages that mention one of these users.
        mentioning(users: impl IntoIterator<Item = impl Into<Uid>>) =>
            query.mentioned_uids = texts(users.into_iter().map(|user| user.into().to_string()));
        /// Only messages with files of these types: `image`, `video`, `audio`, `file`.
        with_attachment_types(names: impl IntoIterator<Item = impl Into<String>>) =>
            query.attachment_types = texts(names);
        /// Only messages with files.
        only_with_attachments() => query.has_attachments = true;
        /// Only messages with a web address in their text.
        only_with_links() => query.has_links = true;
        /// Only messages that mention a user.
        only_with_mentions() => query.has_mentions = true;
        /// Only messages with reactions.
        only_with_reactions() => query.has_reactions = true;
        /// Only interactive messages whose goal was reached.
        only_completed_interactions() => query.only_completed = true;
        /// No replies in threads.
        without_replies() => query.hide_replies = true;
        /// No deleted messages.
        without_deleted() => query.hide_deleted = true;
        /// No messages that quote a message.
        without_quoting() => query.hide_quoted = true;
        /// No messages of users whom the user blocked.
        without_blocked_users() => query.hide_blocked = true;
    }
}

/// # Optional data
impl MessagesRequest {
    setters! {
        /// Includes the tags of each message.
        including_tags() => query.with_tags = true;
        /// Includes the tags of the mentioned users.
        including_tags_of_mentioned() => query.mentions_with_tags = true;
        /// Includes whether the mentioned users are blocked.
        including_blocked_of_mentioned() => query.mentions_with_blocked = true;
    }
}
