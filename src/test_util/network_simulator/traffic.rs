use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::SeqCst},
};

/// The traffic that has passed through a network.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    connections: AtomicU64,
    open: AtomicU64,
    pub(super) to_server: ByteCount,
    pub(super) to_clients: ByteCount,
}

/// The bytes of one direction.
#[derive(Debug, Default)]
pub(super) struct ByteCount(AtomicU64);

/// Counts a connection as open until it is dropped.
pub(super) struct OpenConnection(Arc<Traffic>);

impl Traffic {
    pub(super) fn count_connection(self: &Arc<Self>) -> OpenConnection {
        self.connections.fetch_add(1, SeqCst);
        self.open.fetch_add(1, SeqCst);
        OpenConnection(self.clone())
    }

    pub(super) fn connections(&self) -> u64 {
        self.connections.load(SeqCst)
    }

    pub(super) fn open(&self) -> u64 {
        self.open.load(SeqCst)
    }
}

impl ByteCount {
    pub(super) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, SeqCst);
    }

    pub(super) fn bytes(&self) -> u64 {
        self.0.load(SeqCst)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, SeqCst);
    }
}
