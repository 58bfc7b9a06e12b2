//! A line at a gate, and what a gate decides on it.

use std::sync::Arc;

use crate::model::{Message, ReceiverId};

/// A line at a gate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GatedLine {
    /// The text: as it was written, or as the gates before this one have masked it.
    pub text: String,
    /// The conversation: the user or group that an outgoing line goes to, the other user or the group of an incoming one.
    pub with: ReceiverId,
    /// The message of an incoming line. `None` for an outgoing one.
    pub message: Option<Arc<Message>>,
}

impl GatedLine {
    /// A line that the user has written.
    pub(in crate::chat_box) fn outgoing(text: &str, to: &ReceiverId) -> Self {
        Self {
            text: text.into(),
            with: to.clone(),
            message: None,
        }
    }
}

/// The decision of a gate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum GateVerdict {
    /// The line passes.
    #[default]
    Allow,
    /// The line passes with this text in place of its own.
    Mask(String),
    /// The player decides. An outgoing line is not sent, an incoming one not shown, until they click a button. The text
    /// is the reason, for the player.
    Hold(String),
    /// The line does not pass. The text is the reason, for the player.
    Refuse(String),
}
