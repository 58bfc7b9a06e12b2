//! The session of a logged-in user, and where it is saved.

mod file_store;
mod memory_store;
mod record;
mod store;

pub use file_store::FileStore;
pub use memory_store::MemoryStore;
pub(crate) use record::{KnownChange, LastChange, Record, Session};
pub use store::SessionStore;
