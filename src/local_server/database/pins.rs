use rusqlite::OptionalExtension;

use super::{messages::StoredMessage, sql::Database};
use crate::model::{MessageId, Timestamp, Uid};

impl Database<'_> {
    /// Pins a message to its conversation. If it is pinned already, the user replaces the one who pinned it.
    pub(in crate::local_server) fn pin_message(
        &self,
        message: MessageId,
        by: &Uid,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE messages SET pinned_at = ?2, pinned_by = ?3 WHERE id = ?1")?
            .execute((message.0, now.0, by.as_str()))?;
        Ok(())
    }

    /// Removes a pin, if there is one.
    pub(in crate::local_server) fn unpin_message(
        &self,
        message: MessageId,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE messages SET pinned_at = NULL, pinned_by = NULL WHERE id = ?1")?
            .execute([message.0])?;
        Ok(())
    }

    /// How many messages of the same conversation are pinned.
    pub(in crate::local_server) fn pinned_beside(
        &self,
        message: &StoredMessage,
    ) -> rusqlite::Result<u32> {
        self.connection
            .prepare_cached(
                "SELECT count(*) FROM messages
                 WHERE conversation_id = ?1 AND receiver_type = ?2 AND pinned_at IS NOT NULL",
            )?
            .query_row(
                (&message.conversation_key, message.receiver.kind()),
                |row| row.get(0),
            )
    }

    /// Saves a message for the user, if it is not saved already.
    pub(in crate::local_server) fn save_message(
        &self,
        message: MessageId,
        uid: &Uid,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO saves (uid, message_id, saved_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute((uid.as_str(), message.0, now.0))?;
        Ok(())
    }

    /// Removes a message from those that the user saved.
    pub(in crate::local_server) fn unsave_message(
        &self,
        message: MessageId,
        uid: &Uid,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("DELETE FROM saves WHERE uid = ?1 AND message_id = ?2")?
            .execute((uid.as_str(), message.0))?;
        Ok(())
    }

    /// When the user saved a message.
    pub(in crate::local_server) fn saved_at(
        &self,
        message: MessageId,
        uid: &Uid,
    ) -> rusqlite::Result<Option<Timestamp>> {
        self.connection
            .prepare_cached("SELECT saved_at FROM saves WHERE uid = ?1 AND message_id = ?2")?
            .query_row((uid.as_str(), message.0), |row| Ok(Timestamp(row.get(0)?)))
            .optional()
    }

    /// How many messages the user saved.
    pub(in crate::local_server) fn saved_by(&self, uid: &Uid) -> rusqlite::Result<u32> {
        self.connection
            .prepare_cached("SELECT count(*) FROM saves WHERE uid = ?1")?
            .query_row([uid.as_str()], |row| row.get(0))
    }
}
