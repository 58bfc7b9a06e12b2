//! The conversation object (PROTOCOL.md §2.10).

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::model::MessageId;

/// What a user has with another, or as a member of a group.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConversationObject {
    pub(crate) conversation_id: String,
    pub(crate) conversation_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_message: Option<Box<RawValue>>,
    pub(crate) conversation_with: Box<RawValue>,
    pub(crate) unread_message_count: u64,
    pub(crate) unread_mentions_count: u64,
    pub(crate) last_read_message_id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latest_message_id: Option<MessageId>,
    pub(crate) tags: Vec<Arc<str>>,
}

/// How many messages of a conversation are unread.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnreadCount {
    pub(crate) entity_type: &'static str,
    pub(crate) entity_id: String,
    pub(crate) count: u64,
}
