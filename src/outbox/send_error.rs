use crate::error::ChatError;

/// Why an attempt brought no result, by what it means for the message.
#[derive(Clone, Debug)]
pub(crate) enum SendError {
    /// Nothing of it left this machine.
    NeverLeft(ChatError),
    /// It left, and no answer says what became of it.
    Lost(ChatError),
    /// The server did not do it, and asks to wait.
    Throttled(ChatError),
    /// The server did not do it, and won't.
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
