use std::time::Duration;

use hyper::StatusCode;
use rusqlite::ErrorCode;

use super::rate_limit::{RateStatus, now};
use crate::{
    model::Uid,
    wire::{
        error::{ErrorBody, code},
        settings::MAX_FILES,
    },
};

/// The refusal of a request, which becomes the `error` of the reply.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// The time after which a retry makes sense.
    pub(super) retry_after: Option<Duration>,
    /// The limit that was reached.
    pub(super) rate: Option<RateStatus>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
            rate: None,
        }
    }

    pub(super) fn too_many_requests(retry_after: Duration) -> Self {
        let mut refusal = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            code::TOO_MANY_REQUESTS,
            "Too many requests in too short a time.",
        );
        refusal.retry_after = Some(retry_after);
        let reset = now().0 + retry_after.as_secs() + 1;
        refusal.rate = Some(RateStatus {
            limit: 0,
            remaining: 0,
            resets_at: reset,
        });
        refusal
    }

    /// A refusal because of a limit per minute.
    pub(super) fn too_many_a_minute(limit: u32, retry_after: Duration) -> Self {
        let mut refusal = Self::too_many_requests(retry_after);
        if let Some(rate) = &mut refusal.rate {
            rate.limit = limit.into();
        }
        refusal
    }

    /// The server is short of memory.
    pub(super) fn busy() -> Self {
        let mut refusal = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code::BUSY,
            "The server is too busy for this at the moment.",
        );
        refusal.retry_after = Some(Duration::from_secs(1));
        refusal
    }

    pub(super) fn too_many_files() -> Self {
        Self::bad_request(format!("A message has at most {MAX_FILES} files."))
    }

    pub(super) fn too_many_connections(retry_after: Duration) -> Self {
        let mut refusal = Self::too_many_requests(retry_after);
        refusal.message = "Too many clients are connected.".to_owned();
        refusal
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::BAD_REQUEST, message)
    }

    pub(super) fn unsupported(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            code::UNSUPPORTED,
            format!("The local server does not do {what} yet."),
        )
    }

    pub(super) fn no_user(uid: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::UID_NOT_FOUND,
            format!("The user with the uid {uid} does not exist."),
        )
    }

    pub(super) fn no_group(guid: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::GUID_NOT_FOUND,
            format!("The group with the guid {guid} does not exist."),
        )
    }

    pub(super) fn not_a_member(guid: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            code::GROUP_NOT_JOINED,
            format!("Only a member of the group {guid} may do this."),
        )
    }

    pub(super) fn already_joined(guid: &str, uid: &Uid) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            code::ALREADY_JOINED,
            format!("The user {uid} is a member of the group {guid} already."),
        )
    }

    pub(super) fn banned(guid: &str, uid: &Uid) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            code::BANNED,
            format!("The user {uid} is banned from the group {guid}."),
        )
    }

    pub(super) fn no_conversation() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::CONVERSATION_NOT_FOUND,
            "There is no such conversation.",
        )
    }

    pub(super) fn blocked(uid: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            code::BLOCKED,
            format!("You blocked the user {uid}, or they blocked you."),
        )
    }

    pub(super) fn no_clearance(guid: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            code::GROUP_NO_SCOPE,
            format!("Your scope in the group {guid} does not permit this."),
        )
    }

    pub(super) fn no_message() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::MESSAGE_NOT_FOUND,
            "There is no such message in this conversation.",
        )
    }

    pub(super) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code::INTERNAL,
            "The server failed; its log says why.",
        )
    }

    pub(super) fn to_body(&self) -> ErrorBody {
        ErrorBody {
            code: self.code.to_owned(),
            message: self.message.clone(),
            dev_message: None,
            details: None,
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => {
                return Self::new(
                    StatusCode::BAD_REQUEST,
                    code::TOO_COSTLY,
                    "This takes the server too long: ask for less, or be more precise.",
                );
            }
            Some(ErrorCode::DiskFull) => {
                return Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    code::STORAGE_FULL,
                    "The server has no room to store more.",
                );
            }
            _ => {}
        }
        tracing::error!(%error, "the database failed");
        Self::internal()
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "what is stored has no JSON form");
        Self::internal()
    }
}
