use crate::{
    error::{ChatError, ErrorCode},
    model::{OutgoingContent, OutgoingMessage},
};

/// Checks what can be checked without the server.
pub(crate) fn check(message: &OutgoingMessage) -> Result<(), ChatError> {
    if message.envelope.receiver.as_str().is_empty() {
        return Err(ChatError::new(
            ErrorCode::InvalidReceiver,
            "the receiver of the message is empty",
        ));
    }
    let missing = |what| Err(ChatError::new(ErrorCode::MissingParameters, what));
    match &message.content {
        OutgoingContent::Text(text) if text.trim().is_empty() => Err(ChatError::new(
            ErrorCode::InvalidMessageText,
            "the text of the message is empty",
        )),
        OutgoingContent::Media {
            attachments,
            uploads,
            ..
        } => match (attachments.is_empty(), uploads.is_empty()) {
            (true, true) => missing("the message has no files: add an attachment or an upload"),
            (false, false) => {
                missing("the message has attachments and uploads: send them in a message each")
            }
            _ => Ok(()),
        },
        OutgoingContent::Custom { kind, .. } | OutgoingContent::Interactive { kind, .. }
            if kind.is_empty() =>
        {
            missing("the message's kind is empty")
        }
        _ => Ok(()),
    }
}
