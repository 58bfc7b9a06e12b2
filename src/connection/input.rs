use std::{sync::Arc, time::Duration};

use super::{AppState, Cause};

/// One attempt to connect and the connection it becomes. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub u64);

/// A request of the game's, which ends exactly once with [`Output::Settle`](super::Output::Settle).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Where a session came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionOrigin {
    /// A login just succeeded.
    Login,
    /// It was saved by an earlier run (rule S4).
    Restored,
}

/// How a link ended, or why it never became live.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkLoss {
    /// What happened.
    pub cause: Cause,
    /// The peer's close code, if it sent one.
    pub close_code: Option<u16>,
    /// The peer's words for it, if any.
    pub reason: Option<Arc<str>>,
    /// How long the server asks to wait before the next attempt (rule R3).
    pub retry_after: Option<Duration>,
}

impl LinkLoss {
    /// A loss about which nothing more is known than its cause.
    pub const fn new(cause: Cause) -> Self {
        Self {
            cause,
            close_code: None,
            reason: None,
            retry_after: None,
        }
    }
}

/// Something that happened to the connection.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// A user is logged in from now on.
    SessionOpened(SessionOrigin),
    /// No user is logged in from now on, for this cause.
    SessionClosed(Cause),
    /// The game asks for a connection (rule M2).
    Connect(Ticket),
    /// The game asks for no connection (rule M3).
    Disconnect(Ticket),
    /// The game pings (rule M4).
    Ping(Ticket),
    /// The app went to the foreground or to the background.
    AppState(AppState),
    /// The game switched its keep-alive service (rule K1).
    KeepAlive(bool),
    /// The link is live: the server accepted the auth frame.
    LinkLive(LinkId),
    /// The link ended, or its attempt failed.
    LinkLost(LinkId, LinkLoss),
    /// Any frame arrived on the link: a sign of life (rule H1).
    Inbound(LinkId),
    /// A pong arrived on the link.
    Pong(LinkId),
    /// The game does not drain what has arrived (`true`), so that nothing is read from the link until it does
    /// (`false`): its silence says nothing about the peer meanwhile (rule D5).
    Paused(LinkId, bool),
    /// Time passed.
    Tick,
    /// The game exits (rule X1).
    Shutdown,
}
