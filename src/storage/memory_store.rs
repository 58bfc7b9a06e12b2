use std::{
    collections::HashMap,
    fmt, io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::SessionStore;

/// Stores the session in memory, until the store is dropped.
#[derive(Default)]
pub struct MemoryStore(Mutex<Records>);

#[derive(Default)]
struct Records {
    session: Option<Vec<u8>>,
    named: HashMap<String, Vec<u8>>,
}

impl MemoryStore {
    fn records(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for MemoryStore {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.records().session.clone())
    }

    fn save(&self, record: &[u8]) -> io::Result<()> {
        self.records().session = Some(record.to_vec());
        Ok(())
    }

    fn load_named(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.records().named.get(name).cloned())
    }

    fn save_named(&self, name: &str, record: &[u8]) -> io::Result<()> {
        self.records().named.insert(name.into(), record.to_vec());
        Ok(())
    }

    fn set_aside(&self) -> io::Result<String> {
        self.records().session = None;
        Ok("nowhere: it was dropped from memory".into())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore(…)")
    }
}
