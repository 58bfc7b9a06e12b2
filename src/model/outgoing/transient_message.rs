use serde::Serialize;

use crate::model::{RawJson, ReceiverId};

/// Data that goes to whoever is connected now, and is never stored or queued: an emote, a wave (PROTOCOL.md §3.4).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TransientMessage {
    /// Whom it goes to.
    pub receiver: ReceiverId,
    /// The data.
    pub data: RawJson,
}

impl TransientMessage {
    /// Data to a user or a group.
    ///
    /// # Errors
    /// When `data` has no JSON form.
    pub fn new(receiver: impl Into<ReceiverId>, data: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self {
            receiver: receiver.into(),
            data: RawJson::new(data)?,
        })
    }
}
