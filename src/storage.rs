//! Where the session of a logged-in user is saved.

mod file_store;
mod memory_store;
mod store;

pub use file_store::FileStore;
pub use memory_store::MemoryStore;
pub use store::SessionStore;
