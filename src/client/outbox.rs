//! The messages that are not sent yet.

mod change;

pub use change::{OutboxChange, OutboxState, SendsPause};
