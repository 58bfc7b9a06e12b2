use rusqlite::OptionalExtension;

use super::sql::Database;
use crate::model::{MessageId, Timestamp, Uid};

/// Files that are uploaded before their message is sent.
impl Database<'_> {
    /// Notes that a file will come.
    pub(in crate::local_server) fn announce_upload(
        &self,
        id: &str,
        uid: &Uid,
        mime_type: &str,
        size: u64,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO uploads (id, uid, mime_type, size, announced_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((id, uid.as_str(), mime_type, size, now.0))?;
        Ok(())
    }

    /// How many of the user's files are announced or have come, and are in no message.
    pub(in crate::local_server) fn unsent_uploads(&self, uid: &Uid) -> rusqlite::Result<u64> {
        self.connection
            .prepare_cached("SELECT count(*) FROM uploads WHERE uid = ?1")?
            .query_row([uid.as_str()], |row| row.get(0))
    }

    /// Forgets the files that were announced before a time and never sent.
    pub(in crate::local_server) fn forget_uploads(
        &self,
        before: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("DELETE FROM uploads WHERE announced_at < ?1")?
            .execute([before.0])?;
        Ok(())
    }

    /// How many bytes the file has that was announced under that id and has not come.
    pub(in crate::local_server) fn awaited_upload(
        &self,
        id: &str,
    ) -> rusqlite::Result<Option<u64>> {
        self.connection
            .prepare_cached("SELECT size FROM uploads WHERE id = ?1 AND content IS NULL")?
            .query_row([id], |row| row.get(0))
            .optional()
    }

    pub(in crate::local_server) fn store_upload(
        &self,
        id: &str,
        content: &[u8],
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE uploads SET content = ?2 WHERE id = ?1")?
            .execute((id, content))?;
        Ok(())
    }

    /// Makes a file of the user's that has come a part of a message, if that is what the id is of.
    pub(in crate::local_server) fn send_upload(
        &self,
        id: &str,
        uid: &Uid,
        message: MessageId,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO files (id, message_id, mime_type, content)
                 SELECT id, ?3, mime_type, content FROM uploads
                 WHERE id = ?1 AND uid = ?2 AND content IS NOT NULL",
            )?
            .execute((id, uid.as_str(), message.0))?;
        self.connection
            .prepare_cached(
                "DELETE FROM uploads WHERE id = ?1 AND uid = ?2 AND content IS NOT NULL",
            )?
            .execute((id, uid.as_str()))?;
        Ok(())
    }
}
