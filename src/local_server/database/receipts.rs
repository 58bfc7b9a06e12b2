use rusqlite::{OptionalExtension, named_params};

use super::sql::{Database, conversation_key};
use crate::{
    model::{MessageId, ReceiverId, Timestamp, Uid},
    wire::frame_body::ReceiptAction,
};

/// The maximum number of messages that one receipt reports, so that a user who returns after a year does not cause a
/// million reports.
const MAX_CONFIRMED: u32 = 1_000;

/// The newest message of an author that a receipt reports.
pub(in crate::local_server) struct Confirmed {
    pub(in crate::local_server) author: Uid,
    pub(in crate::local_server) message: MessageId,
}

const fn name(action: ReceiptAction) -> &'static str {
    match action {
        ReceiptAction::Delivered => "delivered",
        ReceiptAction::Read => "read",
    }
}

/// The column of a conversation with the message up to which its user has received or read it.
const fn column(action: ReceiptAction) -> &'static str {
    match action {
        ReceiptAction::Delivered => "delivered_up_to",
        ReceiptAction::Read => "read_up_to",
    }
}

impl Database<'_> {
    /// The message up to which the user has received or read a conversation.
    pub(in crate::local_server) fn received_up_to(
        &self,
        conversation: &str,
        uid: &Uid,
        action: ReceiptAction,
    ) -> rusqlite::Result<MessageId> {
        self.connection
            .prepare_cached(
                "SELECT coalesce(max(up_to), 0) FROM receipts
                 WHERE conversation_id = ?1 AND uid = ?2 AND action = ?3",
            )?
            .query_row((conversation, uid.as_str(), name(action)), |row| {
                Ok(MessageId(row.get(0)?))
            })
    }

    /// Records that the user has received or read the conversation with `with` up to a message. A message that is read
    /// counts as delivered. Returns the authors whose messages the receipt reports.
    pub(in crate::local_server) fn add_receipt(
        &self,
        uid: &Uid,
        with: &ReceiverId,
        action: ReceiptAction,
        up_to: MessageId,
        now: Timestamp,
    ) -> rusqlite::Result<Vec<Confirmed>> {
        if action == ReceiptAction::Read {
            self.add_receipt(uid, with, ReceiptAction::Delivered, up_to, now)?;
        }
        let conversation = conversation_key(uid.as_str(), with);
        let before = self.received_up_to(&conversation, uid, action)?;
        if up_to <= before {
            return Ok(Vec::new());
        }
        self.connection
            .prepare_cached(
                "INSERT INTO receipts (conversation_id, uid, action, up_to, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((&conversation, uid.as_str(), name(action), up_to.0, now.0))?;
        if let ReceiverId::Group(guid) = with {
            self.set_progress(guid.as_str(), uid, action, up_to)?;
        }
        self.connection
            .prepare_cached(
                "SELECT sender, max(id) FROM
                    (SELECT sender, id FROM messages
                     WHERE conversation_id = ?1 AND id > ?2 AND id <= ?3 AND sender <> ?4 AND category <> 'action'
                     ORDER BY id DESC LIMIT ?5)
                 GROUP BY sender",
            )?
            .query_map(
                (&conversation, before.0, up_to.0, uid.as_str(), MAX_CONFIRMED),
                |row| {
                    Ok(Confirmed {
                        author: row.get::<_, String>(0)?.into(),
                        message: MessageId(row.get(1)?),
                    })
                },
            )?
            .collect()
    }

    /// Records the message up to which a member of a group has received or read it: at least the one at which they
    /// joined.
    fn set_progress(
        &self,
        guid: &str,
        uid: &Uid,
        action: ReceiptAction,
        up_to: MessageId,
    ) -> rusqlite::Result<()> {
        let column = column(action);
        self.connection
            .prepare_cached(&format!(
                "UPDATE conversations SET {column} = max(starts_after, ?3)
                 WHERE uid = ?1 AND receiver_type = 'group' AND receiver = ?2"
            ))?
            .execute((uid.as_str(), guid, up_to.0))?;
        Ok(())
    }

    /// The newest message of an author after one and up to another.
    pub(in crate::local_server) fn newest_message_of(
        &self,
        conversation: &str,
        author: &Uid,
        after: MessageId,
        up_to: MessageId,
    ) -> rusqlite::Result<Option<MessageId>> {
        self.connection
            .prepare_cached(
                "SELECT max(id) FROM messages
                 WHERE conversation_id = ?1 AND sender = ?2 AND id > ?3 AND id <= ?4 AND category <> 'action'",
            )?
            .query_row((conversation, author.as_str(), after.0, up_to.0), |row| {
                Ok(row.get::<_, Option<u64>>(0)?.map(MessageId))
            })
    }

    /// Records that the user has not read a message of the conversation with `with`, nor those after it.
    pub(in crate::local_server) fn remove_read_receipt(
        &self,
        uid: &Uid,
        with: &ReceiverId,
        message: MessageId,
    ) -> rusqlite::Result<()> {
        let conversation = conversation_key(uid.as_str(), with);
        let read_at: Option<u64> = self
            .connection
            .prepare_cached(
                "SELECT at FROM receipts
                 WHERE conversation_id = ?1 AND uid = ?2 AND action = 'read' AND up_to >= ?3
                 ORDER BY up_to LIMIT 1",
            )?
            .query_row((&conversation, uid.as_str(), message.0), |row| row.get(0))
            .optional()?;
        let Some(read_at) = read_at else {
            return Ok(());
        };
        self.connection
            .prepare_cached(
                "DELETE FROM receipts
                 WHERE conversation_id = ?1 AND uid = ?2 AND action = 'read' AND up_to >= ?3",
            )?
            .execute((&conversation, uid.as_str(), message.0))?;
        self.connection
            .prepare_cached(
                "INSERT INTO receipts (conversation_id, uid, action, up_to, at)
                 VALUES (?1, ?2, 'read', ?3 - 1, ?4) ON CONFLICT DO NOTHING",
            )?
            .execute((&conversation, uid.as_str(), message.0, read_at))?;
        if let ReceiverId::Group(guid) = with {
            let before = MessageId(message.0.saturating_sub(1));
            self.set_progress(guid.as_str(), uid, ReceiptAction::Read, before)?;
        }
        Ok(())
    }

    /// When the user received or read a message.
    pub(in crate::local_server) fn receipt_at(
        &self,
        conversation: &str,
        uid: &Uid,
        action: ReceiptAction,
        message: MessageId,
    ) -> rusqlite::Result<Option<Timestamp>> {
        self.connection
            .prepare_cached(
                "SELECT at FROM receipts
                 WHERE conversation_id = ?1 AND uid = ?2 AND action = ?3 AND up_to >= ?4
                 ORDER BY up_to LIMIT 1",
            )?
            .query_row(
                (conversation, uid.as_str(), name(action), message.0),
                |row| Ok(Timestamp(row.get(0)?)),
            )
            .optional()
    }

    /// The message up to which all members of a group except `author` have received or read it, and when the last of
    /// them did. Members who joined after a message do not count for it.
    pub(in crate::local_server) fn received_by_all(
        &self,
        guid: &str,
        author: &Uid,
        action: ReceiptAction,
    ) -> rusqlite::Result<Option<(MessageId, Timestamp)>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT
                (SELECT {column} FROM conversations
                 WHERE receiver_type = 'group' AND receiver = :guid AND uid <> :author
                 ORDER BY {column} LIMIT 1) AS up_to,
                (SELECT max(at) FROM receipts
                 WHERE conversation_id = char(31) || :guid AND action = :action) AS at",
            column = column(action),
        ))?;
        statement.query_row(
            named_params! { ":guid": guid, ":author": author.as_str(), ":action": name(action) },
            |row| {
                let up_to: Option<u64> = row.get("up_to")?;
                let at: Option<u64> = row.get("at")?;
                Ok(up_to.map(MessageId).zip(at.map(Timestamp)))
            },
        )
    }
}
