//! Why a connection or a request failed.

use std::sync::Arc;

use super::endpoint::Endpoint;
use crate::{
    connection::{Cause, LinkLoss},
    error::{ChatError, ErrorCode},
    outbox::SendError,
};

/// Why a request got no reply.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nothing of it left this machine.
    NeverLeft(ChatError),
    /// It left, whole or in part.
    Lost(ChatError),
    /// The reply is longer than the maximum.
    TooLong(ChatError),
}

impl From<ChatError> for Unanswered {
    /// An error before the request is made.
    fn from(error: ChatError) -> Self {
        Self::NeverLeft(error)
    }
}

impl From<Unanswered> for ChatError {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NeverLeft(error) | Unanswered::Lost(error) | Unanswered::TooLong(error) => {
                error
            }
        }
    }
}

impl From<Unanswered> for SendError {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NeverLeft(error) if error.code == ErrorCode::ServerUnreachable => {
                Self::NeverLeft(error)
            }
            // The settings forbid it, or the token can't be sent: trying again changes nothing.
            Unanswered::NeverLeft(error) => Self::Refused(error),
            // A retry would get a reply of the same length.
            Unanswered::TooLong(error) => Self::Refused(error),
            Unanswered::Lost(error) => Self::Lost(error),
        }
    }
}

impl From<LinkLoss> for ChatError {
    fn from(loss: LinkLoss) -> Self {
        let code = match loss.cause {
            Cause::Forbidden => ErrorCode::InsecureConnection,
            _ => ErrorCode::ServerUnreachable,
        };
        let message = match loss.reason {
            Some(reason) => format!("{}: {reason}", loss.cause),
            None => loss.cause.to_string(),
        };
        Self {
            cause: Some(loss.cause),
            retry_after: loss.retry_after,
            ..Self::new(code, message)
        }
    }
}

pub(super) fn not_fetched(endpoint: &Endpoint, why: impl std::fmt::Display) -> ChatError {
    ChatError::new(
        ErrorCode::ServerUnreachable,
        format!("the request to {} failed: {why}", endpoint.authority()),
    )
}

pub(super) fn loss(cause: Cause, reason: impl Into<Arc<str>>) -> LinkLoss {
    LinkLoss {
        reason: Some(reason.into()),
        ..LinkLoss::new(cause)
    }
}

/// The settings permit plain text only to this machine.
pub(super) fn plain_text_refused(endpoint: &Endpoint) -> LinkLoss {
    let why = format!(
        "{} is not this machine: plain text is refused",
        endpoint.host
    );
    loss(Cause::Forbidden, why)
}
