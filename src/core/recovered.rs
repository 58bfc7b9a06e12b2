use crate::{
    error::ChatError,
    model::{MessageId, Timestamp},
};

/// The result of the recovery of missed messages. The messages were delivered before it, in order; live messages follow
/// it. Another result follows after [`Timing::recheck_after`](crate::connection::Timing::recheck_after) if messages
/// were found then that the server's lists did not have yet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recovery {
    /// The number of recovered messages.
    pub recovered: usize,
    /// The number of recovered edits and deletions of earlier messages.
    pub changed: usize,
    /// The messages that are still missing, if any.
    pub gap: Option<Gap>,
    /// The edits and deletions that are still missing, if any.
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
    /// The error that ended the fetch. `None` if there were more than
    /// [`recovery_limit`](crate::client::AppSettingsBuilder::recovery_limit).
    pub error: Option<ChatError>,
}

/// Edits and deletions that were missed and not fetched.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChangesGap {
    /// The second of the server's clock from which on changes may be missing.
    pub since: Timestamp,
    /// The error that ended the fetch. `None` if there were more than
    /// [`recovery_limit`](crate::client::AppSettingsBuilder::recovery_limit).
    pub error: Option<ChatError>,
}
