use std::sync::{Mutex, MutexGuard, PoisonError};

use super::memory::Reservation;

/// How much of each connection's input is not counted: its first buffer, which it has anyway.
const UNCOUNTED: usize = 8 << 10;

/// What a connection has received of a TLS handshake or a request that is not complete yet. It counts as memory of the
/// peer, and what the longest of them took stays counted: the buffer that held it is kept.
pub(super) struct PendingInput(Mutex<Counted>);

struct Counted {
    /// How many bytes came since something was complete.
    received: usize,
    /// `None` once nothing is counted any more.
    memory: Option<Reservation>,
}

impl PendingInput {
    /// Counts in what the peer may occupy.
    pub(super) fn new(memory: Reservation) -> Self {
        Self(Mutex::new(Counted {
            received: 0,
            memory: Some(memory),
        }))
    }

    /// Counts bytes that were received; `false` if the peer may not occupy so much.
    #[must_use]
    pub(super) fn add(&self, bytes: usize) -> bool {
        let mut counted = self.lock();
        let received = counted.received + bytes;
        counted.received = received;
        match &mut counted.memory {
            Some(memory) => memory.grow_to(received.saturating_sub(UNCOUNTED)),
            None => true,
        }
    }

    /// The input so far is complete, or is counted elsewhere.
    pub(super) fn complete(&self) {
        self.lock().received = 0;
    }

    /// Stops counting: later input is counted elsewhere.
    pub(super) fn finish(&self) {
        self.lock().memory = None;
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_server::memory::MemoryLimit;

    #[test]
    fn what_is_not_complete_counts_beyond_the_first_buffer() {
        let limit = MemoryLimit::new(100, 100);
        let first = PendingInput::new(limit.reservation(1));
        assert!(first.add(UNCOUNTED + 100));
        let second = PendingInput::new(limit.reservation(1));
        assert!(second.add(UNCOUNTED));
        assert!(!second.add(1));
        // Its buffer is kept.
        first.complete();
        assert!(first.add(UNCOUNTED + 100));
        assert!(!second.add(1));
        first.finish();
        assert!(second.add(1));
    }
}
