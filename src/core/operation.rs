use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    error::{ChatError, ErrorCode},
    model::{Message, MessageId, ReceiverId, Secret},
    outbox::SendError,
    request::{Completer, Settlement},
    wire::{
        body::Body,
        interner::Interner,
        message,
        query::Query,
        reply::{self, ReplyError, Success},
        route::Route,
    },
};

/// An HTTP call, authenticated as the logged-in user or by the app's auth key.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) route: Route,
    /// The path: the route with its values, and the query.
    pub(crate) path: String,
    pub(crate) body: Body,
    /// The app's auth key, if the call is authenticated by it.
    pub(crate) key: Option<Secret>,
}

impl Call {
    /// A call without parameters and body. `values` replace the route's placeholders, in order.
    pub(crate) fn new(route: Route, values: &[&str]) -> Self {
        Self {
            path: route.path(values),
            route,
            body: Body::empty(),
            key: None,
        }
    }

    /// A call whose ids come from the game.
    ///
    /// # Errors
    /// When an id is empty: the path would be that of another route.
    pub(crate) fn naming(route: Route, ids: &[&str]) -> Result<Self, ChatError> {
        if ids.iter().any(|id| id.is_empty()) {
            Err(ChatError::new(
                ErrorCode::MissingParameters,
                "a uid or guid is empty",
            ))
        } else {
            Ok(Self::new(route, ids))
        }
    }

    /// A call about a conversation: there is a route for those with users, and one for those in groups.
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

    /// Authenticates the call by the app's auth key.
    pub(crate) fn with_key(mut self, key: Secret) -> Self {
        self.key = Some(key);
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
    ChatError::no_json(error)
}

type Reader<T> =
    Box<dyn FnOnce(&Success<'_>, &mut Interner) -> serde_json::Result<Answer<T>> + Send>;

/// A call, and how its reply is read.
pub(crate) struct Operation<T> {
    call: Call,
    read: Reader<T>,
    changes_own_user: bool,
}

/// The content of a reply.
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    /// The message that the user has just made or changed. It causes no event.
    pub(crate) own_message: Option<Message>,
}

impl<T: Clone + Send + 'static> Operation<T> {
    pub(crate) fn new(
        call: Call,
        read: impl FnOnce(&Success<'_>, &mut Interner) -> serde_json::Result<T> + Send + 'static,
    ) -> Self {
        Self::making_message(call, |reply, interner| {
            Ok(Answer {
                value: read(reply, interner)?,
                own_message: None,
            })
        })
    }

    /// A call with which the user makes or changes a message.
    pub(crate) fn making_message(
        call: Call,
        read: impl FnOnce(&Success<'_>, &mut Interner) -> serde_json::Result<Answer<T>> + Send + 'static,
    ) -> Self {
        Self {
            call,
            read: Box::new(read),
            changes_own_user: false,
        }
    }

    /// Marks the reply as the new profile of the logged-in user.
    pub(crate) fn changing_own_user(mut self) -> Self {
        self.changes_own_user = true;
        self
    }

    /// The operation under way, without the type of its result.
    pub(crate) fn begin(self, done: Completer<T>) -> PendingCall {
        self.begin_for(vec![done])
    }

    /// Like [`begin`](Self::begin), for several requests that share the outcome.
    pub(crate) fn begin_for(self, waiters: Vec<Completer<T>>) -> PendingCall {
        let read = self.read;
        PendingCall {
            call: self.call,
            changes_own_user: self.changes_own_user,
            end: Box::new(move |reply| {
                let answer = reply.and_then(|reply| {
                    let success = reply.success()?;
                    read(&success, &mut Interner::default()).map_err(unreadable)
                });
                let (outcome, message) = match answer {
                    Ok(answer) => (Ok(answer.value), answer.own_message),
                    Err(error) => (Err(error), None),
                };
                Ending {
                    message,
                    settlement: Settlement::of_all(waiters, &outcome),
                }
            }),
        }
    }
}

impl<T: Clone + DeserializeOwned + Send + 'static> Operation<T> {
    /// A call whose reply is a `T`.
    pub(crate) fn reading(call: Call) -> Self {
        Self::new(call, |reply, _| serde_json::from_str(reply.data.get()))
    }
}

impl Operation<()> {
    /// A call that succeeds without a value.
    pub(crate) fn done(call: Call) -> Self {
        Self::new(call, |_, _| Ok(()))
    }
}

impl Operation<Message> {
    /// A call whose reply is a message, or an action on one.
    pub(crate) fn message(call: Call) -> Self {
        Self::new(call, read_message)
    }

