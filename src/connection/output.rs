use std::{sync::Arc, time::Duration};

use super::{Cause, LinkId, StatusChange, Ticket};

/// The success of a request about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// `connect()`: the connection is live.
    Connected,
    /// `disconnect()`: there is no connection.
    Disconnected,
    /// `ping()`: the pong arrived after this round trip.
    Pong(Duration),
}

/// The failure of a request about the connection.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// Nobody is logged in (`ERROR_USER_NOT_LOGGED_IN`).
    NotLoggedIn,
    /// The connection is not live, or ended while the request was pending (`NO_WEBSOCKET_CONNECTION`).
    NotConnected {
        /// What ended the request. If there was no connection to begin with: what ended the last one or its last
        /// attempt, or [`Cause::NotYetConnected`].
        cause: Cause,
        /// The peer's close reason or the transport's error message, if any.
        reason: Option<Arc<str>>,
    },
    /// No attempt became live in time. In the foreground the attempts go on.
    TimedOut {
        /// Why the last attempt failed.
        last: Cause,
    },
}

/// An action for the shell, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Output {
    /// Open a link: names, TCP, TLS, upgrade, auth. Answer with `LinkLive` or `LinkLost`.
    OpenLink(LinkId),
    /// Close the link with code 1000, or give its attempt up. Reports about it are ignored from now on.
    CloseLink(LinkId),
    /// Send a ping frame on the link.
    SendPing(LinkId),
    /// The status changed.
    Status(StatusChange),
    /// A pending request ends.
    Settle(Ticket, Result<Settled, Failure>),
    /// The game's keep-alive ping is due: wake its loop.
    KeepAliveDue,
}
