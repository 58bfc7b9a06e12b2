//! The bodies of frames from the server.

use serde::{Deserialize, Serialize};

use crate::model::{MessageId, RawJson, Timestamp, User};

/// Whether typing began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TypingAction {
    Started,
    Ended,
}

/// Whether a message was delivered to a receiver, or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReceiptAction {
    Delivered,
    Read,
}

/// The action of a receipt, for the author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReceiptNews {
    Delivered,
    Read,
    /// It was delivered to the last member of the group.
    DeliveredToAll,
    /// The last member of the group read it.
    ReadByAll,
}

impl ReceiptNews {
    /// The action of one receiver.
    pub(crate) const fn of_one(action: ReceiptAction) -> Self {
        match action {
            ReceiptAction::Delivered => Self::Delivered,
            ReceiptAction::Read => Self::Read,
        }
    }

    /// The action of all receivers.
    pub(crate) const fn of_all(action: ReceiptAction) -> Self {
        match action {
            ReceiptAction::Delivered => Self::DeliveredToAll,
            ReceiptAction::Read => Self::ReadByAll,
        }
    }
}

/// Whether a user connected or disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PresenceAction {
    Online,
    Offline,
}

/// The body of `auth` from the server.
#[derive(Serialize)]
pub(crate) struct AuthReply<'a> {
    /// `200` when accepted.
    pub(crate) code: &'a str,
    /// `OK` when accepted, else the reason.
    pub(crate) status: &'a str,
}

/// The body of `typing_indicator`.
#[derive(Serialize)]
pub(crate) struct TypingBody<'a> {
    pub(crate) action: TypingAction,
    pub(crate) user: &'a User,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<&'a RawJson>,
}

/// The body of `receipts`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptBody<'a> {
    pub(crate) action: ReceiptNews,
    pub(crate) message_id: MessageId,
    pub(crate) user: &'a User,
    /// Added by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp: Option<Timestamp>,
}

/// The body of `transient_message`.
#[derive(Serialize)]
pub(crate) struct TransientBody<'a> {
    pub(crate) user: &'a User,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<&'a RawJson>,
}

/// The body of `presence`.
#[derive(Serialize)]
pub(crate) struct PresenceBody<'a> {
    pub(crate) action: PresenceAction,
    pub(crate) timestamp: Timestamp,
    pub(crate) user: &'a User,
}

/// The body of `reaction`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReactionBody<'a> {
    /// `message_reaction_added` or `message_reaction_removed`.
    pub(crate) action: &'static str,
    #[serde(flatten)]
    pub(crate) reaction: ReactionObject<'a>,
    pub(crate) conversation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<MessageId>,
}

/// A reaction of a user to a message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReactionObject<'a> {
    pub(crate) id: String,
    pub(crate) message_id: MessageId,
    pub(crate) reaction: &'a str,
    pub(crate) uid: &'a str,
    pub(crate) reacted_at: Timestamp,
    pub(crate) reacted_by: User,
}

/// The body of `interaction_completed`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InteractionBody<'a> {
    pub(crate) message_id: MessageId,
    pub(crate) user: &'a User,
    pub(crate) interactions: Vec<InteractionObject>,
}

/// The use of an element of an interactive message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InteractionObject {
    pub(crate) element_id: String,
    pub(crate) interacted_at: Timestamp,
}
