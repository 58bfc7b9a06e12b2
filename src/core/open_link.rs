use std::time::Duration;

use super::{
    Event,
    recovery::{machine::RecoveryMachine, recheck::Recheck},
};
use crate::connection::LinkId;

/// The number of events held during recovery at which nothing more is read from the socket.
const MAX_HELD: usize = 8_192;

/// One attempt to connect and the connection it becomes.
pub(super) struct Link {
    pub(super) id: LinkId,
    /// Whether the server accepted the auth frame. Frames before that are not for this session yet.
    pub(super) is_live: bool,
    /// Whether too many frames wait to be written.
    pub(super) is_congested: bool,
    /// The events that arrived while what was missed before them is still being fetched; `None` from then on.
    pub(super) held: Option<Vec<Event>>,
    /// The recovery that runs.
    pub(super) recovery: Option<RecoveryMachine>,
    /// The recheck that follows a recovery.
    pub(super) recheck: Option<Recheck>,
}

impl Link {
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let recovery = self
            .recovery
            .as_ref()
            .and_then(RecoveryMachine::next_deadline);
        let recheck = self.recheck.as_ref().and_then(Recheck::next_deadline);
        recovery.or(recheck)
    }

    pub(super) fn is_full(&self) -> bool {
        self.held.as_ref().map_or(0, Vec::len) >= MAX_HELD
    }
}
