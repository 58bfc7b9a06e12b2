use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A limit on the memory that peers occupy with incomplete input and unread output, in total and for each peer.
pub(super) struct MemoryLimit {
    total: usize,
    per_peer: usize,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    total: usize,
    by_peer: HashMap<u64, usize>,
}

/// Bytes that a peer occupies, until this is dropped.
pub(super) struct Reservation {
    limit: Arc<MemoryLimit>,
    peer: u64,
    bytes: usize,
}

impl MemoryLimit {
    pub(super) fn new(total: usize, per_peer: usize) -> Arc<Self> {
        Arc::new(Self {
            total,
            per_peer,
            used: Mutex::default(),
        })
    }

    /// An empty reservation, to [grow](Reservation::grow).
    pub(super) fn reservation(self: &Arc<Self>, peer: u64) -> Reservation {
        Reservation {
            limit: self.clone(),
            peer,
            bytes: 0,
        }
    }

    fn free(&self, peer: u64, bytes: usize) {
        let mut used = self.used();
        used.total = used.total.saturating_sub(bytes);
        if let Some(of_peer) = used.by_peer.get_mut(&peer) {
            *of_peer = of_peer.saturating_sub(bytes);
            if *of_peer == 0 {
                used.by_peer.remove(&peer);
            }
        }
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Occupies at least this number of bytes, in the same way as [`grow`](Self::grow).
    #[must_use]
    pub(super) fn grow_to(&mut self, bytes: usize) -> bool {
        bytes <= self.bytes || self.grow(bytes - self.bytes)
    }

    /// Occupies this number of bytes from now on; `false`, and nothing changes, if that exceeds a limit.
    #[must_use]
    pub(super) fn set(&mut self, bytes: usize) -> bool {
        if bytes >= self.bytes {
            return self.grow_to(bytes);
        }
        let freed = self.bytes - bytes;
        self.bytes = bytes;
        self.limit.free(self.peer, freed);
        true
    }

    /// Occupies more; `false`, and nothing changes, if that exceeds a limit.
    #[must_use]
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let mut used = self.limit.used();
        let of_peer = used.by_peer.get(&self.peer).copied().unwrap_or(0);
        if used.total + bytes > self.limit.total || of_peer + bytes > self.limit.per_peer {
            return false;
        }
        used.total += bytes;
        used.by_peer.insert(self.peer, of_peer + bytes);
        self.bytes += bytes;
        true
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.limit.free(self.peer, self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_has_a_share_of_the_whole_and_gives_it_back() {
        let limit = MemoryLimit::new(100, 60);
        let mut first = limit.reservation(1);
        assert!(first.grow(60));
        assert!(!first.grow(1));
        let mut second = limit.reservation(2);
        assert!(!second.grow(41));
        assert!(second.grow(40));
        drop(first);
        assert!(second.grow(20));
        assert!(!second.grow(1));
        assert!(second.set(10));
        assert!(second.set(60) && !second.set(61));
        drop(second);
        assert!(limit.used().by_peer.is_empty());
        assert_eq!(limit.used().total, 0);
    }
}
