use rusqlite::{params_from_iter, types::Value};

use super::{
    Database,
    conversations::overlap,
    messages::{SELECT, StoredMessage, read_message},
};
use crate::{
    model::{MessageId, ReceiverId, Uid},
    wire::{
        message::conversation_id,
        message_list::{Affix, MessageListQuery},
    },
};

/// Which messages a list is of.
pub(in crate::local_server) enum MessageScope<'a> {
    /// All that the user sent or got.
    Everything,
    /// Those between the user and another, or in a group.
    Conversation(&'a ReceiverId),
    /// The replies to a message.
    Thread(MessageId),
}

/// Conditions that hold together, with their parameters: only those that a query needs, so that an index suffices
/// where it can.
#[derive(Clone, Default)]
struct Conditions {
    sql: Vec<String>,
    parameters: Vec<Value>,
}

impl Conditions {
    /// Adds a condition, whose parameters are written `?`, in order.
    fn and(&mut self, sql: impl Into<String>, parameters: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.parameters.extend(parameters);
    }
}

/// Part of a list: a range of an index.
struct Stream {
    conditions: Conditions,
    /// What was said up to here the viewer deleted.
    deleted_up_to: u64,
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// An id or time; one beyond what SQLite can hold has nothing behind it, and everything before it.
fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

impl Database<'_> {
    /// The messages of `scope` by ascending id, `limit` at most. Whether `viewer` may see a group or a thread is for
    /// the caller to know.
    pub(in crate::local_server) fn messages(
        &self,
        viewer: &Uid,
        scope: &MessageScope<'_>,
        query: &MessageListQuery,
        limit: u32,
    ) -> rusqlite::Result<Vec<StoredMessage>> {
        let filter = filter(viewer, query);
        let limit = limit as usize;
        let mut ids: Vec<u64> = Vec::new();
        for stream in self.streams(viewer, scope)? {
            // What cannot be among the first `limit` need not be read.
            let bound = (ids.len() >= limit).then(|| ids[limit - 1]);
            ids.extend(self.ids(&stream, &filter, query, bound, limit)?);
            ids.sort_unstable();
            if query.affix == Affix::Prepend {
                ids.reverse();
            }
            // A message to oneself is in two streams.
            ids.dedup();
            ids.truncate(limit);
        }
        ids.sort_unstable();
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
                    match has_deleted {
                        true => add(
                            &format!("{own} AND {}", not_deleted(other)),
                            vec![text(viewer.as_str()); 2],
                            0,
                        ),
                        false => add(&own, vec![text(viewer.as_str())], 0),
                    }
                }
                for (guid, deleted_up_to) in self.joined_groups(viewer)? {
                    add(IN_GROUP, vec![text(guid)], deleted_up_to);
                }
            }
            // The conversation's id is for the index. Uids with `_user_` in them can make two conversations share one.
            MessageScope::Conversation(with @ ReceiverId::User(uid)) => {
                let (viewer_text, uid) = (text(viewer.as_str()), text(uid.as_str()));
                add(
                    "conversation_id = ? AND receiver_type = 'user' AND
                     ((sender = ? AND receiver = ?) OR (sender = ? AND receiver = ?))",
                    vec![
                        text(conversation_id(viewer.as_str(), with)),
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

const IN_GROUP: &str = "receiver_type = 'group' AND receiver = ?";

/// Whether the viewer did not delete the message with its conversation. `other` is the column of whom it is with.
fn not_deleted(other: &str) -> String {
    format!(
        "id > coalesce((SELECT deleted_up_to FROM conversations WHERE uid = ? AND receiver_type = 'user'
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
    // What changed is found by when it changed, and put in order then: the plus keeps the index of ids out.
    let id = match query.only_updates {
        true => "+id",
        false => "id",
    };
    let mut conditions = stream.conditions.clone();
    conditions.sql.extend(filter.sql.iter().cloned());
    conditions
        .parameters
        .extend(filter.parameters.iter().cloned());
    conditions.and(format!("{id} > ?"), [integer(after)]);
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

/// What the query asks for, whatever the scope.
fn filter(viewer: &Uid, query: &MessageListQuery) -> Conditions {
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
        (query.hide_deleted, "deleted_at IS NULL"),
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
        filter.and(
            "sender NOT IN (SELECT blocked FROM blocks WHERE uid = ?)",
            [text(viewer.as_str())],
        );
    }
    filter
}

const ATTACHMENT_OF_TYPE: &str =
    "EXISTS (SELECT 1 FROM json_each(data, '$.attachments') AS attachment
    JOIN json_each(?) AS wanted ON wanted.value IN (kind, attachment.value ->> '$.mimeType') OR
        attachment.value ->> '$.mimeType' LIKE wanted.value || '/%')";

/// Interactive messages with whose elements the viewer did what their goal says.
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

#[cfg(test)]
mod tests {
    use super::super::{
        ConversationFilter, Database, MemberScope, NewMessage,
        tests::{NOW, with_users},
    };
    use super::*;
    use crate::model::{Group, GroupKind, Timestamp};

    const NONE: [u64; 0] = [];

    /// Messages 1 to 5 between alice and bob, of which 3 answers 1; 6 in the guild, of which alice is; 7 elsewhere.
    fn database_with_messages(connection: &rusqlite::Connection) -> Database<'_> {
        let database = Database::new(connection);
        let alice = Uid::from("alice");
        for guid in ["guild", "elsewhere"] {
            let group = Group::new(guid, guid, GroupKind::Public);
            database.create_group(&group, None, &alice, NOW).unwrap();
        }
        database
            .add_member("guild", &alice, MemberScope::Admin, NOW)
            .unwrap();
        let (alice_there, bob_there) = (
            ReceiverId::User("alice".into()),
            ReceiverId::User("bob".into()),
        );
        let send = |sender: &str, receiver: &ReceiverId, parent: Option<u64>, at: u64| {
            let message = NewMessage {
                muid: None,
                sender: &sender.into(),
                resource: "",
                receiver,
                category: "message",
                kind: if at == 5 { "image" } else { "text" },
                data: &Default::default(),
                tags: &[],
                parent_id: parent.map(MessageId),
                quoted_id: None,
                mentions: &[],
                action_on: None,
            };
            database.create_message(&message, Timestamp(at)).unwrap();
        };
        send("alice", &bob_there, None, 1);
        send("bob", &alice_there, None, 2);
        send("alice", &bob_there, Some(1), 3);
        send("bob", &alice_there, None, 4);
        send("alice", &bob_there, None, 5);
        send("bob", &ReceiverId::Group("guild".into()), None, 6);
        send("bob", &ReceiverId::Group("elsewhere".into()), None, 7);
        database
    }

    fn ids(scope: MessageScope<'_>, query: MessageListQuery, limit: u32) -> Vec<u64> {
        let connection = with_users(&["alice", "bob"]);
        database_with_messages(&connection)
            .messages(&"alice".into(), &scope, &query, limit)
            .unwrap()
            .into_iter()
            .map(|message| message.id.0)
            .collect()
    }

    #[test]
    fn a_list_is_next_to_its_anchor_and_ascends() {
        let bob = ReceiverId::User("bob".into());
        let list = |affix, id: Option<u64>| {
            let query = MessageListQuery {
                affix,
                id: id.map(MessageId),
                ..Default::default()
            };
            ids(MessageScope::Conversation(&bob), query, 2)
        };
        assert_eq!(list(Affix::Prepend, None), [4, 5]);
        assert_eq!(list(Affix::Prepend, Some(4)), [2, 3]);
        assert_eq!(list(Affix::Prepend, Some(1)), NONE);
        assert_eq!(list(Affix::Append, None), [1, 2]);
        assert_eq!(list(Affix::Append, Some(2)), [3, 4]);
        assert_eq!(list(Affix::Append, Some(5)), NONE);
        assert_eq!(list(Affix::Append, Some(u64::MAX)), NONE);
    }

    #[test]
    fn a_scope_holds_what_the_user_may_see() {
        let all = |scope| ids(scope, MessageListQuery::default(), 100);
        assert_eq!(all(MessageScope::Everything), [1, 2, 3, 4, 5, 6]);
        let guild = ReceiverId::Group("guild".into());
        assert_eq!(all(MessageScope::Conversation(&guild)), [6]);
        assert_eq!(all(MessageScope::Thread(MessageId(1))), [3]);
    }

    #[test]
    fn a_filter_leaves_out_what_does_not_fit() {
        let all = |query| ids(MessageScope::Everything, query, 100);
        let unfiltered = MessageListQuery::default;
        assert_eq!(
            all(MessageListQuery {
                hide_replies: true,
                kinds: Some(vec!["text".to_owned(), "video".to_owned()]),
                ..unfiltered()
            }),
            [1, 2, 4, 6]
        );
        assert_eq!(
            all(MessageListQuery {
                affix: Affix::Append,
                sent_at: Some(Timestamp(4)),
                ..unfiltered()
            }),
            [5, 6]
        );
        assert_eq!(
            all(MessageListQuery {
                categories: Some(vec!["custom".to_owned()]),
                ..unfiltered()
            }),
            NONE
        );
    }

    fn plans(
        database: &Database<'_>,
        scope: &MessageScope<'_>,
        query: &MessageListQuery,
    ) -> Vec<String> {
        let alice = Uid::from("alice");
        let filter = filter(&alice, query);
        let streams = database.streams(&alice, scope).unwrap();
        let plan = |stream| {
            let (sql, parameters) = ids_query(stream, &filter, query, Some(1_000), 100);
            let mut statement = database
                .connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            let steps = statement
                .query_map(params_from_iter(parameters), |row| {
                    row.get::<_, String>("detail")
                })
                .unwrap();
            steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
        };
        streams.iter().map(plan).collect()
    }

    #[test]
    fn catching_up_reads_ranges_of_indexes() {
        let connection = with_users(&["alice", "bob"]);
        let database = database_with_messages(&connection);
        let after = MessageListQuery {
            affix: Affix::Append,
            id: Some(MessageId(3)),
            ..Default::default()
        };
        let range = "SEARCH messages USING COVERING INDEX messages_by";
        assert_eq!(
            plans(&database, &MessageScope::Everything, &after),
            [
                format!("{range}_sender (sender=? AND id>? AND id<?)"),
                format!("{range}_receiver (receiver_type=? AND receiver=? AND id>? AND id<?)"),
                format!("{range}_receiver (receiver_type=? AND receiver=? AND id>? AND id<?)"),
            ]
        );
        let changed = MessageListQuery {
            only_updates: true,
            updated_at: Some(Timestamp(3)),
            ..after.clone()
        };
        let range = "SEARCH messages USING COVERING INDEX changes_by";
        let sort = "USE TEMP B-TREE FOR ORDER BY";
        assert_eq!(
            plans(&database, &MessageScope::Everything, &changed),
            [
                format!("{range}_sender (sender=? AND changed_at>?); {sort}"),
                format!(
                    "{range}_receiver (receiver_type=? AND receiver=? AND changed_at>?); {sort}"
                ),
                format!(
                    "{range}_receiver (receiver_type=? AND receiver=? AND changed_at>?); {sort}"
                ),
            ]
        );
        let (bob, guild) = (
            ReceiverId::User("bob".into()),
            ReceiverId::Group("guild".into()),
        );
        let pinned = MessageListQuery {
            only_pinned: true,
            ..after.clone()
        };
        for (scope, query, index) in [
            (
                MessageScope::Conversation(&bob),
                &after,
                "messages_by_conversation",
            ),
            (
                MessageScope::Thread(MessageId(1)),
                &after,
                "messages_by_parent",
            ),
            (
                MessageScope::Conversation(&bob),
                &pinned,
                "pins_by_conversation",
            ),
            (
                MessageScope::Conversation(&guild),
                &pinned,
                "pins_by_receiver",
            ),
        ] {
            let plans = plans(&database, &scope, query);
            assert!(plans.iter().all(|plan| plan.contains(index)), "{plans:?}");
        }
        let saved = MessageListQuery {
            only_saved: true,
            ..after
        };
        for plan in plans(&database, &MessageScope::Everything, &saved) {
            // Each that is saved is looked up, and no other.
            assert!(plan.contains(" AND id=?"), "{plan}");
        }
    }

    /// `cargo test --release --lib a_page_among_a_million -- --ignored --nocapture`
    #[test]
    #[ignore = "stores a million messages"]
    fn a_page_among_a_million_messages_is_quick() {
        let connection = with_users(&["alice", "bob"]);
        let database = database_with_messages(&connection);
        connection
            .execute_batch(
                "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000000)
                 INSERT INTO messages (conversation_id, sender, receiver, receiver_type, category, kind, data, tags,
                    resource, sent_at, updated_at, changed_at, edited_at, edited_by)
                 SELECT CASE n % 3 WHEN 0 THEN 'group_guild' WHEN 1 THEN 'alice_user_bob' ELSE 'x_user_y' END,
                    CASE n % 3 WHEN 2 THEN 'x' ELSE 'bob' END,
                    CASE n % 3 WHEN 0 THEN 'guild' WHEN 1 THEN 'alice' ELSE 'y' END,
                    iif(n % 3 = 0, 'group', 'user'), 'message', 'text', '{\"text\":\"hello\"}', '[]', '', n, n,
                    iif(n % 100 = 0, n, NULL), iif(n % 100 = 0, n, NULL), iif(n % 100 = 0, 'bob', NULL)
                 FROM number",
            )
            .unwrap();
        let time = |what: &str, query: MessageListQuery| {
            let read = || {
                let page =
                    database.messages(&"alice".into(), &MessageScope::Everything, &query, 100);
                page.unwrap().len()
            };
            read();
            let began = std::time::Instant::now();
            for _ in 0..20 {
                assert_eq!(read(), 100);
            }
            println!("{what}: {:?} a page", began.elapsed() / 20);
        };
        let after = |id| MessageListQuery {
            affix: Affix::Append,
            id: Some(MessageId(id)),
            ..Default::default()
        };
        let changed = |since| MessageListQuery {
            affix: Affix::Append,
            only_updates: true,
            updated_at: Some(Timestamp(since)),
            ..Default::default()
        };
        time("100 missed", after(999_800));
        time("a million missed", after(0));
        time("the newest", MessageListQuery::default());
        time("200 changed", changed(970_000));
        time("6700 changed", changed(0));

        let alice = Uid::from("alice");
        database.open_conversation(&alice, &"bob".into()).unwrap();
        let all = ConversationFilter {
            limit: 50,
            ..Default::default()
        };
        let began = std::time::Instant::now();
        let conversations = database.conversations(&alice, &all).unwrap();
        println!("conversations: {:?}", began.elapsed());
        let unread: Vec<_> = conversations.iter().map(|it| it.unread_messages).collect();
        assert_eq!(unread, [1_000, 1_000]);
    }
}
