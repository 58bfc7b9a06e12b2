use std::{
    fmt, io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::SessionStore;

/// Keeps the session in memory, until the store is dropped.
#[derive(Default)]
pub struct MemoryStore(Mutex<Option<Vec<u8>>>);

impl MemoryStore {
    fn record(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for MemoryStore {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.record().clone())
    }

    fn save(&self, record: &[u8]) -> io::Result<()> {
        *self.record() = Some(record.to_vec());
        Ok(())
    }

    fn set_aside(&self) -> io::Result<String> {
        *self.record() = None;
        Ok("nowhere: it was dropped from memory".into())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore(…)")
    }
}
