use serde::Serialize;

use super::{
    ChatError,
    operation::{Call, Operation},
};
use crate::{
    model::{MessageId, ReceiverId},
    wire::{client_frame::Mark, frame_body::ReceiptAction, route},
};

/// The message up to which a conversation is marked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpTo {
    pub(crate) message_id: MessageId,
}

/// The HTTP request that replaces a receipt where there is no live connection.
pub(crate) fn mark_over_http(mark: &Mark) -> Result<Operation<()>, ChatError> {
    let call = marking(&mark.conversation, mark.action);
    let call = call.with_json(&UpTo {
        message_id: mark.message,
    });
    call.map(Operation::done)
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
