use crate::model::MessageId;

/// How sure it is that all messages arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hearing {
    /// There has been no connection.
    NotYet,
    /// They do over the first connection, from when it became live.
    First,
    /// They do.
    Sure,
    /// There is no connection, or what was missed without one has not been recovered. This was the last message that
    /// arrived; `None` if none had.
    Lost(Option<MessageId>),
}

impl Hearing {
    /// The connection is live, or is not any more. `heard` is the last message that arrived.
    pub(super) fn follow(self, is_connected: bool, heard: Option<MessageId>) -> Self {
        match self {
            Self::NotYet if is_connected => Self::First,
            Self::First | Self::Sure if !is_connected => Self::Lost(heard),
            unchanged => unchanged,
        }
    }

    /// A message arrived. Where none had before, it need not be said that what was missed is recovered.
    pub(super) fn follow_message(self) -> Self {
        match self {
            Self::Lost(None) => Self::Sure,
            unchanged => unchanged,
        }
    }

    /// Whether others may have been missed.
    pub(super) const fn is_in_doubt(self) -> bool {
        matches!(self, Self::NotYet | Self::Lost(_))
    }
}
