//! What is under way: an `init`, requests about the connection, tasks of the shell, and saves of the record.

use std::{sync::Arc, time::Duration};

use super::{Credentials, PageQuery, Session, lookup::Lookup, operation::PendingCall};
use crate::{
    app_settings::AppSettings,
    connection::{LinkId, Settled},
    error::ChatError,
    model::{OutgoingMessage, Secret, User},
    outbox::Attempt,
    request::{Completer, Settlement},
};

/// An `init` under way.
pub(super) struct Opening {
    pub(super) app_id: String,
    pub(super) settings: Box<AppSettings>,
    pub(super) done: Completer<Option<Arc<User>>>,
}

/// A request about the connection that has not ended.
pub(crate) enum PendingRequest {
    Done(Completer<()>),
    Pong(Completer<Duration>),
}

impl PendingRequest {
    /// The end of the request.
    pub(crate) fn end(self, outcome: Result<Settled, ChatError>) -> Settlement {
        match (self, outcome) {
            (Self::Done(done), outcome) => done.settle(outcome.map(drop)),
            (Self::Pong(done), Ok(Settled::Pong(round_trip))) => done.settle(Ok(round_trip)),
            (Self::Pong(done), Ok(Settled::Connected | Settled::Disconnected)) => {
                done.settle(Err(ChatError::stopped()))
            }
            (Self::Pong(done), Err(error)) => done.settle(Err(error)),
        }
    }
}

/// A task and its purpose.
pub(super) struct Running {
    pub(super) purpose: Purpose,
    /// The user's token that it was started with.
    pub(super) token: Option<Secret>,
    /// Whether it was started once more, with a new token.
    pub(super) is_second_try: bool,
}

/// The purpose of a task.
pub(super) enum Purpose {
    /// A login. Once there is a session, the newest message is fetched: from there on, nothing is missed.
    Login {
        credentials: Credentials,
        session: Option<Box<Session>>,
        done: Completer<Arc<User>>,
    },
    /// A check of a new token.
    Renewal {
        credentials: Credentials,
        done: Completer<Arc<User>>,
    },
    /// A new socket credential for the session.
    Jwt { token: Secret },
    /// A logout, and whether the saved session was removed.
    Logout {
        session: Box<Session>,
        done: Completer<()>,
        removed: Result<(), ChatError>,
    },
    /// A message of the outbox.
    Post {
        attempt: Attempt,
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
    },
    /// The lookup of a message of the outbox.
    Lookup { attempt: Attempt, lookup: Lookup },
    /// A page of messages for the recovery of a link, or for its recheck.
    Recovery { link: LinkId, query: PageQuery },
    /// A request of the game's.
    Call(PendingCall),
}

impl Purpose {
    /// Whether it acts for the logged-in user, so that it waits for a new token, and ends with the session.
    pub(super) fn is_of_session(&self) -> bool {
        match self {
            Self::Call(call) => call.call.key.is_none(),
            Self::Login { .. } | Self::Renewal { .. } | Self::Jwt { .. } | Self::Logout { .. } => {
                false
            }
            Self::Post { .. } | Self::Lookup { .. } | Self::Recovery { .. } => true,
        }
    }

    pub(super) fn attempt(&self) -> Option<Attempt> {
        match self {
            Self::Post { attempt, .. } | Self::Lookup { attempt, .. } => Some(*attempt),
            _ => None,
        }
    }
}

/// The purpose of saving a record.
pub(super) enum Saving {
    /// A login: the session is opened once it is saved.
    Login(Box<Session>, Completer<Arc<User>>),
    /// A logout: the server is notified, then the request ends.
    Logout(Box<Session>, Completer<()>),
    /// The end of a session because another user logs in.
    BeforeLogin(Credentials, Completer<Arc<User>>),
    /// A new token, which is in use already.
    Renewal(Arc<User>, Completer<Arc<User>>),
    /// No request waits for it. A failure is logged with this text.
    Unasked(&'static str),
}
