use std::{fmt, sync::Arc, time::Duration};

/// The status of the connection, named as in CometChat's SDKs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionStatus {
    /// No connection, and no attempt under way. [`StatusChange::retry`] says what comes next.
    #[default]
    Disconnected,
    /// An attempt is under way.
    Connecting,
    /// The connection is live: the socket is open and the server accepted the credentials.
    Connected,
    /// Reserved: CometChat's SDKs define this status and never report it.
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

/// What the client does next of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing: the connection is live, or an attempt is under way.
    NotNeeded,
    /// The next attempt starts after this delay.
    After(Duration),
    /// The next attempt starts when the app returns to the foreground, in auto mode. `connect()` and a login start it
    /// sooner.
    OnForeground,
    /// Nothing is retried. `connect()` reopens the connection. In auto mode, so do a login and the next start of the game.
    Never,
}

/// A change of the connection's status.
///
/// `from` and `to` differ, with one exception. When `disconnect()`, a logout, the background timeout or the exit gives
/// up a retry that had been announced ([`Retry::After`], [`Retry::OnForeground`]), the status stays disconnected, and
/// the change announces the new [`retry`](Self::retry). A call that changes neither the status nor a retry makes no
/// `StatusChange`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatusChange {
    /// The status before.
    pub from: ConnectionStatus,
    /// The status now.
    pub to: ConnectionStatus,
    /// The cause of the change.
    pub cause: Cause,
    /// The WebSocket close code, if the peer sent one.
    pub close_code: Option<u16>,
    /// The peer's close reason or the transport's error message, if any.
    pub reason: Option<Arc<str>>,
    /// Whether and when the next attempt starts.
    pub retry: Retry,
    /// The number of the attempt since the connection was last live or requested. The first is 1; 0 means that no
    /// attempt was made.
    pub attempt: u32,
}

/// The cause of a status change, or of the failure of a request about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// No connection was made yet since the user logged in. Only requests fail with it: no status changes.
    #[error("no connection was made yet")]
    NotYetConnected,
    /// A user logged in, in auto mode.
    #[error("a user logged in")]
    LoggedIn,
    /// A saved session was restored, in auto mode.
    #[error("a saved session was restored")]
    SessionRestored,
    /// The game called `connect()`.
    #[error("the game called connect()")]
    ConnectCalled,
    /// The app returned to the foreground.
    #[error("the app came back to the foreground")]
    Foregrounded,
    /// A lost connection is being repaired.
    #[error("a lost connection is being repaired")]
    Repair,
    /// The server accepted the connection: it is live.
    #[error("the server accepted the connection")]
    Accepted,
    /// The game called `disconnect()`.
    #[error("the game called disconnect()")]
    DisconnectCalled,
    /// The game called `init()` again, which starts anew with what is saved.
    #[error("the game called init() again")]
    InitCalled,
    /// The user logged out, or another user logged in.
    #[error("the user logged out")]
    LoggedOut,
    /// The server refuses the session's token, which is unknown or has expired, and no good one came in time: the
    /// session ends.
    #[error("the server ended the session: its token is unknown or has expired")]
    TokenUnknown,
    /// The session's token has expired, and the game must renew it; or its socket credential has expired, and the
    /// client fetches a new one.
    #[error("the session's token or socket credential has expired")]
    TokenExpired,
    /// The app was in the background without a ping for the background timeout.
    #[error("background timeout")]
    BackgroundTimeout,
    /// The app went to the background, and the settings say to disconnect at once.
    #[error("the app went to the background")]
    Backgrounded,
    /// The peer closed the connection in an orderly way.
    #[error("the server closed the connection")]
    ClosedByServer,
    /// The connection broke off without a close.
    #[error("the connection broke off")]
    ConnectionLost,
    /// A ping stayed unanswered.
    #[error("the server did not answer a ping")]
    PongTimeout,
    /// An attempt did not become live within its time.
    #[error("the attempt to connect took too long")]
    AttemptTimeout,
    /// The host's name could not be resolved.
    #[error("the server's name could not be resolved")]
    NameResolution,
    /// No address of the host could be reached.
    #[error("the server could not be reached")]
    Unreachable,
    /// TLS failed: the certificate is not trusted, or the peer does not speak TLS.
    #[error("the secure connection failed")]
    Tls,
    /// The peer answered the upgrade with something else than a WebSocket.
    #[error("the server refused the WebSocket upgrade")]
    UpgradeRefused,
    /// The server rejected the credentials of the socket. Terminal: no retry follows.
    #[error("the server rejected the credentials")]
    CredentialsRejected,
    /// The server does not know the app id. Terminal: no retry follows.
    #[error("the server does not know this app id")]
    UnknownApp,
    /// The settings forbid this connection, such as plain text to a public address. Terminal: no retry follows.
    #[error("the settings forbid this connection")]
    Forbidden,
    /// The client itself failed, as when a session store of the game's own panics. Terminal: requests fail from then
    /// on, until the next start of the game.
    #[error("the client failed: see the log, and start the game again")]
    ClientFailed,
    /// The game is exiting.
    #[error("the game is exiting")]
    Exiting,
}

impl Cause {
    /// Whether the client does not try again of its own accord.
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::CredentialsRejected
                | Self::UnknownApp
                | Self::Forbidden
                | Self::InitCalled
                | Self::LoggedOut
                | Self::TokenUnknown
                | Self::ClientFailed
                | Self::Exiting
        )
    }
}
