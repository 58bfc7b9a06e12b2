use std::sync::Arc;

use rusqlite::{OptionalExtension, Row, named_params};

use super::sql::{Database, conversation_key, json, json_column, overlap};
use crate::{
    model::{MessageId, ReceiverId, Uid},
    wire::message::conversation_id,
};

/// The conversation of a user with another user or in a group.
pub(in crate::local_server) struct StoredConversation {
    pub(in crate::local_server) id: String,
    pub(in crate::local_server) key: String,
    pub(in crate::local_server) with: ReceiverId,
    pub(in crate::local_server) tags: Vec<Arc<str>>,
    pub(in crate::local_server) last_message: Option<MessageId>,
    pub(in crate::local_server) last_read: MessageId,
    pub(in crate::local_server) unread_messages: u64,
    pub(in crate::local_server) unread_mentions: u64,
}

/// The filter of a list of conversations.
#[derive(Default)]
pub(in crate::local_server) struct ConversationFilter {
    /// `user` or `group`.
    pub(in crate::local_server) kind: Option<String>,
    pub(in crate::local_server) only_unread: bool,
    pub(in crate::local_server) tags: Option<String>,
    pub(in crate::local_server) user_tags: Option<String>,
    pub(in crate::local_server) group_tags: Option<String>,
    pub(in crate::local_server) search: Option<String>,
    pub(in crate::local_server) hide_blocked: bool,
    pub(in crate::local_server) limit: u32,
    pub(in crate::local_server) offset: u64,
}

/// The last message is what the conversation shows: no reply in a thread, and no record of an edit or deletion. What is unread is counted up to 1000, so
/// that a conversation that nobody ever opened costs no more than others, and as in CometChat's cloud not in groups of
/// more than 300 members.
const SELECT: &str = "
    WITH mine AS (
        SELECT *,
            (SELECT max(id) FROM messages
             WHERE messages.conversation_id = conversations.conversation_id AND parent_id IS NULL
               AND on_message_id IS NULL
               AND messages.receiver_type = conversations.receiver_type
               AND (moderation IS NULL OR moderation = 'approved' OR sender = :uid)
               AND id > conversations.deleted_up_to) AS last_message,
            (SELECT coalesce(max(up_to), 0) FROM receipts
             WHERE receipts.conversation_id = conversations.conversation_id AND uid = :uid AND action = 'read')
                AS last_read,
            receiver_type = 'group' AND EXISTS (SELECT 1 FROM members WHERE guid = conversations.receiver
                LIMIT 1 OFFSET 300) AS is_large
        FROM conversations WHERE uid = :uid
    ), counted AS (
        SELECT *,
            (SELECT count(*) FROM
                (SELECT 1 FROM messages AS unread WHERE unread.conversation_id = mine.conversation_id
                   AND unread.receiver_type = mine.receiver_type
                   AND id > max(last_read, starts_after, deleted_up_to) AND sender <> :uid
                   AND category <> 'action' AND deleted_at IS NULL AND parent_id IS NULL
                   AND NOT is_large AND (moderation IS NULL OR moderation = 'approved')
                 LIMIT 1000)) AS unread_messages,
            (SELECT count(*) FROM
                (SELECT mentions FROM messages AS unread WHERE unread.conversation_id = mine.conversation_id
                   AND unread.receiver_type = mine.receiver_type
                   AND id > max(last_read, starts_after, deleted_up_to) AND sender <> :uid
                   AND category <> 'action' AND deleted_at IS NULL AND parent_id IS NULL
                   AND NOT is_large AND (moderation IS NULL OR moderation = 'approved')
                 LIMIT 1000)
             WHERE mentions <> '[]' AND :uid IN (SELECT value FROM json_each(mentions))) AS unread_mentions
        FROM mine
    )
    SELECT * FROM counted";

