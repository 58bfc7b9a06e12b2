use super::{Pager, message_list::MessageList};
use crate::{
    client::operation::Call,
    model::{Message, MessageId, ReceiverId, Timestamp, Uid},
    wire::{message_list::MessageListQuery, route},
};

/// How many messages a page has unless the game says.
const DEFAULT_LIMIT: u32 = 30;

/// Which messages to list: CometChat's `MessagesRequestBuilder`.
///
/// [`fetch_previous`](crate::client::Client::fetch_previous) goes back from the newest message, or from where the
/// list is set to begin; [`fetch_next`](crate::client::Client::fetch_next) goes on from the newest one fetched, or
/// from there. Either way a page is in order, the oldest message first.
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

/// # Where
impl MessagesRequest {
    /// The messages of all conversations.
    pub fn everywhere() -> Self {
        Self::of(Scope::Everywhere)
    }

    /// The messages with a user, or in a group that the user is a member of.
    pub fn in_conversation(with: impl Into<ReceiverId>) -> Self {
        Self::of(Scope::Conversation(with.into()))
    }

    /// The answers in the thread of a message.
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

    /// The list, to be fetched page by page.
    pub fn pager(self) -> Pager<Message> {
        Pager::new(MessageList::new(self.scope.call(), self.query))
    }
}

/// # From where, and how many
impl MessagesRequest {
    /// How many messages a page has at most: 1 to 100. Default: 30.
    pub fn with_limit(mut self, messages: u32) -> Self {
        self.query.per_page = Some(messages);
        self
    }

    /// Begins at a message, which is not in the list itself.
    pub fn from_message(mut self, id: MessageId) -> Self {
        self.query.id = Some(id);
        self
    }

    /// Begins at a moment.
    pub fn from_time(mut self, at: Timestamp) -> Self {
        self.query.sent_at = Some(at);
        self
    }

    /// Only messages that were sent or changed since then.
    pub fn updated_after(mut self, at: Timestamp) -> Self {
        self.query.updated_at = Some(at);
        self
    }

    /// Only messages that were changed, not those that are merely new.
    pub fn only_updates(mut self) -> Self {
        self.query.only_updates = true;
        self
    }
}

/// # Which
impl MessagesRequest {
    /// Only messages whose text contains this.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.query.search = Some(text.into());
        self
    }

    /// Only messages that the user has not read.
    pub fn only_unread(mut self) -> Self {
        self.query.unread = true;
        self
    }

    /// Only messages of these categories: `message`, `custom`, `interactive`, `action`.
    pub fn of_categories(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.query.categories = texts(names);
        self
    }

    /// Only messages of these types within their category, such as `text`, `image`, or a
    /// [`Payload::KIND`](crate::model::Payload::KIND).
    pub fn of_kinds(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.query.kinds = texts(names);
        self
    }

    /// Only messages with one of these tags.
    pub fn with_tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.query.tags = texts(tags);
        self
    }

    /// Only messages that mention one of these users.
    pub fn mentioning(mut self, users: impl IntoIterator<Item = impl Into<Uid>>) -> Self {
        let uids = users.into_iter().map(|uid| uid.into().as_str().to_owned());
        self.query.mentioned_uids = texts(uids);
        self
    }

    /// Only messages with files of these types: `image`, `video`, `audio`, `file`.
    pub fn with_attachment_types(
        mut self,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.query.attachment_types = texts(names);
        self
    }

    /// Only messages with files.
    pub fn only_with_attachments(mut self) -> Self {
        self.query.has_attachments = true;
        self
    }

    /// Only messages with a web address in their text.
    pub fn only_with_links(mut self) -> Self {
        self.query.has_links = true;
        self
    }

    /// Only messages that mention somebody.
    pub fn only_with_mentions(mut self) -> Self {
        self.query.has_mentions = true;
        self
    }

    /// Only messages that somebody reacted to.
    pub fn only_with_reactions(mut self) -> Self {
        self.query.has_reactions = true;
        self
    }

    /// Only interactive messages whose goal was reached.
    pub fn only_completed_interactions(mut self) -> Self {
        self.query.only_completed = true;
        self
    }

    /// No answers in threads.
    pub fn without_replies(mut self) -> Self {
        self.query.hide_replies = true;
        self
    }

    /// Nothing of what was deleted.
    pub fn without_deleted(mut self) -> Self {
        self.query.hide_deleted = true;
        self
    }

    /// No messages that quote another.
    pub fn without_quoting(mut self) -> Self {
        self.query.hide_quoted = true;
        self
    }

    /// Nothing from users whom the user blocked.
    pub fn without_blocked_users(mut self) -> Self {
        self.query.hide_blocked = true;
        self
    }
}

/// # What CometChat's cloud adds only on request
impl MessagesRequest {
    /// With the messages' tags.
    pub fn including_tags(mut self) -> Self {
        self.query.with_tags = true;
        self
    }

    /// With the tags of the users whom they mention.
    pub fn including_tags_of_mentioned(mut self) -> Self {
        self.query.mentions_with_tags = true;
        self
    }

    /// With whether the users whom they mention are blocked.
    pub fn including_blocked_of_mentioned(mut self) -> Self {
        self.query.mentions_with_blocked = true;
        self
    }
}

fn texts(texts: impl IntoIterator<Item = impl Into<String>>) -> Option<Vec<String>> {
    Some(texts.into_iter().map(Into::into).collect())
}
