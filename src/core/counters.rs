use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// How much of what arrived never reached the game, or only as it came, and of what the game said was
/// never sent. Only ever grows.
#[derive(Debug, Default)]
pub struct Counters {
    malformed: AtomicU64,
    unmodelled: AtomicU64,
    echoes: AtomicU64,
    shed: AtomicU64,
    duplicates: AtomicU64,
    withheld: AtomicU64,
    /// What the outbox holds now.
    outbox: AtomicUsize,
}

impl Counters {
    /// Frames that were not JSON, or lacked what their kind must have.
    pub fn malformed(&self) -> u64 {
        self.malformed.load(Relaxed)
    }

    /// Frames of kinds that this crate does not model: they reach the game as they came.
    pub fn unmodelled(&self) -> u64 {
        self.unmodelled.load(Relaxed)
    }

    /// Frames that this device itself had sent.
    pub fn echoes(&self) -> u64 {
        self.echoes.load(Relaxed)
    }

    /// Transient events let go because the game did not drain what had arrived.
    pub fn shed(&self) -> u64 {
        self.shed.load(Relaxed)
    }

    /// Messages that had arrived before, and changes that had, or that a later one overtook.
    pub fn duplicates(&self) -> u64 {
        self.duplicates.load(Relaxed)
    }

    /// Transient messages that were not sent, as the server's settings forbid them.
    pub fn withheld(&self) -> u64 {
        self.withheld.load(Relaxed)
    }

    pub(crate) fn outbox(&self) -> usize {
        self.outbox.load(Relaxed)
    }

    pub(crate) fn note_outbox(&self, messages: usize) {
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
