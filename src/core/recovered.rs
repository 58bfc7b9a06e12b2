use crate::{
    error::ChatError,
    model::{MessageId, Timestamp},
};

/// What a new connection brought of what was missed while there was none. It has been delivered before
/// this, in order; live messages follow it. Another one follows some seconds later, after
/// [`Timing::recheck_after`](crate::connection::Timing::recheck_after), if messages were missed that the server's lists did
/// not have yet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recovery {
    /// How many messages were delivered.
    pub recovered: usize,
    /// How many edits and deletions of earlier messages were delivered.
    pub changed: usize,
    /// What messages are still missing, if any.
    pub gap: Option<Gap>,
    /// What edits and deletions are still missing, if any.
    pub changes_gap: Option<ChangesGap>,
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
    /// [`recovery_limit`](crate::client::AppSettingsBuilder::recovery_limit).
    pub error: Option<ChatError>,
}

/// Edits and deletions that were missed and not fetched.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChangesGap {
    /// The second of the server's clock from which on changes may be missing.
    pub since: Timestamp,
    /// Why the rest was not fetched; `None` when it was more than
    /// [`recovery_limit`](crate::client::AppSettingsBuilder::recovery_limit).
    pub error: Option<ChatError>,
}
