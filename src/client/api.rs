//! What can be asked of the chat, the same for [`Client`](super::Client) and for games
//! ([`CometChat`](crate::CometChat)): traits by topic, all in the prelude.

mod conversation_api;
mod group_api;
mod list_api;
mod message_api;
mod outbox_api;
mod user_api;

pub use conversation_api::ConversationApi;
pub(crate) use conversation_api::mark_over_http;
pub use group_api::{CreatedGroup, GroupApi, MemberOutcomes};
pub use list_api::ListApi;
pub use message_api::MessageApi;
pub use outbox_api::OutboxApi;
pub use user_api::{UserApi, UserOutcomes};

use super::{ChatError, Command, Completer, operation::Operation};

/// Something that takes requests: a [`Client`](super::Client), or a game's [`CometChat`](crate::CometChat).
///
/// It cannot be implemented outside this crate.
pub trait ChatApi {
    /// An operation under way.
    type Request<T: Clone + Send + 'static>;

    #[doc(hidden)]
    fn ask<T: Clone + Send + 'static>(&self, question: Question<T>) -> Self::Request<T>;
}

/// What is asked, or what comes of it where that is known at once.
#[doc(hidden)]
pub struct Question<T: Clone>(pub(crate) Asked<T>);

pub(crate) enum Asked<T: Clone> {
    Command(Box<dyn FnOnce(Completer<T>) -> Command + Send>),
    Known(Result<T, ChatError>),
}

impl<T: Clone + Send + 'static> Question<T> {
    pub(crate) fn new(command: impl FnOnce(Completer<T>) -> Command + Send + 'static) -> Self {
        Self(Asked::Command(Box::new(command)))
    }

    pub(crate) const fn known(outcome: Result<T, ChatError>) -> Self {
        Self(Asked::Known(outcome))
    }
}

impl<T: Clone + Send + 'static> From<Operation<T>> for Question<T> {
    fn from(operation: Operation<T>) -> Self {
        Self::new(|done| Command::Call(operation.begin(done)))
    }
}

impl<T: Clone + Send + 'static> From<Result<Operation<T>, ChatError>> for Question<T> {
    fn from(operation: Result<Operation<T>, ChatError>) -> Self {
        operation.map_or_else(|error| Self::known(Err(error)), Self::from)
    }
}
