use std::sync::Arc;

use super::{Envelope, OutgoingContent, OutgoingMessage, envelope_setters};
use crate::model::{Guid, ReceiverId, Uid};

/// A text message to be sent.
///
/// ```
/// use bevy_cometchat::model::TextMessage;
///
/// let to_one = TextMessage::to_user("bob", "Meet me at the well");
/// let to_all = TextMessage::to_group("guild", "Raid at eight, <@uid:bob>");
/// # assert_ne!(to_one, to_all);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TextMessage {
    /// What messages of all kinds have.
    pub envelope: Envelope,
    /// What it says. `<@uid:bob>` mentions a user.
    pub text: Arc<str>,
}

impl TextMessage {
    /// A message to a user or a group.
    pub fn new(receiver: impl Into<ReceiverId>, text: impl Into<Arc<str>>) -> Self {
        Self {
            envelope: Envelope::to(receiver),
            text: text.into(),
        }
    }

    /// A message to one user.
    pub fn to_user(uid: impl Into<Uid>, text: impl Into<Arc<str>>) -> Self {
        Self::new(uid.into(), text)
    }

    /// A message to all members of a group.
    pub fn to_group(guid: impl Into<Guid>, text: impl Into<Arc<str>>) -> Self {
        Self::new(guid.into(), text)
    }
}

envelope_setters!(TextMessage);

impl From<TextMessage> for OutgoingMessage {
    fn from(message: TextMessage) -> Self {
        Self {
            envelope: message.envelope,
            content: OutgoingContent::Text(message.text),
        }
    }
}
