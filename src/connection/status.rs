use std::{fmt, sync::Arc, time::Duration};

use super::Cause;

/// The status of the connection, named as CometChat's SDKs name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionStatus {
    /// No connection, and no attempt under way right now; [`StatusChange::retry`] says what comes.
    #[default]
    Disconnected,
    /// An attempt is under way.
    Connecting,
    /// Live: the socket is open **and** the server accepted the credentials.
    Connected,
    /// Reserved: CometChat's SDKs name it and never raise it.
    FeatureThrottled,
}

impl ConnectionStatus {
    /// CometChat's own spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::FeatureThrottled => "featureThrottled",
        }
    }
}

impl fmt::Display for ConnectionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What happens next without the game's doing (rule R5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing is pending: the connection is live or being attempted.
    NotNeeded,
    /// The next attempt starts after this delay.
    After(Duration),
    /// The next attempt starts when the app comes back to the foreground, in auto mode (rule A4). `connect()` and
    /// a login do it sooner.
    OnForeground,
    /// Nothing reopens the connection but `connect()`, a login or the next start.
    Never,
}

/// A change of the connection's status, and everything there is to know about it (rule R5).
///
/// `from` and `to` differ, with one exception: when a retry that had been announced ([`Retry::After`],
/// [`Retry::OnForeground`]) is given up, by `disconnect()`, a logout, the end of the grace or the exit, the status
/// stays disconnected, and this says that [`retry`](Self::retry) is another one now (rule M3). Where nothing was
/// open or pending, such a call changes nothing and there is no status change.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatusChange {
    /// The status before.
    pub from: ConnectionStatus,
    /// The status now.
    pub to: ConnectionStatus,
    /// Why it changed.
    pub cause: Cause,
    /// The WebSocket close code, if the peer sent one.
    pub close_code: Option<u16>,
    /// The peer's words for it, if any: the close reason, or what the transport said.
    pub reason: Option<Arc<str>>,
    /// Whether and when the next attempt starts.
    pub retry: Retry,
    /// Which attempt this is since the connection was last live or asked for; the first is 1. 0 when none was made.
    pub attempt: u32,
}
