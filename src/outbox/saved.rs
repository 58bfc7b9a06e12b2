use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    error::{ChatError, ErrorCode},
    model::{MessageId, OutgoingMessage, Timestamp},
};

/// The saved form of a message of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedEntry {
    pub(super) muid: Arc<str>,
    pub(super) message: Arc<OutgoingMessage>,
    pub(super) queued_at: Timestamp,
    pub(super) after: MessageId,
    /// Whether it may have reached the server.
    pub(super) in_doubt: bool,
    pub(super) failure: Option<SavedFailure>,
}

/// The saved form of the error of a failed message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SavedFailure {
    code: String,
    message: Arc<str>,
}

impl From<&ChatError> for SavedFailure {
    fn from(error: &ChatError) -> Self {
        Self {
            code: error.code.as_str().to_owned(),
            message: error.message.clone(),
        }
    }
}

impl From<SavedFailure> for ChatError {
    fn from(failure: SavedFailure) -> Self {
        Self::new(ErrorCode::from_text(&failure.code), failure.message)
    }
}
