//! Storage for the session of a logged-in user.

mod memory_store;

use std::{fmt, io, path::PathBuf, sync::Arc};

pub use memory_store::MemoryStore;

/// A store for the session: one record of bytes, which contain secrets.
///
/// The client calls it on its own thread, except for [named records](Self::load_named): at `init`, `login` and `logout`,
/// every 10 s while messages arrive, and, with a persistent outbox, before a message is sent and when that ends.
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// The record, if one is saved.
    ///
    /// # Errors
    /// When a record is saved and can't be read.
    fn load(&self) -> io::Result<Option<Vec<u8>>>;

    /// Replaces the record atomically.
    ///
    /// # Errors
    /// When the record can't be written. The previous record must be unchanged.
    fn save(&self, record: &[u8]) -> io::Result<()>;

    /// Loads another record of the game, beside the session, such as the players that a user has muted. By default there is
    /// none. Called on the thread that calls [`Client::load_record`](crate::client::Client::load_record), which waits for it:
    /// the chat box does that in systems.
    ///
    /// # Errors
    /// When a record is saved and can't be read.
    fn load_named(&self, _name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// Replaces such a record atomically. By default nothing is saved. Called on the thread that calls
    /// [`Client::save_record`](crate::client::Client::save_record).
    ///
    /// # Errors
    /// When the record can't be written. The previous record must be unchanged.
    fn save_named(&self, _name: &str, _record: &[u8]) -> io::Result<()> {
        Ok(())
    }

    /// Moves an unreadable record out of the way. Returns a description of its new location.
    ///
    /// # Errors
    /// When the record can't be moved.
    fn set_aside(&self) -> io::Result<String>;
}

/// The store that the settings choose.
#[derive(Clone, Debug, Default)]
pub(crate) enum Storage {
    /// The platform's own.
    #[default]
    Default,
    /// Files in this directory.
    Directory(PathBuf),
    Custom(Arc<dyn SessionStore>),
}
