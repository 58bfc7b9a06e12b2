use std::sync::Arc;

use super::{ReceiverId, User};

/// Somebody started or ended typing (PROTOCOL.md §3.4).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TypingIndicator {
    /// Who types.
    pub user: Arc<User>,
    /// Where: to the logged-in user, or to a group.
    pub receiver: ReceiverId,
    /// Whether they started (`true`) or ended (`false`).
    pub typing: bool,
}
