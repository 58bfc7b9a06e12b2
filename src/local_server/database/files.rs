use rusqlite::OptionalExtension;

use super::sql::Database;
use crate::model::MessageId;

/// A file that was uploaded with a message, or before it.
pub(in crate::local_server) struct StoredFile {
    pub(in crate::local_server) mime_type: String,
    pub(in crate::local_server) content: Vec<u8>,
}

impl Database<'_> {
    /// Stores a file for as long as its message is not deleted.
    pub(in crate::local_server) fn create_file(
        &self,
        id: &str,
        message: MessageId,
        mime_type: &str,
        content: &[u8],
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO files (id, message_id, mime_type, content) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((id, message.0, mime_type, content))?;
        Ok(())
    }

    pub(in crate::local_server) fn file(&self, id: &str) -> rusqlite::Result<Option<StoredFile>> {
        self.connection
            .prepare_cached(
                "SELECT mime_type, content FROM files WHERE id = ?1
                 UNION ALL SELECT mime_type, content FROM uploads WHERE id = ?1 AND content IS NOT NULL",
            )?
            .query_row([id], |row| {
                Ok(StoredFile {
                    mime_type: row.get(0)?,
                    content: row.get(1)?,
                })
            })
            .optional()
    }
}
