//! Where the session of a logged-in user is saved.

mod file_store;
mod memory_store;

use std::{fmt, io};

pub use file_store::FileStore;
pub use memory_store::MemoryStore;

/// Where a session is saved: one record of bytes, which hold secrets.
///
/// The client calls it on its own thread: at `init`, `login` and `logout`, every 10 s while messages arrive, and, with a
/// persistent outbox, before a message is sent and when that ends.
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// The record, if one is saved.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    fn load(&self) -> io::Result<Option<Vec<u8>>>;

    /// Replaces the record, as a whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written; the record of before is still there.
    fn save(&self, record: &[u8]) -> io::Result<()>;

    /// Moves a record that can't be read out of the way, and returns a description of where it is now.
    ///
    /// # Errors
    /// When it cannot be moved.
    fn set_aside(&self) -> io::Result<String>;
}
