use std::sync::Arc;

use super::{Timestamp, User};

/// Somebody whom a message was for, and how far it got with them (PROTOCOL.md §1.3).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recipient {
    /// Who.
    pub user: Arc<User>,
    /// When it reached them.
    pub delivered_at: Option<Timestamp>,
    /// When they read it.
    pub read_at: Option<Timestamp>,
}
