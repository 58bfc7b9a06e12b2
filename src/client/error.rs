use std::{fmt, sync::Arc, time::Duration};

use crate::{
    lifecycle::{Cause, Failure},
    model::RawJson,
    wire::error::{ErrorBody, code},
};

/// Why an operation failed: CometChat's code, and words for the developer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatError {
    /// What kind of failure it is; match on this.
    pub code: ErrorCode,
    /// What happened and what to do about it, in English, for the developer.
    pub message: Arc<str>,
    /// What the server added, if anything.
    pub details: Option<RawJson>,
    /// What happened to the connection, where that is why.
    pub cause: Option<Cause>,
    /// How long the server asks to wait before trying again.
    pub retry_after: Option<Duration>,
}

impl ChatError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<Arc<str>>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
            cause: None,
            retry_after: None,
        }
    }

    pub(crate) fn not_logged_in() -> Self {
        Self::new(
            ErrorCode::UserNotLoggedIn,
            "nobody is logged in: call login() first",
        )
    }

    pub(crate) fn not_initialized() -> Self {
        Self::new(
            ErrorCode::NotInitialized,
            "the client is not initialised: call init() with an app id and settings first",
        )
    }

    pub(crate) fn cancelled(cause: Cause) -> Self {
        Self {
            cause: Some(cause),
            ..Self::new(
                ErrorCode::Cancelled,
                format!("the request was given up: {cause}"),
            )
        }
    }

    pub(crate) fn stopped() -> Self {
        Self::new(
            ErrorCode::Cancelled,
            "the client has stopped: start the app again",
        )
    }
}

impl fmt::Display for ChatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for ChatError {}

impl From<Failure> for ChatError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotLoggedIn => Self::not_logged_in(),
            Failure::NotConnected { cause, reason } => Self {
                cause: Some(cause),
                ..Self::new(
                    ErrorCode::NoWebSocketConnection,
                    match reason {
                        Some(reason) => format!("there is no live connection: {cause} ({reason})"),
                        None => format!("there is no live connection: {cause}"),
                    },
                )
            },
            Failure::TimedOut { last } => Self {
                cause: Some(last),
                ..Self::new(
                    ErrorCode::NoWebSocketConnection,
                    format!("no attempt to connect succeeded in time; the last one: {last}"),
                )
            },
        }
    }
}

impl From<ErrorBody> for ChatError {
    fn from(body: ErrorBody) -> Self {
        Self {
            details: body.details.as_deref().map(RawJson::from),
            ..Self::new(ErrorCode::from_server(&body.code), body.message)
        }
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:expr,)*) => {
        /// CometChat's error codes.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
            /// Any other code that the server sent.
            Other(Arc<str>),
        }

        impl ErrorCode {
            /// The code as CometChat spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(code) => code,
                }
            }

            fn from_server(text: &str) -> Self {
                match text {
                    $(text if text == $text => Self::$name,)*
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

error_codes! {
    /// Something that must be given is missing or empty: an app id, a uid, a key.
    MissingParameters = "MISSING_PARAMETERS",
    /// The region is not a plain word such as `us`.
    InvalidRegion = "INVALID_REGION",
    /// The settings contradict themselves or hold something unusable.
    InvalidSettings = "INVALID_SETTINGS",
    /// `init` has not been called, or failed.
    NotInitialized = "COMETCHAT_INITIALIZATION_NOT_DONE",
    /// A login is already running (rule S3).
    LoginInProgress = "LOGIN_IN_PROGRESS",
    /// Nobody is logged in.
    UserNotLoggedIn = "ERROR_USER_NOT_LOGGED_IN",
    /// There is no live connection.
    NoWebSocketConnection = "NO_WEBSOCKET_CONNECTION",
    /// The text of a message is empty.
    InvalidMessageText = "INVALID_MESSAGE_TEXT",
    /// The receiver of a message is empty.
    InvalidReceiver = "INVALID_RECEIVER",
    /// The request did not reach the server, or what came back is not a reply of CometChat's.
    FailedToFetch = "FAILED_TO_FETCH",
    /// The settings forbid this connection, such as plain text to a public address.
    Forbidden = "ERROR_INSECURE_CONNECTION",
    /// A list's page is to have more items than CometChat gives.
    SetLimitExceeded = "ERROR_SET_LIMIT_EXCEEDED",
    /// A list's page is to have no items.
    SetLimitIsCompulsory = "SET_LIMIT_IS_COMPULSORY",
    /// A page of the list is being fetched already.
    RequestInProgress = "REQUEST_IN_PROGRESS",
    /// A list of messages has nothing to go on from: no message, no time, nothing fetched yet.
    NotEnoughParameters = "NOT_ENOUGH_PARAMETERS",
    /// More requests are under way than the client takes on.
    TooManyRequests = "TOO_MANY_REQUESTS",
    /// The session could not be read or written.
    Storage = "STORAGE_ERROR",
    /// The request was given up: the user logged out, or the client stopped.
    Cancelled = "REQUEST_CANCELLED",
    /// The server does not know the session's token (rule S6).
    AuthTokenNotFound = code::AUTH_TOKEN_NOT_FOUND,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
