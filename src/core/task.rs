use std::sync::Arc;

use super::{
    Credentials, Session,
    operation::{Call, Reply},
};
use crate::{
    error::{ChatError, ErrorCode},
    model::{Guid, Message, MessageId, OutgoingMessage, Receiver, ReceiverId, Secret, Timestamp},
    outbox::SendError,
};

/// A request that the shell makes. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TaskId(pub(crate) u64);

/// A request to the server.
#[derive(Debug)]
pub(crate) enum Task {
    /// Authenticate with credentials, and fetch the session that belongs to them. Ends with [`Done::Session`].
    Authenticate(Credentials),
    /// Tell the server that a session is over. Ends with [`Done::LoggedOut`].
    LogOut(Box<Session>),
    /// Send a message. Ends with [`Done::Posted`].
    Post(Box<Session>, Arc<str>, Arc<OutgoingMessage>),
    /// Fetch a page of messages. Ends with [`Done::Page`].
    Page(Box<Session>, PageQuery),
    /// Anything else. Ends with [`Done::Call`].
    Call(Caller, Call),
}

/// How a task ended.
#[derive(Debug)]
pub(crate) enum Done {
    Session(Result<Box<Session>, ChatError>),
    LoggedOut(Result<(), ChatError>),
    Posted(Result<Message, SendError>),
    Page(Result<MessagePage, SendError>),
    Call(Result<Reply, ChatError>),
}

/// The identity with which a call is made.
#[derive(Debug)]
pub(crate) enum Caller {
    /// The app's, by its auth key.
    App(Secret),
    /// The logged-in user's.
    User(Box<Session>),
}

/// Which messages a page has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PageQuery {
    pub(crate) scope: PageScope,
    pub(crate) side: PageSide,
    /// The most messages.
    pub(crate) limit: usize,
}

impl PageQuery {
    /// The newest message of all.
    pub(crate) const NEWEST: Self = Self {
        scope: PageScope::Everywhere,
        side: PageSide::Before(None),
        limit: 1,
    };
}

/// Where to look for messages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PageScope {
    Everywhere,
    Conversation(ReceiverId),
    /// One message alone.
    Message(MessageId),
}

/// Which of the messages there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PageSide {
    /// The messages directly before a message. Without a message: the newest ones.
    Before(Option<MessageId>),
    /// Those after a message that were edited or deleted in this second or later.
    ChangedSince { since: Timestamp, after: MessageId },
}

/// A page of messages, by ascending id.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MessagePage {
    pub(crate) messages: Vec<Message>,
    /// Messages in the state in which an edit or a deletion left them, from rows that report one.
    pub(crate) changes: Vec<Message>,
    /// The number of rows that the server sent, including unreadable ones. The requested number if the page had to be
    /// shorter and there may be more.
    pub(crate) rows: usize,
    /// How many rows could not be read.
    pub(crate) unreadable: usize,
    /// The smallest and the largest id of a row.
    pub(crate) ids: Option<(MessageId, MessageId)>,
}

impl MessagePage {
    pub(crate) fn oldest(&self) -> Option<MessageId> {
        self.ids.map(|(oldest, _)| oldest)
    }

    pub(crate) fn newest(&self) -> Option<MessageId> {
        self.ids.map(|(_, newest)| newest)
    }

    /// The group that the newest message was sent to, if any.
    pub(crate) fn newest_group(&self) -> Option<Guid> {
        match &self.messages.last()?.receiver {
            Receiver::Group(group) => Some(group.guid.clone()),
            Receiver::User(_) => None,
        }
    }
}

impl Done {
    /// Why the task failed, if it did.
    pub(crate) fn error(&self) -> Option<&ChatError> {
        match self {
            Self::Session(outcome) => outcome.as_ref().err(),
            Self::LoggedOut(outcome) => outcome.as_ref().err(),
            Self::Posted(outcome) => outcome.as_ref().err().map(SendError::error),
            Self::Page(outcome) => outcome.as_ref().err().map(SendError::error),
            Self::Call(outcome) => outcome.as_ref().err(),
        }
    }

    /// The code of the server's refusal, also if the reply is not parsed yet.
    pub(super) fn refusal(&self) -> Option<ErrorCode> {
        match self {
            Self::Call(Ok(reply)) => reply.refusal(),
            done => done.error().map(|error| error.code.clone()),
        }
    }
}
