mod filter;
#[cfg(test)]
mod tests;

use rusqlite::{params_from_iter, types::Value};

use self::filter::{Conditions, filter, integer, on_message, text};
use super::{
    messages::{SELECT, StoredMessage, read_message},
    sql::{Database, conversation_key},
};
use crate::{
    model::{MessageId, ReceiverId, Uid},
    wire::message_list::{Affix, MessageListQuery},
};

/// The messages among which a list selects.
pub(in crate::local_server) enum MessageScope<'a> {
    /// All messages that the user sent or received.
    Everything,
    /// Those between the user and another, or in a group.
    Conversation(&'a ReceiverId),
    /// The replies to a message.
    Thread(MessageId),
}

/// Part of a list: a range of an index.
struct Stream {
    conditions: Conditions,
    /// The viewer has deleted the messages up to this one.
    deleted_up_to: u64,
}

impl Database<'_> {
    /// The messages of `scope` by ascending id, `limit` at most. The caller checks whether `viewer` may see the group
    /// or thread.
    pub(in crate::local_server) fn messages(
        &self,
        viewer: &Uid,
        scope: &MessageScope<'_>,
        query: &MessageListQuery,
        limit: u32,
    ) -> rusqlite::Result<Vec<StoredMessage>> {
        let mut filter = filter(viewer, query);
        // Where nothing is hidden, an index suffices for most queries.
        if self.has_hidden_messages()? {
            let is_fit = "(moderation IS NULL OR moderation = 'approved' OR sender = ?)";
            filter.and(is_fit, [text(viewer.as_str())]);
            filter.and(on_message(is_fit), [text(viewer.as_str())]);
        }
        // The lists of a conversation have what was sent in it, unless they ask for more.
        let has_changes = matches!(scope, MessageScope::Everything) || asks_for_actions(query);
        if !has_changes && self.has_stored_changes()? {
            filter.and("on_message_id IS NULL", []);
        }
        let streams = self.streams(viewer, scope)?;
        let ids = self.bounded(|| self.merged_ids(&streams, &filter, query, limit as usize))?;
        let mut statement = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
        ids.into_iter()
            .map(|id| statement.query_row([id], read_message))
            .collect()
    }

    /// The parts of `scope`, of which each is a range of an index.
    fn streams(&self, viewer: &Uid, scope: &MessageScope<'_>) -> rusqlite::Result<Vec<Stream>> {
        let mut streams = Vec::new();
        let mut add = |sql: &str, parameters: Vec<Value>, deleted_up_to| {
            let mut conditions = Conditions::default();
            conditions.and(sql, parameters);
            streams.push(Stream {
                conditions,
                deleted_up_to,
            });
        };
        match scope {
            MessageScope::Everything => {
                let has_deleted = self.has_deleted_conversations(viewer)?;
                for (own, other) in [("sender", "receiver"), ("receiver", "sender")] {
                    let own = format!("receiver_type = 'user' AND {own} = ?");
                    if has_deleted {
                        add(
                            &format!("{own} AND {}", not_deleted(other)),
                            vec![text(viewer.as_str()); 2],
                            0,
                        )
                    } else {
                        add(&own, vec![text(viewer.as_str())], 0)
                    }
                }
                for (guid, deleted_up_to) in self.joined_groups(viewer)? {
                    add(IN_GROUP, vec![text(guid)], deleted_up_to);
                }
            }
            // The conversation's key is for the index.
            MessageScope::Conversation(with @ ReceiverId::User(uid)) => {
                let (viewer_text, uid) = (text(viewer.as_str()), text(uid.as_str()));
                add(
                    "conversation_id = ? AND receiver_type = 'user' AND
                     ((sender = ? AND receiver = ?) OR (sender = ? AND receiver = ?))",
                    vec![
                        text(conversation_key(viewer.as_str(), with)),
                        viewer_text.clone(),
                        uid.clone(),
                        uid,
                        viewer_text,
                    ],
                    self.deleted_up_to(viewer, with)?,
                );
            }
            MessageScope::Conversation(with @ ReceiverId::Group(guid)) => {
                let deleted_up_to = self.deleted_up_to(viewer, with)?;
                add(IN_GROUP, vec![text(guid.as_str())], deleted_up_to);
            }
            MessageScope::Thread(parent) => add("parent_id = ?", vec![integer(parent.0)], 0),
        }
        Ok(streams)
    }

    /// The ids of all streams, ascending, `limit` at most.
    fn merged_ids(
        &self,
        streams: &[Stream],
        filter: &Conditions,
        query: &MessageListQuery,
        limit: usize,
    ) -> rusqlite::Result<Vec<u64>> {
        let mut ids: Vec<u64> = Vec::new();
        for stream in streams {
            // Messages beyond the first `limit` need not be read.
            let bound = (ids.len() >= limit).then(|| ids[limit - 1]);
            ids.extend(self.ids(stream, filter, query, bound, limit)?);
            ids.sort_unstable();
            if query.affix == Affix::Prepend {
                ids.reverse();
            }
            // A message to oneself is in two streams.
            ids.dedup();
            ids.truncate(limit);
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// The ids of a stream, next to the anchor, `limit` at most.
    fn ids(
        &self,
        stream: &Stream,
        filter: &Conditions,
        query: &MessageListQuery,
        bound: Option<u64>,
        limit: usize,
    ) -> rusqlite::Result<Vec<u64>> {
        let (sql, parameters) = ids_query(stream, filter, query, bound, limit);
        self.connection
            .prepare_cached(&sql)?
            .query_map(params_from_iter(parameters), |row| row.get(0))?
            .collect()
    }

    /// Whether there are messages that only their senders may see.
    fn has_hidden_messages(&self) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM messages WHERE moderation <> 'approved' LIMIT 1")?
            .exists(())
    }

    /// Whether there are actions about messages.
    fn has_stored_changes(&self) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM messages WHERE on_message_id IS NOT NULL LIMIT 1")?
            .exists(())
    }

    fn joined_groups(&self, uid: &Uid) -> rusqlite::Result<Vec<(String, u64)>> {
        self.connection
            .prepare_cached(
                "SELECT guid, coalesce(deleted_up_to, 0) FROM members
                 LEFT JOIN conversations ON conversations.uid = members.uid AND receiver_type = 'group'
                    AND receiver = guid
                 WHERE members.uid = ?1",
            )?
            .query_map([uid.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    fn has_deleted_conversations(&self, uid: &Uid) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached(
                "SELECT 1 FROM conversations WHERE uid = ?1 AND receiver_type = 'user' AND deleted_up_to > 0",
            )?
            .exists([uid.as_str()])
    }

    fn deleted_up_to(&self, uid: &Uid, with: &ReceiverId) -> rusqlite::Result<u64> {
        self.connection
            .prepare_cached(
                "SELECT coalesce(max(deleted_up_to), 0) FROM conversations
                 WHERE uid = ?1 AND receiver_type = ?2 AND receiver = ?3",
            )?
            .query_row((uid.as_str(), with.kind(), with.as_str()), |row| row.get(0))
    }
}

fn asks_for_actions(query: &MessageListQuery) -> bool {
    let mut categories = query.categories.iter().flatten();
    categories.any(|category| category == "action")
}

const IN_GROUP: &str = "receiver_type = 'group' AND receiver = ?";

/// The condition that the viewer did not delete the message with its conversation. `other` is the column with the other
/// party.
fn not_deleted(other: &str) -> String {
    format!(
        "coalesce(on_message_id, id) > coalesce((SELECT deleted_up_to FROM conversations WHERE uid = ? AND receiver_type = 'user'
            AND conversations.receiver = messages.{other}), 0)"
    )
}

