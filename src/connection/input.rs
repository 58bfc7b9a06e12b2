use std::{sync::Arc, time::Duration};

use super::{AppState, Cause};

/// One attempt to connect, and the connection that it becomes. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LinkId(pub(crate) u64);

/// A pending request of the game. It ends exactly once, with [`Output::Settle`](super::Output::Settle).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// The origin of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionOrigin {
    /// A login just succeeded.
    Login,
    /// It was saved by an earlier run.
    Restored,
}

/// How a link ended, or why it never became live.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinkLoss {
    pub(crate) cause: Cause,
    /// The peer's close code, if it sent one.
    pub(crate) close_code: Option<u16>,
    /// The peer's close reason or the transport's error message, if any.
    pub(crate) reason: Option<Arc<str>>,
    /// How long the server asks to wait before the next attempt.
    pub(crate) retry_after: Option<Duration>,
}

impl LinkLoss {
    /// A loss of which only the cause is known.
    pub(crate) const fn new(cause: Cause) -> Self {
        Self {
            cause,
            close_code: None,
            reason: None,
            retry_after: None,
        }
    }
}

/// An event for the machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    /// A user is logged in from now on.
    SessionOpened(SessionOrigin),
    /// No user is logged in from now on, for this cause.
    SessionClosed(Cause),
    /// The game calls `connect()`.
    Connect(Ticket),
    /// The game calls `disconnect()`.
    Disconnect(Ticket),
    /// The session has new credentials: a wanted connection does not wait out a back-off.
    CredentialsRenewed,
    /// The game calls `ping()`.
    Ping(Ticket),
    /// The app went to the foreground or to the background.
    AppState(AppState),
    /// The game switched its keep-alive service on or off.
    KeepAlive(bool),
    /// The link is live: the server accepted the auth frame.
    LinkLive(LinkId),
    /// The link ended, or its attempt failed.
    LinkLost(LinkId, LinkLoss),
    /// A frame arrived on the link, which is a sign of life of the server.
    Inbound(LinkId),
    /// A pong arrived on the link.
    Pong(LinkId),
    /// Reading from the link is paused (`true`) because the game does not drain what has arrived, or goes on (`false`).
    /// Silence during the pause is no sign of a loss.
    Paused(LinkId, bool),
    /// Nothing will run from now on, so the connection is closed while that can be done.
    Frozen,
    /// The machine has a network again.
    Online,
    /// Time passed.
    Tick,
    /// The game exits.
    Shutdown,
}
