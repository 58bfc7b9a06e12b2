//! The bodies of the frames that the server passes on or makes up (PROTOCOL.md §3.2–§3.4).

use serde::{Deserialize, Serialize};

use crate::model::{MessageId, RawJson, Timestamp, User};

/// Whether typing began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TypingAction {
    Started,
    Ended,
}

/// What happened to a message at its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReceiptAction {
    Delivered,
    Read,
}

/// Whether a user came or went.
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
    /// `OK` when accepted, the reason otherwise.
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
    pub(crate) action: ReceiptAction,
    pub(crate) message_id: MessageId,
    pub(crate) user: &'a User,
    pub(crate) timestamp: Timestamp,
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
