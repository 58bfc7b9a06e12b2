use std::sync::Arc;

use serde::Serialize;

use super::{Envelope, OutgoingContent, OutgoingMessage, envelope_setters};
use crate::model::{RawJson, ReceiverId};

/// A message to interact with, such as a form, to be sent as data.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InteractiveMessage {
    /// What messages of all kinds have.
    pub envelope: Envelope,
    /// What it is, such as `form` or `card`.
    pub kind: Arc<str>,
    /// How it looks and what it does.
    pub data: RawJson,
    /// Which interactions complete it.
    pub goal: Option<RawJson>,
}

impl InteractiveMessage {
    /// A message of that kind.
    ///
    /// # Errors
    /// When `data` has no JSON form.
    pub fn new(
        receiver: impl Into<ReceiverId>,
        kind: impl Into<Arc<str>>,
        data: &impl Serialize,
    ) -> serde_json::Result<Self> {
        Ok(Self {
            envelope: Envelope::to(receiver),
            kind: kind.into(),
            data: RawJson::new(data)?,
            goal: None,
        })
    }

    /// Sets which interactions complete it.
    ///
    /// # Errors
    /// When `goal` has no JSON form.
    pub fn with_goal(mut self, goal: &impl Serialize) -> serde_json::Result<Self> {
        self.goal = Some(RawJson::new(goal)?);
        Ok(self)
    }
}

envelope_setters!(InteractiveMessage);

impl From<InteractiveMessage> for OutgoingMessage {
    fn from(message: InteractiveMessage) -> Self {
        Self {
            envelope: message.envelope,
            content: OutgoingContent::Interactive {
                kind: message.kind,
                data: message.data,
                goal: message.goal,
            },
        }
    }
}