    /// A call with which the user changes a message.
    pub(crate) fn own_message(call: Call) -> Self {
        Self::making_message(call, |reply, interner| {
            let message = read_message(reply, interner)?;
            Ok(Answer {
                own_message: Some(message.clone()),
                value: message,
            })
        })
    }
}

impl Operation<Message> {
    /// A call with which the user deletes the message `id`. Some servers reply only that it succeeded.
    pub(crate) fn deletion(call: Call, id: MessageId) -> Self {
        Self::making_message(call, move |reply, interner| {
            match read_message(reply, interner) {
                Ok(message) => Ok(Answer {
                    own_message: Some(message.clone()),
                    value: message,
                }),
                Err(_) if message::position(reply.data).is_none() => Ok(Answer {
                    own_message: None,
                    value: message::deleted(id),
                }),
                Err(error) => Err(error),
            }
        })
    }
}

fn read_message(reply: &Success<'_>, interner: &mut Interner) -> serde_json::Result<Message> {
    let message = message::decode(reply.data, interner)?;
    let changed = message::changed(&message, interner)?;
    Ok(changed.unwrap_or(message))
}

/// An operation under way. Dropping it fails its request.
pub(crate) struct PendingCall {
    pub(crate) call: Call,
    pub(crate) changes_own_user: bool,
    end: Box<dyn FnOnce(Result<Reply, ChatError>) -> Ending + Send>,
}

/// How an operation ended.
pub(crate) struct Ending {
    pub(crate) settlement: Settlement,
    /// The message that the user has just made or changed. It causes no event.
    pub(crate) message: Option<Message>,
}

impl PendingCall {
    pub(crate) fn end(self, reply: Result<Reply, ChatError>) -> Ending {
        (self.end)(reply)
    }
}

/// An HTTP reply: the status, the body, and the time that the server asks to wait.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: bytes::Bytes,
    pub(crate) retry_after: Option<std::time::Duration>,
}

impl Reply {
    /// The content of the reply.
    ///
    /// # Errors
    /// The error with which the server refused the request.
    pub(crate) fn success(&self) -> Result<Success<'_>, ChatError> {
        let is_rate_limit = self.status == StatusCode::TOO_MANY_REQUESTS;
        let asks_to_wait = is_rate_limit || self.status == StatusCode::SERVICE_UNAVAILABLE;
        let reply = match reply::read(&self.body) {
            // The data of a reply that asks to wait is not the requested data.
            Ok(_) if asks_to_wait => Err(ReplyError::Unreadable),
            reply => reply,
        };
        reply.map_err(|error| {
            let mut error: ChatError = match error {
                ReplyError::Refused(body) => body.into(),
                ReplyError::Unreadable if is_rate_limit => ChatError::new(
                    ErrorCode::RateLimited,
                    "too many requests were made in too short a time",
                ),
                ReplyError::Unreadable => ChatError::new(
                    ErrorCode::ServerUnreachable,
                    "what came back is not a reply of CometChat's: check the region and the hosts in the settings",
                ),
            };
            // Servers use several codes for a rate limit.
            if is_rate_limit {
                error.code = ErrorCode::RateLimited;
            }
            error.retry_after = self.retry_after;
            error
        })
    }

    /// The code that the server refused the request with.
    pub(crate) fn refusal(&self) -> Option<ErrorCode> {
        self.success().err().map(|error| error.code)
    }

    /// The `data` of the reply.
    ///
    /// # Errors
    /// The error with which the server refused the request.
    pub(crate) fn data(&self) -> Result<&RawValue, ChatError> {
        self.success().map(|success| success.data)
    }
}

pub(crate) fn unreadable(error: serde_json::Error) -> ChatError {
    // The position of the mistake, not the content: that may be a secret.
    ChatError::new(
        ErrorCode::ServerUnreachable,
        format!(
            "the server's reply lacks something (line {}, column {})",
            error.line(),
            error.column()
        ),
    )
}

impl SendError {
    /// The meaning of a reply without data. A server that failed may have performed the request before. A peer that
    /// does not answer in CometChat's JSON, such as a proxy, may have forwarded the request.
    pub(crate) fn of_reply(reply: &Reply, error: ChatError) -> Self {
        match (reply.status, &error.code) {
            (_, ErrorCode::RateLimited) => Self::Throttled(error),
            (_, ErrorCode::ServerUnreachable) => Self::Lost(error),
            (StatusCode::NOT_IMPLEMENTED, _) => Self::Refused(error),
            (status, _) if status.is_server_error() => Self::Lost(error),
            _ => Self::Refused(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_reply_that_asks_to_wait_is_no_success_whatever_its_body() {
        let outcome = |status, body: &'static str| {
            let reply = Reply {
                status,
                body: body.into(),
                retry_after: Some(Duration::from_secs(1)),
            };
            reply.success().map(|success| success.data.get().to_owned())
        };
        for status in [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ] {
            for body in ["", "{}", r#"{"data":[]}"#, r#"{"success":true}"#] {
                let error = outcome(status, body).unwrap_err();
                assert_eq!(error.retry_after, Some(Duration::from_secs(1)), "{body}");
            }
        }
        let fine = outcome(StatusCode::OK, r#"{"data":[]}"#);
        assert_eq!(fine.unwrap(), "[]");
    }
}
