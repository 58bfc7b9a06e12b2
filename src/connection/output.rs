use std::{sync::Arc, time::Duration};

use super::{Cause, LinkId, StatusChange, Ticket};

/// How a request about the connection succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// `connect()`: the connection is live.
    Connected,
    /// `disconnect()`: there is no connection.
    Disconnected,
    /// `ping()`: the pong arrived after this round trip.
    Pong(Duration),
}

/// How a request about the connection failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// Nobody is logged in (`ERROR_USER_NOT_LOGGED_IN`): `connect()`, `ping()` and `disconnect()` alike.
    NotLoggedIn,
    /// The connection is not live, or went while the request was under way (`NotConnected`).
    NotConnected {
        /// What ended the request. When there was no connection to begin with: what ended the last one or its last
        /// attempt, or [`Cause::NotYetConnected`].
        cause: Cause,
        /// The peer's words for it, if any.
        reason: Option<Arc<str>>,
    },
    /// No attempt became live in time; in the foreground the attempts go on (rule M2).
    TimedOut {
        /// Why the last attempt failed.
        last: Cause,
    },
}

/// Something to be carried out, in the order given.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Output {
    /// Open a link: names, TCP, TLS, upgrade, auth. Answer with `LinkLive` or `LinkLost`.
    OpenLink(LinkId),
    /// Close the link with code 1000, or give its attempt up. Nothing it reports afterwards counts.
    CloseLink(LinkId),
    /// Send a ping frame on the link.
    SendPing(LinkId),
    /// Tell the game that the status changed.
    Status(StatusChange),
    /// End a request of the game's.
    Settle(Ticket, Result<Settled, Failure>),
    /// Tell the game, and wake its loop, that its keep-alive ping is due (rule K2).
    KeepAliveDue,
}
