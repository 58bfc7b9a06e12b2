use crate::{
    error::{ChatError, ErrorCode},
    model::{MessageContent, OutgoingMessage},
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
        MessageContent::Text(text) if text.trim().is_empty() => Err(ChatError::new(
            ErrorCode::InvalidMessageText,
            "the text of the message is empty",
        )),
        MessageContent::Media(media) => {
            match (media.attachments.is_empty(), message.uploads.is_empty()) {
                (true, true) => missing("the message has no files: add an attachment or an upload"),
                (false, false) => {
                    missing("the message has attachments and uploads: send them in a message each")
                }
                _ => Ok(()),
            }
        }
        MessageContent::Custom(custom) if custom.kind.is_empty() => {
            missing("the message's kind is empty")
        }
        MessageContent::Interactive(interactive) if interactive.kind.is_empty() => {
            missing("the message's kind is empty")
        }
        MessageContent::GroupAction(_) | MessageContent::Unmodelled(_) => {
            missing("a message of this kind is the server's: it can't be sent")
        }
        _ => Ok(()),
    }
}