impl Database<'_> {
    /// Opens the conversation of two users.
    pub(in crate::local_server) fn open_conversation(
        &self,
        uid: &Uid,
        other: &Uid,
    ) -> rusqlite::Result<()> {
        let key = conversation_key(uid.as_str(), &other.clone().into());
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO conversations (uid, receiver_type, receiver, conversation_id)
             VALUES (?1, 'user', ?2, ?3) ON CONFLICT DO NOTHING",
        )?;
        statement.execute((uid.as_str(), other.as_str(), &key))?;
        statement.execute((other.as_str(), uid.as_str(), &key))?;
        Ok(())
    }

    /// Opens the conversation of a group for a user who has joined.
    pub(in crate::local_server) fn open_group_conversation(
        &self,
        guid: &str,
        uid: &Uid,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO conversations
                    (uid, receiver_type, receiver, conversation_id, starts_after, delivered_up_to, read_up_to)
                 SELECT ?1, 'group', ?2, char(31) || ?2, newest, newest, newest FROM
                    (SELECT coalesce(max(id), 0) AS newest FROM messages
                     WHERE receiver_type = 'group' AND receiver = ?2)",
            )?
            .execute((uid.as_str(), guid))?;
        Ok(())
    }

    /// Removes the conversation of a group for a user who has left.
    pub(in crate::local_server) fn close_group_conversation(
        &self,
        guid: &str,
        uid: &Uid,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "DELETE FROM conversations WHERE uid = ?1 AND receiver_type = 'group' AND receiver = ?2",
            )?
            .execute((uid.as_str(), guid))?;
        Ok(())
    }

    /// The conversation of the user with another user or in a group. The JavaScript SDK requests any id in lower case,
    /// so a match that ignores case is used if there is no exact one.
    pub(in crate::local_server) fn conversation(
        &self,
        uid: &Uid,
        with: &ReceiverId,
    ) -> rusqlite::Result<Option<StoredConversation>> {
        let sql = format!(
            "{SELECT} WHERE receiver_type = :kind AND receiver = :with COLLATE NOCASE
             ORDER BY receiver = :with DESC LIMIT 1"
        );
        self.connection
            .prepare_cached(&sql)?
            .query_row(
                named_params! { ":uid": uid.as_str(), ":kind": with.kind(), ":with": with.as_str() },
                read_conversation,
            )
            .optional()
    }

    /// The user's conversations with messages, the latest first.
    pub(in crate::local_server) fn conversations(
        &self,
        uid: &Uid,
        filter: &ConversationFilter,
    ) -> rusqlite::Result<Vec<StoredConversation>> {
        let sql = format!(
            "{SELECT} LEFT JOIN users ON receiver_type = 'user' AND users.uid = receiver
             LEFT JOIN chat_groups ON receiver_type = 'group' AND chat_groups.guid = receiver
             WHERE last_message IS NOT NULL
               AND (:kind IS NULL OR receiver_type = :kind)
               AND NOT (:only_unread AND unread_messages = 0)
               AND (:tags IS NULL OR {with_tag})
               AND (:user_tags IS NULL OR {user_tag})
               AND (:group_tags IS NULL OR {group_tag})
               AND (:search IS NULL OR instr(lower(coalesce(users.name, chat_groups.name)), lower(:search)))
               AND NOT (:hide_blocked AND receiver_type = 'user' AND EXISTS
                   (SELECT 1 FROM blocks WHERE (blocks.uid = :uid AND blocked = receiver)
                                            OR (blocks.uid = receiver AND blocked = :uid)))
             ORDER BY last_message DESC LIMIT :limit OFFSET :offset",
            with_tag = overlap("counted.tags", ":tags"),
            user_tag = overlap("users.tags", ":user_tags"),
            group_tag = overlap("chat_groups.tags", ":group_tags"),
        );
        let sql = sql.replace("SELECT * FROM counted", "SELECT counted.* FROM counted");
        self.bounded(|| {
            self.connection
                .prepare_cached(&sql)?
                .query_map(
                    named_params! {
                        ":uid": uid.as_str(),
                        ":kind": filter.kind,
                        ":only_unread": filter.only_unread,
                        ":tags": filter.tags,
                        ":user_tags": filter.user_tags,
                        ":group_tags": filter.group_tags,
                        ":search": filter.search,
                        ":hide_blocked": filter.hide_blocked,
                        ":limit": filter.limit,
                        ":offset": filter.offset,
                    },
                    read_conversation,
                )?
                .collect()
        })
    }

    /// Replaces the tags that the user gave a conversation.
    pub(in crate::local_server) fn tag_conversation(
        &self,
        uid: &Uid,
        with: &ReceiverId,
        tags: &[Arc<str>],
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE conversations SET tags = ?4 WHERE uid = ?1 AND receiver_type = ?2 AND receiver = ?3",
            )?
            .execute((uid.as_str(), with.kind(), with.as_str(), json(tags)))?;
        Ok(())
    }

    /// Deletes the messages so far, for this user only.
    pub(in crate::local_server) fn delete_conversation(
        &self,
        uid: &Uid,
        with: &ReceiverId,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE conversations SET deleted_up_to = coalesce(
                    (SELECT max(id) FROM messages WHERE messages.conversation_id = conversations.conversation_id), 0)
                 WHERE uid = ?1 AND receiver_type = ?2 AND receiver = ?3",
            )?
            .execute((uid.as_str(), with.kind(), with.as_str()))?;
        Ok(())
    }

    /// The newest message of a conversation, thread or not.
    pub(in crate::local_server) fn newest_message(
        &self,
        conversation: &str,
    ) -> rusqlite::Result<MessageId> {
        self.connection
            .prepare_cached("SELECT coalesce(max(id), 0) FROM messages WHERE conversation_id = ?1")?
            .query_row([conversation], |row| Ok(MessageId(row.get(0)?)))
    }
}

fn read_conversation(row: &Row<'_>) -> rusqlite::Result<StoredConversation> {
    let with: String = row.get("receiver")?;
    let with = match row.get_ref("receiver_type")?.as_str()? {
        "group" => ReceiverId::Group(with.into()),
        _ => ReceiverId::User(with.into()),
    };
    Ok(StoredConversation {
        id: conversation_id(row.get_ref("uid")?.as_str()?, &with),
        key: row.get("conversation_id")?,
        with,
        tags: json_column(row, "tags")?,
        last_message: row.get::<_, Option<u64>>("last_message")?.map(MessageId),
        last_read: MessageId(row.get("last_read")?),
        unread_messages: row.get("unread_messages")?,
        unread_mentions: row.get("unread_mentions")?,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::with_users, *};

    #[test]
    fn what_a_conversation_shows_is_found_without_reading_its_edits() {
        let connection = with_users(&["alice"]);
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {SELECT}"))
            .unwrap();
        let plan: Vec<String> = statement
            .query_map(named_params! { ":uid": "alice" }, |row| row.get("detail"))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let searches = |index: &str| {
            let range = "(conversation_id=? AND receiver_type=? AND id>?)";
            let search = format!("USING INDEX {index} {range}");
            plan.iter().filter(|step| step.ends_with(&search)).count()
        };
        let found = (searches("shown_messages"), searches("countable_messages"));
        assert_eq!(found, (1, 2), "{plan:#?}");
    }
}
