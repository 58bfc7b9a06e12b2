use crate::error::ChatError;

/// The error of an attempt to send or look up a message, by its meaning for the message.
#[derive(Clone, Debug)]
pub(crate) enum SendError {
    /// The request did not leave this machine.
    NeverLeft(ChatError),
    /// The request left, and its effect is unknown.
    Lost(ChatError),
    /// The server rejected it, and asks to wait.
    Throttled(ChatError),
    /// The server rejected it for good.
    Refused(ChatError),
}

impl SendError {
    pub(crate) const fn error(&self) -> &ChatError {
        let (Self::NeverLeft(error)
        | Self::Lost(error)
        | Self::Throttled(error)
        | Self::Refused(error)) = self;
        error
    }

    pub(crate) fn into_error(self) -> ChatError {
        let (Self::NeverLeft(error)
        | Self::Lost(error)
        | Self::Throttled(error)
        | Self::Refused(error)) = self;
        error
    }
}
