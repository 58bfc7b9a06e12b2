use std::{fmt, sync::Arc, time::Duration};

use crate::{
    connection::{Cause, Failure},
    model::RawJson,
    wire::error::ErrorBody,
};

/// The error of an operation: CometChat's code, and a message for the developer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatError {
    /// The kind of the failure, to match on.
    pub code: ErrorCode,
    /// The failure and what to do about it, in English, for the developer.
    pub message: Arc<str>,
    /// The server's explanation for developers, if it sent one.
    pub dev_message: Option<Arc<str>>,
    /// Details from the server, if it sent any.
    pub details: Option<RawJson>,
    /// The cause at the connection, if that is the reason.
    pub cause: Option<Cause>,
    /// How long the server asks to wait before trying again.
    pub retry_after: Option<Duration>,
}

impl ChatError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<Arc<str>>) -> Self {
        Self {
            code,
            message: message.into(),
            dev_message: None,
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

    pub(crate) fn no_connection() -> Self {
        Self::new(
            ErrorCode::NotConnected,
            "there is no live connection to tell it over: call connect(), or wait for it",
        )
    }

    pub(crate) fn login_in_progress() -> Self {
        Self::new(
            ErrorCode::LoginInProgress,
            "a login is already running: wait for it to end",
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

    /// The error of a request for a message that is saved, and sent later.
    pub(crate) fn stays_in_outbox(cause: Cause) -> Self {
        Self {
            cause: Some(cause),
            ..Self::new(
                ErrorCode::StaysInOutbox,
                format!("{cause}: the message stays in the outbox, which sends it later"),
            )
        }
    }

    /// The error of a message that could not be sent in time.
    pub(crate) fn too_old(age: Duration, last: Option<Self>) -> Self {
        let message = match &last {
            Some(error) => format!(
                "the message could not be sent within {age:?}: {}",
                error.message
            ),
            None => format!("the message's turn did not come within {age:?}"),
        };
        Self {
            cause: last.and_then(|error| error.cause),
            ..Self::new(ErrorCode::OutboxExpired, message)
        }
    }

    /// The error of an unconfirmed message.
    pub(crate) fn undecided(last: Option<Self>) -> Self {
        let why = match &last {
            Some(error) => &*error.message,
            None => "too much was said in the conversation since",
        };
        let message = format!(
            "the message may have been sent or not, and it could not be looked for: {why}; resend() looks once more"
        );
        Self {
            cause: last.as_ref().and_then(|error| error.cause),
            ..Self::new(ErrorCode::OutboxUnconfirmed, message)
        }
    }

    /// The error of a request that has no JSON form.
    pub(crate) fn no_json(error: serde_json::Error) -> Self {
        Self::new(
            ErrorCode::MissingParameters,
            format!("the request has no JSON form: {error}"),
        )
    }

    pub(crate) fn not_in_outbox() -> Self {
        Self::new(
            ErrorCode::NotInOutbox,
            "no message with this muid is in the outbox: it was sent or discarded, or never queued",
        )
    }

    pub(crate) fn discarded() -> Self {
        Self::new(ErrorCode::Cancelled, "the game discarded the message")
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
                    ErrorCode::NotConnected,
                    match reason {
                        Some(reason) => format!("there is no live connection: {cause} ({reason})"),
                        None => format!("there is no live connection: {cause}"),
                    },
                )
            },
            Failure::TimedOut { last } => Self {
                cause: Some(last),
                ..Self::new(
                    ErrorCode::NotConnected,
                    format!("no attempt to connect succeeded in time; the last one: {last}"),
                )
            },
        }
    }
}

