use std::sync::Arc;

use serde::Serialize;

use super::{Envelope, OutgoingContent, OutgoingMessage, envelope_setters};
use crate::model::{Payload, RawJson, ReceiverId, payload};

/// A message with data of the game's own, to be sent.
///
/// [`Payload`] makes the data a type; [`new`](Self::new) takes any.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CustomMessage {
    /// What messages of all kinds have.
    pub envelope: Envelope,
    /// The game's name of what it is.
    pub kind: Arc<str>,
    /// The data.
    pub data: RawJson,
    /// The words to show where the kind is not known.
    pub text: Option<Arc<str>>,
    /// A kind within the kind.
    pub sub_type: Option<Arc<str>>,
    /// Whether it becomes the conversation's last message; what the app's settings say if `None`.
    pub updates_conversation: Option<bool>,
    /// Whether players who are away are notified; what the app's settings say if `None`.
    pub sends_notification: Option<bool>,
}

impl CustomMessage {
    /// A message with any data.
    ///
    /// # Errors
    /// When `data` has no JSON form.
    pub fn new(
        receiver: impl Into<ReceiverId>,
        kind: impl Into<Arc<str>>,
        data: &impl Serialize,
    ) -> serde_json::Result<Self> {
        Ok(Self::raw(receiver.into(), kind.into(), RawJson::new(data)?))
    }

    /// A message with a type of the game's own, and its fallback text.
    ///
    /// # Errors
    /// When `payload` has no JSON form.
    pub fn payload<P: Payload>(
        receiver: impl Into<ReceiverId>,
        payload: &P,
    ) -> serde_json::Result<Self> {
        let message = Self::raw(receiver.into(), P::KIND.into(), payload::write(payload)?);
        Ok(message.with_text(payload.fallback_text()))
    }

    fn raw(receiver: ReceiverId, kind: Arc<str>, data: RawJson) -> Self {
        Self {
            envelope: Envelope::to(receiver),
            kind,
            data,
            text: None,
            sub_type: None,
            updates_conversation: None,
            sends_notification: None,
        }
    }

    /// Sets the words to show where the kind is not known.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<Arc<str>>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Sets a kind within the kind.
    #[must_use]
    pub fn with_sub_type(mut self, sub_type: impl Into<Arc<str>>) -> Self {
        self.sub_type = Some(sub_type.into());
        self
    }

    /// Sets whether it becomes the conversation's last message.
    #[must_use]
    pub fn updating_conversation(mut self, updates: bool) -> Self {
        self.updates_conversation = Some(updates);
        self
    }

    /// Sets whether players who are away are notified.
    #[must_use]
    pub fn sending_notification(mut self, sends: bool) -> Self {
        self.sends_notification = Some(sends);
        self
    }
}

envelope_setters!(CustomMessage);

impl From<CustomMessage> for OutgoingMessage {
    fn from(message: CustomMessage) -> Self {
        Self {
            envelope: message.envelope,
            content: OutgoingContent::Custom {
                kind: message.kind,
                data: message.data,
                text: message.text,
                sub_type: message.sub_type,
                updates_conversation: message.updates_conversation,
                sends_notification: message.sends_notification,
            },
        }
    }
}
