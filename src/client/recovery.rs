use super::ChatError;
use crate::model::MessageId;

/// What a new connection brought of the messages missed while there was none (rule D3). They have been delivered
/// before this, in order; live ones follow it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recovery {
    /// How many messages were delivered.
    pub recovered: usize,
    /// What is still missing, if anything.
    pub gap: Option<Gap>,
}

/// Messages that were missed and not fetched.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Gap {
    /// The last message before the gap.
    pub after: MessageId,
    /// The first message after the gap; `None` when the gap goes up to the moment of connecting.
    pub before: Option<MessageId>,
    /// Why the rest was not fetched; `None` when it was more than
    /// [`recovery_limit`](super::AppSettingsBuilder::recovery_limit).
    pub error: Option<ChatError>,
}
