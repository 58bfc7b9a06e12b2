mod conversations_request;
mod message_list;
mod messages_request;
mod numbered_list;
mod reactions_request;

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use super::{
    ChatError, ErrorCode,
    operation::{Call, Operation},
};
use crate::wire::{interner::Interner, reply::Success};

pub use conversations_request::ConversationsRequest;
pub use messages_request::MessagesRequest;
pub(crate) use numbered_list::NumberedList;
pub use reactions_request::ReactionsRequest;

/// A list on the server, fetched page by page with [`fetch_next`](super::Client::fetch_next) and
/// [`fetch_previous`](super::Client::fetch_previous).
///
/// It contains only the position in the list, so it can be stored in a component, a resource or a task. Clones share
/// the position, and one page is fetched at a time.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::{model::Conversation, prelude::*};
///
/// #[derive(Resource)]
/// struct Tabs(Pager<Conversation>);
///
/// fn show_more(chat: Res<CometChat>, tabs: Res<Tabs>) {
///     chat.fetch_next(&tabs.0).on_success(|page: In<Page<Conversation>>| {
///         for conversation in &page.items {
///             println!("{:?}: {} unread", conversation.with, conversation.unread_count);
///         }
///     });
/// }
/// # bevy::ecs::system::assert_is_system(show_more);
/// ```
pub struct Pager<T>(Arc<dyn Fetch<T>>);

/// A part of a list, in the order of the list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items. There may be fewer than the limit even if more pages follow.
    pub items: Vec<T>,
    /// Whether this is the last page: nothing comes after it, or before it if it was fetched backwards.
    pub is_last: bool,
}

/// The direction in which a list is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Next,
    Previous,
}

/// A list, with a position in it.
pub(crate) trait List: Send + 'static {
    /// The type of the items.
    type Item: Clone + Send + 'static;

    /// The request for the next page in a direction; `None` at the end of the list.
    ///
    /// # Errors
    /// The list's parameters are invalid.
    fn call(&self, direction: Direction) -> Result<Option<Call>, ChatError>;

    /// Reads the reply, and advances the position if it is valid.
    ///
    /// # Errors
    /// The reply is not a list.
    fn read(
        &mut self,
        direction: Direction,
        reply: &Success<'_>,
        interner: &mut Interner,
    ) -> serde_json::Result<Page<Self::Item>>;
}

impl<T: Clone + Send + 'static> Pager<T> {
    pub(crate) fn new(list: impl List<Item = T>) -> Self {
        Self(Arc::new(Shared {
            list: Mutex::new(list),
            is_fetching: AtomicBool::new(false),
        }))
    }

    /// How to get the next page in a direction.
    ///
    /// # Errors
    /// A page is being fetched, or the list's parameters are invalid.
    pub(crate) fn fetch(&self, direction: Direction) -> Result<NextPage<T>, ChatError> {
        self.0.clone().fetch(direction)
    }
}

impl<T> Clone for Pager<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pager")
    }
}

impl<T> Page<T> {
    /// The empty page after the end of a list.
    pub(crate) fn end() -> Self {
        Self {
            items: Vec::new(),
            is_last: true,
        }
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// How to get the next page of a list.
pub(crate) enum NextPage<T> {
    /// By a request to the server.
    Call(Operation<Page<T>>),
    /// The list has ended.
    End,
}

trait Fetch<T>: Send + Sync {
    fn fetch(self: Arc<Self>, direction: Direction) -> Result<NextPage<T>, ChatError>;
}

struct Shared<L> {
    list: Mutex<L>,
    is_fetching: AtomicBool,
}

impl<L: List> Fetch<L::Item> for Shared<L> {
    fn fetch(self: Arc<Self>, direction: Direction) -> Result<NextPage<L::Item>, ChatError> {
        let Some(turn) = Turn::begin(self) else {
            return Err(ChatError::new(
                ErrorCode::RequestInProgress,
                "a page of this list is being fetched: wait for it to end",
            ));
        };
        let call = turn.list().call(direction)?;
        Ok(match call {
            Some(call) => NextPage::Call(Operation::new(call, move |reply, interner| {
                turn.list().read(direction, reply, interner)
            })),
            None => NextPage::End,
        })
    }
}

/// The fetch under way, of which there is at most one. It has ended when this is dropped.
struct Turn<L>(Arc<Shared<L>>);

impl<L> Turn<L> {
    fn begin(shared: Arc<Shared<L>>) -> Option<Self> {
        (!shared.is_fetching.swap(true, SeqCst)).then(|| Self(shared))
    }

    fn list(&self) -> MutexGuard<'_, L> {
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L> Drop for Turn<L> {
    fn drop(&mut self) {
        self.0.is_fetching.store(false, SeqCst);
    }
}

/// Checks the number of items in a page.
pub(crate) fn check_limit(limit: u32, max: u32) -> Result<(), ChatError> {
    match limit {
        0 => Err(ChatError::new(
            ErrorCode::PageLimitZero,
            "a page of no items was asked for: set a limit of at least 1",
        )),
        limit if limit > max => Err(ChatError::new(
            ErrorCode::PageLimitTooLarge,
            format!("a page of {limit} items was asked for: CometChat gives at most {max}"),
        )),
        _ => Ok(()),
    }
}

/// The values of a filter.
pub(crate) fn texts<T: From<Vec<String>>>(texts: impl IntoIterator<Item = impl Into<String>>) -> T {
    texts.into_iter().map(Into::into).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests;
