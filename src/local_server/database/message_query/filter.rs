use rusqlite::types::Value;

use crate::{
    local_server::database::sql::overlap,
    model::Uid,
    wire::message_list::{Affix, MessageListQuery},
};

/// Conditions that hold together, with their parameters: only those that a query needs, so that an index suffices
/// where it can.
#[derive(Clone, Default)]
pub(super) struct Conditions {
    pub(super) sql: Vec<String>,
    pub(super) parameters: Vec<Value>,
}

impl Conditions {
    /// Adds a condition, whose parameters are written `?`, in order.
    pub(super) fn and(
        &mut self,
        sql: impl Into<String>,
        parameters: impl IntoIterator<Item = Value>,
    ) {
        self.sql.push(sql.into());
        self.parameters.extend(parameters);
    }
}

pub(super) fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// An id or time; one beyond what SQLite can hold has nothing behind it, and everything before it.
pub(super) fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The conditions of the query that do not depend on the scope.
pub(super) fn filter(viewer: &Uid, query: &MessageListQuery) -> Conditions {
    let mut filter = Conditions::default();
    // The clients give it beside the id, which says more.
    if let (None, Some(at)) = (query.id, query.sent_at) {
        let sql = match query.affix {
            Affix::Append => "sent_at > ?",
            Affix::Prepend => "sent_at < ?",
        };
        filter.and(sql, [integer(at.0)]);
    }
    // Inclusive: within that second, more may have changed since the client asked.
    match (query.updated_at, query.only_updates) {
        (Some(since), true) => filter.and("changed_at >= ?", [integer(since.0)]),
        (Some(since), false) => filter.and("updated_at >= ?", [integer(since.0)]),
        (None, true) => filter.and("changed_at IS NOT NULL", []),
        (None, false) => {}
    }

    let lists = [
        (
            &query.categories,
            "category IN (SELECT value FROM json_each(?))".to_owned(),
        ),
        (
            &query.kinds,
            "kind IN (SELECT value FROM json_each(?))".to_owned(),
        ),
        (&query.tags, overlap("messages.tags", "?")),
        (&query.mentioned_uids, overlap("messages.mentions", "?")),
        (&query.attachment_types, ATTACHMENT_OF_TYPE.to_owned()),
    ];
    for (list, sql) in lists {
        if let Some(list) = list {
            filter.and(sql, [text(serde_json::to_string(list).unwrap_or_default())]);
        }
    }
    if let Some(search) = &query.search {
        filter.and("instr(lower(data ->> '$.text'), lower(?))", [text(search)]);
    }
    let flags = [
        (query.hide_replies, "parent_id IS NULL"),
        (query.hide_quoted, "quoted_id IS NULL"),
        (
            query.has_attachments,
            "json_array_length(data, '$.attachments') > 0",
        ),
        (
            query.has_links,
            "(data ->> '$.text' LIKE '%http://%' OR data ->> '$.text' LIKE '%https://%')",
        ),
        (query.has_mentions, "mentions <> '[]'"),
        (
            query.has_reactions,
            "EXISTS (SELECT 1 FROM reactions WHERE message_id = messages.id)",
        ),
        (query.only_pinned, "pinned_at IS NOT NULL"),
    ];
    for (is_set, sql) in flags {
        if is_set {
            filter.and(sql, []);
        }
    }
    if query.hide_deleted {
        filter.and("deleted_at IS NULL", []);
        filter.and(on_message("deleted_at IS NULL"), []);
    }
    if query.unread {
        filter.and(UNREAD, vec![text(viewer.as_str()); 3]);
    }
    if query.only_completed {
        filter.and(COMPLETED, vec![text(viewer.as_str()); 3]);
    }
    if query.only_saved {
        filter.and(
            "id IN (SELECT message_id FROM saves WHERE uid = ?)",
            [text(viewer.as_str())],
        );
    }
    if query.hide_blocked {
        let sql = "sender NOT IN (SELECT blocked FROM blocks WHERE uid = ?)";
        filter.and(sql, [text(viewer.as_str())]);
        filter.and(on_message(sql), [text(viewer.as_str())]);
    }
    filter
}

/// The condition that `condition` holds for the message that an action is about, if it is about one.
pub(super) fn on_message(condition: &str) -> String {
    format!(
        "(on_message_id IS NULL OR EXISTS
            (SELECT 1 FROM messages AS about WHERE about.id = messages.on_message_id AND {condition}))"
    )
}

/// The condition that a message has an attachment of a type: an attachment that is no object has none. It is not a
/// pattern to `LIKE`, which takes quadratic time for one that a client gives.
const ATTACHMENT_OF_TYPE: &str = "EXISTS (SELECT 1 FROM
    (SELECT CASE type WHEN 'object' THEN value ->> '$.mimeType' END AS mime_type FROM json_each(data, '$.attachments'))
    JOIN json_each(?) AS wanted ON wanted.value IN (kind, mime_type) OR
        substr(mime_type, 1, length(wanted.value) + 1) = wanted.value || '/' COLLATE NOCASE)";

/// The condition that the viewer has reached the goal of an interactive message.
const COMPLETED: &str = "CASE data ->> '$.interactionGoal.type'
    WHEN 'anyAction' THEN EXISTS (SELECT 1 FROM interactions WHERE message_id = messages.id AND uid = ?)
    WHEN 'anyOf' THEN EXISTS (
        SELECT 1 FROM interactions WHERE message_id = messages.id AND uid = ?
            AND element_id IN (SELECT value FROM json_each(data, '$.interactionGoal.elementIds')))
    WHEN 'allOf' THEN NOT EXISTS (
        SELECT 1 FROM json_each(data, '$.interactionGoal.elementIds') WHERE value NOT IN (
            SELECT element_id FROM interactions WHERE message_id = messages.id AND uid = ?))
    ELSE false END";

const UNREAD: &str = "sender <> ? AND category <> 'action' AND deleted_at IS NULL AND parent_id IS NULL AND id > max(
    coalesce((SELECT max(up_to) FROM receipts
              WHERE receipts.conversation_id = messages.conversation_id AND uid = ? AND action = 'read'), 0),
    coalesce((SELECT starts_after FROM conversations
              WHERE uid = ? AND conversations.receiver_type = 'group'
                AND conversations.receiver = messages.receiver), 0))";
