/// Why a connection changed its status, or why a request about it failed (rule R5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// No connection was made yet since the user logged in. Only requests fail with it: no status changes.
    #[error("no connection was made yet")]
    NotYetConnected,
    /// A login in auto mode asked for the connection (rule A1).
    #[error("a user logged in")]
    LoggedIn,
    /// A saved session was restored in auto mode (rule S4).
    #[error("a saved session was restored")]
    SessionRestored,
    /// The game called `connect()` (rule M2).
    #[error("the game called connect()")]
    ConnectCalled,
    /// The app came back to the foreground (rule A4).
    #[error("the app came back to the foreground")]
    Foregrounded,
    /// A lost connection is being repaired (rules A2, M5, R1).
    #[error("a lost connection is being repaired")]
    Repair,
    /// The server accepted the connection: it is live.
    #[error("the server accepted the connection")]
    Accepted,
    /// The game called `disconnect()` (rules A5 and M3).
    #[error("the game called disconnect()")]
    DisconnectCalled,
    /// The game called `init()` again, which starts anew with what is saved (rules S1 and S4).
    #[error("the game called init() again")]
    InitCalled,
    /// The user logged out, or another user logged in (rules S3 and S5).
    #[error("the user logged out")]
    LoggedOut,
    /// The server no longer knows the session's token (rule S6).
    #[error("the server ended the session: its token is unknown")]
    TokenUnknown,
    /// The session's token has expired. A connection is tried again meanwhile; without a new token in time the session
    /// ends (rules T1 and T3).
    #[error("the session's token has expired")]
    TokenExpired,
    /// The grace of a backgrounded app ran out (rule M6).
    #[error("background timeout")]
    BackgroundTimeout,
    /// The app went to the background, and the settings say to disconnect at once (rule A3).
    #[error("the app went to the background")]
    Backgrounded,
    /// The peer closed the connection in an orderly way.
    #[error("the server closed the connection")]
    ClosedByServer,
    /// The connection broke off without a close.
    #[error("the connection broke off")]
    ConnectionLost,
    /// A ping or probe stayed unanswered (rules H1, H3 and M4).
    #[error("the server did not answer a ping")]
    PongTimeout,
    /// An attempt did not become live within its time (rule R2).
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
    /// The server rejected the credentials of the socket: terminal (rule R4).
    #[error("the server rejected the credentials")]
    CredentialsRejected,
    /// The server does not know the app id: terminal (rule R4).
    #[error("the server does not know this app id")]
    UnknownApp,
    /// The settings forbid this connection, such as plain text to a public address: terminal (rule R4).
    #[error("the settings forbid this connection")]
    Forbidden,
    /// The client itself failed, as when a session store of the game's own panics: terminal. Requests fail from then
    /// on; the next start of the game brings it back.
    #[error("the client failed: see the log, and start the game again")]
    ClientFailed,
    /// The game is exiting (rule X1).
    #[error("the game is exiting")]
    Exiting,
}

impl Cause {
    /// Whether trying again without the game's doing is pointless (rule R4).
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
