use serde::Serialize;
use serde_json::value::RawValue;

use super::{ChatError, Completer, ErrorCode, request::Settlement};
use crate::{
    model::{Message, ReceiverId},
    wire::{
        body::Body,
        interner::Interner,
        message::{self, MessageNews},
        query::Query,
        reply::{self, ReplyError, Success},
        route::Route,
    },
};

/// What is asked for over HTTP, in the name of the logged-in user (PROTOCOL.md §2).
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) route: Route,
    /// The path that fills the route in, with the query.
    pub(crate) path: String,
    pub(crate) body: Body,
}

impl Call {
    /// A call without parameters and body. `values` fill the route's braces in, in order.
    pub(crate) fn new(route: Route, values: &[&str]) -> Self {
        Self {
            path: route.path(values),
            route,
            body: Body::empty(),
        }
    }

    /// A call about what the user has with another user or in a group: there is a route for either.
    pub(crate) fn about(with: &ReceiverId, user: Route, group: Route) -> Self {
        match with {
            ReceiverId::User(uid) => Self::new(user, &[uid.as_str()]),
            ReceiverId::Group(guid) => Self::new(group, &[guid.as_str()]),
        }
    }

    /// Adds a query.
    pub(crate) fn with_query(mut self, query: &Query) -> Self {
        if !query.as_str().is_empty() {
            self.path += "?";
            self.path += query.as_str();
        }
        self
    }

    /// Sets the body.
    ///
    /// # Errors
    /// When `body` has no JSON form.
    pub(crate) fn with_json(mut self, body: &impl Serialize) -> Result<Self, ChatError> {
        self.body = Body::json(body).map_err(no_json)?;
        Ok(self)
    }
}

pub(crate) fn no_json(error: serde_json::Error) -> ChatError {
    ChatError::new(
        ErrorCode::MissingParameters,
        format!("the request has no JSON form: {error}"),
    )
}

type Reader<T> = Box<dyn FnOnce(&Success<'_>, &mut Interner) -> serde_json::Result<T> + Send>;

/// A call, and how its reply is read.
pub(crate) struct Operation<T> {
    call: Call,
    read: Reader<T>,
    /// The message of the user's own doing in what was read.
    own_message: fn(&T) -> Option<&Message>,
}

impl<T: Clone + Send + 'static> Operation<T> {
    pub(crate) fn new(
        call: Call,
        read: impl FnOnce(&Success<'_>, &mut Interner) -> serde_json::Result<T> + Send + 'static,
    ) -> Self {
        Self {
            call,
            read: Box::new(read),
            own_message: |_| None,
        }
    }

    /// The operation under way, for a driver that needs not know what it is about.
    pub(crate) fn begin(self, done: Completer<T>) -> PendingCall {
        self.begin_for(vec![done])
    }

    /// The same for several who wait for its one outcome.
    pub(crate) fn begin_for(self, waiters: Vec<Completer<T>>) -> PendingCall {
        let Self {
            read, own_message, ..
        } = self;
        PendingCall {
            call: self.call,
            end: Box::new(move |reply| {
                let outcome = reply.and_then(|reply| {
                    let success = reply.success()?;
                    read(&success, &mut Interner::default()).map_err(unreadable)
                });
                Ending {
                    token_is_unknown: matches!(
                        &outcome,
                        Err(error) if error.code == ErrorCode::AuthTokenNotFound
                    ),
                    message: outcome.as_ref().ok().and_then(own_message).cloned(),
                    settlement: Settlement::of_all(waiters, &outcome),
                }
            }),
        }
    }
}

impl Operation<()> {
    /// A call of which only matters whether it succeeds.
    pub(crate) fn done(call: Call) -> Self {
        Self::new(call, |_, _| Ok(()))
    }
}

impl Operation<Message> {
    /// A call whose reply is a message, or an action on one (PROTOCOL.md §2.6).
    pub(crate) fn message(call: Call) -> Self {
        Self::new(call, |reply, interner| {
            let message = message::decode(reply.data, interner)?;
            Ok(MessageNews::of(message, interner)?.into_message())
        })
    }

    /// A call by which the user makes a message what it is from then on.
    pub(crate) fn own_message(call: Call) -> Self {
        Self {
            own_message: |message| Some(message),
            ..Self::message(call)
        }
    }
}

/// An operation under way. Dropped, it fails its request.
pub(crate) struct PendingCall {
    pub(crate) call: Call,
    end: Box<dyn FnOnce(Result<Reply, ChatError>) -> Ending + Send>,
}

/// How an operation ended.
pub(crate) struct Ending {
    pub(crate) settlement: Settlement,
    /// The server no longer knows the session (rule S6).
    pub(crate) token_is_unknown: bool,
    /// A message as the user has just made it, which is no news to the game.
    pub(crate) message: Option<Message>,
}

impl PendingCall {
    pub(crate) fn end(self, reply: Result<Reply, ChatError>) -> Ending {
        (self.end)(reply)
    }
}

/// What came back over HTTP: the body, and how long the server asks to wait.
pub(crate) struct Reply {
    pub(crate) body: bytes::Bytes,
    pub(crate) retry_after: Option<std::time::Duration>,
}

impl Reply {
    /// What the reply holds.
    ///
    /// # Errors
    /// What the server refused the request with.
    pub(crate) fn success(&self) -> Result<Success<'_>, ChatError> {
        reply::read(&self.body).map_err(|error| match error {
            ReplyError::Refused(body) => ChatError {
                retry_after: self.retry_after,
                ..body.into()
            },
            ReplyError::Unreadable => ChatError {
                retry_after: self.retry_after,
                ..ChatError::new(
                    ErrorCode::FailedToFetch,
                    "what came back is not a reply of CometChat's: check the region and the hosts in the settings",
                )
            },
        })
    }

    /// The `data` of the reply.
    ///
    /// # Errors
    /// What the server refused the request with.
    pub(crate) fn data(&self) -> Result<&RawValue, ChatError> {
        self.success().map(|success| success.data)
    }
}

pub(crate) fn unreadable(error: serde_json::Error) -> ChatError {
    // Where it is wrong, not what it says: that may be a secret.
    ChatError::new(
        ErrorCode::FailedToFetch,
        format!(
            "the server's reply lacks something (line {}, column {})",
            error.line(),
            error.column()
        ),
    )
}
