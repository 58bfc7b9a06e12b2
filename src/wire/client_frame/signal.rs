use crate::{
    model::{MessageId, RawJson, ReceiverId, TransientMessage, Uid, User, UserStatus},
    wire::{
        envelope::Envelope,
        frame_body::{
            ReceiptAction, ReceiptBody, ReceiptNews, TransientBody, TypingAction, TypingBody,
        },
    },
};

/// Ephemeral data that a client sends over the socket: typing, receipts, transient messages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Signal {
    /// The user started or stopped typing.
    Typing {
        receiver: ReceiverId,
        action: TypingAction,
        metadata: Option<RawJson>,
    },
    /// A message was delivered to the user, or read by them.
    Receipt(Mark),
    /// Data for the users who are connected now.
    Transient(TransientMessage),
}

/// A message was delivered to the user or read by them, and so were all before it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// The other user, or the group.
    pub(crate) conversation: ReceiverId,
    pub(crate) action: ReceiptAction,
    pub(crate) message: MessageId,
    /// The author of the message.
    pub(crate) author: Uid,
}

impl Signal {
    /// The user started or stopped typing.
    pub(crate) const fn typing(receiver: ReceiverId, action: TypingAction) -> Self {
        Self::Typing {
            receiver,
            action,
            metadata: None,
        }
    }

    /// The frame that `user`'s device sends.
    ///
    /// # Errors
    /// When the data of the game has no JSON form.
    pub(crate) fn encode(
        &self,
        app_id: &str,
        device_id: &str,
        user: &User,
    ) -> serde_json::Result<String> {
        let uid = user.uid.as_str();
        // The sender of a signal is online, whatever the presence at login was.
        let user = &User {
            status: UserStatus::Online,
            ..user.clone()
        };
        match self {
            Self::Typing {
                receiver,
                action,
                metadata,
            } => {
                let body = TypingBody {
                    action: *action,
                    user,
                    metadata: metadata.as_ref(),
                };
                Envelope::new("typing_indicator", app_id, uid, device_id, body)
                    .to(receiver)
                    .encode()
            }
            Self::Receipt(mark) => {
                let body = ReceiptBody {
                    action: ReceiptNews::of_one(mark.action),
                    message_id: mark.message,
                    user,
                    timestamp: None,
                };
                Envelope::new("receipts", app_id, uid, device_id, body)
                    .to(&mark.conversation)
                    .about_message_of(mark.author.as_str())
                    .encode()
            }
            Self::Transient(message) => {
                let body = TransientBody {
                    user,
                    data: Some(&message.data),
                };
                Envelope::new("transient_message", app_id, uid, device_id, body)
                    .to(&message.receiver)
                    .encode()
            }
        }
    }
}
