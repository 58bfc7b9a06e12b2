use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// How many frames and events were dropped or reached the game unread, and how many signals were not sent. Counters only
/// grow.
#[derive(Debug, Default)]
pub struct Counters {
    malformed: AtomicU64,
    unmodelled: AtomicU64,
    echoes: AtomicU64,
    shed: AtomicU64,
    duplicates: AtomicU64,
    withheld: AtomicU64,
    /// How many messages the outbox holds now.
    outbox: AtomicUsize,
}

impl Counters {
    /// Frames that can't be read or are too long, and rows of fetched pages that can't be read.
    pub fn malformed(&self) -> u64 {
        self.malformed.load(Relaxed)
    }

    /// Frames of kinds that this crate does not model: they reach the game as they came.
    pub fn unmodelled(&self) -> u64 {
        self.unmodelled.load(Relaxed)
    }

    /// Frames that this device had sent itself.
    pub fn echoes(&self) -> u64 {
        self.echoes.load(Relaxed)
    }

    /// Transient events that were dropped because the game did not keep up.
    pub fn shed(&self) -> u64 {
        self.shed.load(Relaxed)
    }

    /// Messages and changes that had arrived before, and changes older than one that had.
    pub fn duplicates(&self) -> u64 {
        self.duplicates.load(Relaxed)
    }

    /// Transient messages that were not sent because the server's settings forbid them.
    pub fn withheld(&self) -> u64 {
        self.withheld.load(Relaxed)
    }

    pub(crate) fn outbox(&self) -> usize {
        self.outbox.load(Relaxed)
    }

    pub(crate) fn set_outbox(&self, messages: usize) {
        self.outbox.store(messages, Relaxed);
    }

    pub(crate) fn count_duplicate(&self) {
        self.duplicates.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_malformed(&self) {
        self.malformed.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_unmodelled(&self) {
        self.unmodelled.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_echo(&self) {
        self.echoes.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_shed(&self) {
        self.shed.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_withheld(&self) {
        self.withheld.fetch_add(1, Relaxed);
    }
}