impl From<ErrorBody> for ChatError {
    /// An error without a code counts as no answer, as it may be from a proxy. Its message is kept.
    fn from(body: ErrorBody) -> Self {
        let code = if body.code.is_empty() {
            ErrorCode::ServerUnreachable
        } else {
            ErrorCode::from_text(&body.code)
        };
        Self {
            dev_message: body.dev_message,
            details: body.details.as_deref().map(RawJson::from),
            ..Self::new(code, body.message)
        }
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident => $text:literal, $advice:literal;)*) => {
        /// The kind of a failure. [`as_str`](Self::as_str) is CometChat's code for it.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(
                $(#[$doc])*
                #[doc = concat!("\n\nCode: `", $text, "`")]
                $name,
            )*
            /// Any other code that the server sent.
            Other(Arc<str>),
        }

        impl ErrorCode {
            /// The code as CometChat's API and SDKs spell it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(code) => code,
                }
            }

            /// Whether the server refuses a token with it: one that is unknown or has expired.
            pub(crate) const fn is_of_token(&self) -> bool {
                matches!(self, Self::AuthTokenNotFound | Self::AuthTokenExpired)
            }

            /// Advice for the developer, as a fixed sentence. Empty if nothing went wrong.
            pub(crate) fn advice(&self) -> &'static str {
                match self {
                    $(Self::$name => $advice,)*
                    Self::Other(code) if code.starts_with("AUTH_ERR") => {
                        "Check the app id, the region, the uid and the auth key or token."
                    }
                    Self::Other(_) => "The server refused it.",
                }
            }

            /// The code with this spelling.
            pub(crate) fn from_text(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)*
                    // What other versions of the API and of the local server call the same.
                    "ERR_NOT_BANNED_GROUPMEMBER" => Self::NotBannedFromGroup,
                    "ERR_CONVERSATION_NOT_FOUND" => Self::ConversationNotAccessible,
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