/// The query for the ids of a stream. Each side has one bound, or SQLite would start a range at the wrong one.
fn ids_query(
    stream: &Stream,
    filter: &Conditions,
    query: &MessageListQuery,
    bound: Option<u64>,
    limit: usize,
) -> (String, Vec<Value>) {
    let anchor = query.id.map(|id| id.0);
    let (after, before, order) = match query.affix {
        Affix::Append => (anchor, bound, "ASC"),
        Affix::Prepend => (bound, anchor, "DESC"),
    };
    let after = after.unwrap_or(0).max(stream.deleted_up_to);
    // Changed messages are found by the time of the change, and sorted afterwards: the plus sign prevents the use of
    // the index of ids.
    let id = if query.only_updates { "+id" } else { "id" };
    let mut conditions = stream.conditions.clone();
    conditions.sql.extend(filter.sql.iter().cloned());
    conditions
        .parameters
        .extend(filter.parameters.iter().cloned());
    conditions.and(format!("{id} > ?"), [integer(after)]);
    if stream.deleted_up_to > 0 {
        let sql = "coalesce(on_message_id, id) > ?";
        conditions.and(sql, [integer(stream.deleted_up_to)]);
    }
    if let Some(before) = before {
        conditions.and(format!("{id} < ?"), [integer(before)]);
    }
    let sql = format!(
        "SELECT id FROM messages WHERE {} ORDER BY {id} {order} LIMIT ?",
        conditions.sql.join(" AND ")
    );
    conditions.parameters.push(integer(limit as u64));
    (sql, conditions.parameters)
}
