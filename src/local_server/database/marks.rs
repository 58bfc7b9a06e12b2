use super::sql::Database;
use crate::model::{MessageId, Timestamp, Uid};

impl Database<'_> {
    /// Records that the user reported a message.
    pub(in crate::local_server) fn flag_message(
        &self,
        message: MessageId,
        uid: &Uid,
        reason: Option<&str>,
        remark: Option<&str>,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO flags (message_id, uid, reason, remark, flagged_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((message.0, uid.as_str(), reason, remark, now.0))?;
        Ok(())
    }

    /// Records that the user used an element of an interactive message.
    pub(in crate::local_server) fn add_interaction(
        &self,
        message: MessageId,
        uid: &Uid,
        element_id: &str,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO interactions (message_id, uid, element_id, interacted_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?
            .execute((message.0, uid.as_str(), element_id, now.0))?;
        Ok(())
    }

    /// Which elements of an interactive message the user used, and when.
    pub(in crate::local_server) fn interactions(
        &self,
        message: MessageId,
        uid: &Uid,
    ) -> rusqlite::Result<Vec<(String, Timestamp)>> {
        self.connection
            .prepare_cached(
                "SELECT element_id, interacted_at FROM interactions WHERE message_id = ?1 AND uid = ?2",
            )?
            .query_map((message.0, uid.as_str()), |row| {
                Ok((row.get(0)?, Timestamp(row.get(1)?)))
            })?
            .collect()
    }
}