error_codes! {
    /// A required value is missing or empty: an app id, a uid, a key.
    MissingParameters => "MISSING_PARAMETERS", "Give a value that is not empty.";
    /// The region is not a plain word such as `us`.
    InvalidRegion => "INVALID_REGION", "Take the region from the app's page in CometChat's dashboard, such as `us`.";
    /// The settings are contradictory or contain an unusable value.
    InvalidSettings => "INVALID_SETTINGS", "Change the settings given to init().";
    /// `init` has not been called, or failed.
    NotInitialized => "COMETCHAT_INITIALIZATION_NOT_DONE", "Call init() first, or see why it failed.";
    /// A login is already running.
    LoginInProgress => "LOGIN_IN_PROGRESS", "Wait for the login under way to end.";
    /// Nobody is logged in.
    UserNotLoggedIn => "ERROR_USER_NOT_LOGGED_IN", "Call login() first, and wait for it to succeed.";
    /// There is no live connection.
    NotConnected => "NO_WEBSOCKET_CONNECTION", "Wait for the connection, or call connect().";
    /// The server's settings disable receipts.
    ReceiptsDisabled => "RECEIPTS_TEMPORARILY_BLOCKED", "The app's settings allow no receipts: send none.";
    /// The text of a message is empty.
    InvalidMessageText => "INVALID_MESSAGE_TEXT", "Send a text that is not empty.";
    /// The receiver of a message is empty.
    InvalidReceiver => "INVALID_RECEIVER", "Name a user or a group.";
    /// The request did not reach the server, or the reply is not one of CometChat.
    ServerUnreachable => "FAILED_TO_FETCH", "Check the network, the region and the hosts in the settings; the operation can be tried again.";
    /// The settings forbid this connection, such as plain text to a public address.
    InsecureConnection => "ERROR_INSECURE_CONNECTION", "Use https and wss, or allow plain text in the settings.";
    /// The page limit of a list is above the maximum.
    PageLimitTooLarge => "ERROR_SET_LIMIT_EXCEEDED", "Ask for fewer items a page.";
    /// The page limit of a list is 0.
    PageLimitZero => "SET_LIMIT_IS_COMPULSORY", "Ask for at least one item a page.";
    /// A page of the list is being fetched already.
    RequestInProgress => "REQUEST_IN_PROGRESS", "Wait for the page under way.";
    /// A list of messages has no position to continue from: no message, no time, no fetched page.
    MissingCursor => "NOT_ENOUGH_PARAMETERS", "Fetch a page with fetch_previous() first, or give a message or a time to begin at.";
    /// Too many requests are under way, or too many frames wait to be sent.
    TooManyRequests => "TOO_MANY_REQUESTS", "Wait for some requests to end.";
    /// The rate limit of the server is reached. [`retry_after`](ChatError::retry_after) is the time to wait.
    RateLimited => "ERR_TOO_MANY_REQUESTS", "Try again later: the error says when.";
    /// The outbox is full: wait until some messages are sent.
    OutboxFull => "OUTBOX_FULL", "Wait until some messages are sent, or discard some.";
    /// A message with the same muid is in the outbox.
    OutboxDuplicate => "OUTBOX_DUPLICATE", "Give each message a muid of its own.";
    /// The message could not be sent in time.
    OutboxExpired => "OUTBOX_EXPIRED", "Resend or discard the message.";
    /// It is unknown whether the message was sent, and could not be determined in time.
    OutboxUnconfirmed => "OUTBOX_UNDECIDED", "Resend the message, which looks for it first, or discard it.";
    /// No message with this muid is in the outbox.
    NotInOutbox => "OUTBOX_MESSAGE_NOT_FOUND", "The message was sent or discarded before: nothing is left to do.";
    /// The client starts over or stops, and the request for a message ends with it. The message stays in the outbox,
    /// which is saved, and is sent by the next session of the user: it must not be sent again.
    StaysInOutbox => "OUTBOX_MESSAGE_STAYS", "";
    /// The session could not be read or written.
    Storage => "STORAGE_ERROR", "Check that the session's directory can be written to.";
    /// The request was given up: the user logged out, or the client stopped.
    Cancelled => "REQUEST_CANCELLED", "";
    /// The token is unknown or has expired. For the session's token, the event
    /// [`TokenExpired`](crate::client::Event::TokenExpired) comes first.
    AuthTokenNotFound => "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", "Log in again, or answer TokenExpired with renew_token().";
    /// The token has expired. CometChat does not document this code.
    AuthTokenExpired => "AUTH_ERR_AUTH_TOKEN_EXPIRED", "Log in again, or answer TokenExpired with renew_token().";
    /// The new token is another user's.
    AnotherUsersToken => "ERR_TOKEN_OF_ANOTHER_USER", "Give a token of the user who is logged in.";
    /// The user does not exist.
    UserNotFound => "ERR_UID_NOT_FOUND", "Check the uid, or create the user first.";
    /// The user already exists.
    UserAlreadyExists => "ERR_UID_ALREADY_EXISTS", "Log in as the user, or choose another uid.";
    /// One of two users blocked the other.
    UserBlocked => "ERR_BLOCKED_USER", "Unblock the user first, unless they did the blocking.";
    /// The group does not exist.
    GroupNotFound => "ERR_GUID_NOT_FOUND", "Check the guid, or create the group first.";
    /// The group already exists.
    GroupAlreadyExists => "ERR_GUID_ALREADY_EXISTS", "Join the group, or choose another guid.";
    /// The logged-in user is not a member of the group.
    GroupNotJoined => "ERR_GROUP_NOT_JOINED", "Join the group first.";
    /// The user is already a member of the group.
    AlreadyJoined => "ERR_ALREADY_JOINED", "The user is in the group: nothing is left to do.";
    /// Users can't join a private group: they must be added.
    GroupJoinNotAllowed => "ERR_GROUP_JOIN_NOT_ALLOWED", "Let an admin of the group add the user.";
    /// The password of the group is wrong.
    WrongGroupPassword => "ERR_WRONG_GROUP_PASS", "Ask for the password again.";
    /// A group of the kind `Password` needs a password.
    EmptyGroupPassword => "ERR_EMPTY_GROUP_PASS", "Give a password.";
    /// The scope of the logged-in user in the group is too low.
    GroupScopeTooLow => "ERR_GROUP_NO_SCOPE_CLEARANCE", "Let a moderator, an admin or the owner of the group do it.";
    /// The user is banned from the group.
    BannedFromGroup => "ERR_BANNED_GROUPMEMBER", "Let a moderator of the group unban the user.";
    /// The user is not banned from the group.
    NotBannedFromGroup => "ERR_NOT_A_BANNED_USER", "The user is not banned: nothing is left to do.";
    /// The user of the request is not a member of the group.
    NotAGroupMember => "ERR_NOT_A_MEMBER", "Check the uid, or add the user to the group first.";
    /// The owner must transfer the group to another member before leaving it.
    OwnerCannotLeave => "ERR_OWNER_EXIT_FORBIDDEN", "Call transfer_group_ownership() first.";
    /// The member already has the scope.
    SameGroupScope => "ERR_SAME_SCOPE", "The member has that scope: nothing is left to do.";
    /// The user is already banned from the group.
    AlreadyBannedFromGroup => "ERR_ALREADY_BANNED", "The user is banned: nothing is left to do.";
    /// The group is full.
    GroupFull => "ERR_NO_VACANCY", "Join another group, or wait until a member leaves.";
    /// The logged-in user's scope in the group is too low for this.
    NoGroupClearance => "ERR_GROUP_NO_CLEARANCE", "Let a moderator, an admin or the owner of the group do it.";
    /// Only an admin of the group may do this.
    NoGroupAdmin => "ERR_GROUP_NO_ADMIN_SCOPE", "Let an admin of the group do it.";
    /// Only a moderator of the group may do this.
    NoGroupModerator => "ERR_GROUP_NO_MODERATOR_SCOPE", "Let a moderator or an admin of the group do it.";
    /// A member can't do this to themselves.
    NoSelfAction => "ERR_GROUP_NO_SELF_ACTION", "Let another member of the group do it.";
    /// A user can't block themselves.
    CannotBlockSelf => "ERR_CANNOT_BLOCK_SELF", "Give the uid of another user.";
    /// The logged-in user has blocked the receiver.
    ReceiverBlocked => "ERR_BLOCKED_RECEIVER", "Unblock the user first.";
    /// The receiver has blocked the logged-in user.
    BlockedByReceiver => "ERR_BLOCKED_SENDER", "The user has to unblock the sender first.";
    /// The conversation does not exist yet, or the logged-in user is not a participant.
    ConversationNotAccessible => "ERR_CONVERSATION_NOT_ACCESSIBLE", "Send the first message, or join the group.";
    /// The message does not exist, or the logged-in user can't read it.
    MessageNotFound => "ERR_MESSAGE_ID_NOT_FOUND", "Check the message's id.";
    /// The logged-in user is not a participant of the message's conversation.
    MessageNotAccessible => "ERR_MESSAGE_NO_ACCESS", "Join the group, or leave the message alone.";
    /// Only the sender may do this to the message.
    NotTheSender => "ERR_MESSAGE_NOT_A_SENDER", "Let the sender of the message do it.";
    /// This kind of message can't be edited or deleted.
    MessageActionNotAllowed => "ERR_MESSAGE_ACTION_NOT_ALLOWED", "Edit and delete messages of users only.";
    /// The text of the message is empty.
    EmptyMessageText => "ERR_EMPTY_MESSAGE_TEXT", "Send a text that is not empty.";
    /// A reply can't start a thread.
    NestedThread => "ERR_MESSAGE_THREAD_NESTING", "Answer the message that the thread began with.";
    /// An extension of the app, such as moderation, refused the message.
    BlockedByExtension => "ERR_BLOCKED_BY_EXTENSION", "Change the message: the app's rules forbid it.";
    /// A webhook of the app refused the message.
    BlockedByWebhook => "ERR_BLOCKED_BY_WEBHOOK", "Change the message: the app's rules forbid it.";
    /// The limit of pinned messages in the conversation is reached.
    TooManyPinned => "ERR_PINNED_MESSAGES_LIMIT_EXCEEDED", "Unpin a message first.";
    /// The limit of saved messages of the user is reached.
    TooManySaved => "ERR_SAVED_MESSAGES_LIMIT_EXCEEDED", "Unsave a message first.";
    /// The app's plan does not include this.
    PlanRestriction => "ERR_PLAN_RESTRICTION", "Change the app's plan in CometChat's dashboard.";
    /// The app has used up what its plan includes.
    PlanQuotaReached => "ERR_PLAN_QUOTA_RESTRICTION", "Change the app's plan in CometChat's dashboard.";
    /// The app's subscription has expired.
    SubscriptionExpired => "ERR_SUBSCRIPTION_EXPIRED", "Renew the app's subscription in CometChat's dashboard.";
    /// The app has no such auth key.
    WrongApiKey => "AUTH_ERR_APIKEY_NOT_FOUND", "Take the auth key from the app's page in CometChat's dashboard.";
    /// The auth key may not do this.
    ApiKeyNotAllowed => "AUTH_ERR_NO_ACCESS", "Do it on the game's own server, with a key that may.";
    /// There is no such app in the region.
    InvalidAppId => "AUTH_ERR_INVALID_APPID", "Take app id and region from the app's page in CometChat's dashboard.";
    /// The request came without the user's token.
    EmptyAuthToken => "AUTH_ERR_EMPTY_AUTH_TOKEN", "Log out, then log in again.";
    /// The token belongs to another device.
    TokenOfAnotherDevice => "ERR_AUTHTOKEN_UNAVAILABLE", "Log out, then log in again on this device.";
    /// The server does not take the values of the request.
    BadRequest => "ERR_BAD_REQUEST", "See the error's message for the value.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
