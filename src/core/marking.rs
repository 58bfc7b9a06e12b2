//! The requests that mark a conversation as read or delivered.

use serde::Serialize;

use super::operation::Call;
use crate::{
    error::ChatError,
    model::{MessageId, ReceiverId},
    wire::{client_frame::Mark, frame_body::ReceiptAction, route},
};

/// The message up to which a conversation is marked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpTo {
    pub(crate) message_id: MessageId,
}

/// The call that replaces a receipt where there is no live connection.
pub(super) fn marking_call(mark: &Mark) -> Result<Call, ChatError> {
    let call = marking(&mark.conversation, mark.action);
    call.with_json(&UpTo {
        message_id: mark.message,
    })
}

/// The call that marks a conversation; without a body, all of it.
pub(crate) fn marking(with: &ReceiverId, action: ReceiptAction) -> Call {
    match action {
        ReceiptAction::Read => Call::about(
            with,
            route::READ_USER_CONVERSATION,
            route::READ_GROUP_CONVERSATION,
        ),
        ReceiptAction::Delivered => Call::about(
            with,
            route::DELIVERED_USER_CONVERSATION,
            route::DELIVERED_GROUP_CONVERSATION,
        ),
    }
}
