//! Messages to be sent.

mod custom_message;
mod interactive_message;
mod media_message;
mod outgoing_message;
mod text_message;
mod transient_message;

pub use custom_message::CustomMessage;
pub use interactive_message::InteractiveMessage;
pub use media_message::{MediaMessage, Upload};
pub use outgoing_message::{Envelope, OutgoingContent, OutgoingMessage};
pub use text_message::TextMessage;
pub use transient_message::TransientMessage;

/// What can be set on a message of any kind.
macro_rules! envelope_setters {
    ($message:ident) => {
        impl $message {
            /// Sets the id by which the game knows the message; the server echoes it. One is made up when there is
            /// none. Two messages of a user must not have the same: the second would be taken for the first.
            #[must_use]
            pub fn with_muid(mut self, muid: impl Into<std::sync::Arc<str>>) -> Self {
                self.envelope.muid = Some(muid.into());
                self
            }

            /// Attaches data.
            ///
            /// # Errors
            /// When `metadata` has no JSON form.
            pub fn with_metadata(
                mut self,
                metadata: &impl serde::Serialize,
            ) -> serde_json::Result<Self> {
                self.envelope.metadata = Some(crate::model::RawJson::new(metadata)?);
                Ok(self)
            }

            /// Attaches a tag.
            #[must_use]
            pub fn with_tag(mut self, tag: impl Into<std::sync::Arc<str>>) -> Self {
                self.envelope.tags.push(tag.into());
                self
            }

            /// Makes it an answer in the thread of `parent`.
            #[must_use]
            pub fn in_thread_of(mut self, parent: crate::model::MessageId) -> Self {
                self.envelope.parent_id = Some(parent);
                self
            }

            /// Quotes another message of the conversation.
            #[must_use]
            pub fn quoting(mut self, message: crate::model::MessageId) -> Self {
                self.envelope.quoted_id = Some(message);
                self
            }
        }
    };
}
pub(crate) use envelope_setters;
