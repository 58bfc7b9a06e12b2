use rusqlite::{OptionalExtension, Row};

use super::sql::Database;
use crate::model::{MessageId, Timestamp, Uid};

/// A file that was uploaded with a message, or before it. Its content is in chunks.
pub(in crate::local_server) struct StoredFile {
    pub(in crate::local_server) mime_type: String,
    pub(in crate::local_server) size: u64,
    pub(in crate::local_server) content_id: String,
}

/// An announced file that has not arrived.
pub(in crate::local_server) struct AwaitedFile {
    /// Who announced it.
    pub(in crate::local_server) uid: Uid,
    pub(in crate::local_server) size: u64,
}

impl Database<'_> {
    /// Stores a piece of the content of a file.
    pub(in crate::local_server) fn add_chunk(
        &self,
        content_id: &str,
        number: u32,
        content: &[u8],
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("INSERT INTO chunks (content_id, number, content) VALUES (?1, ?2, ?3)")?
            .execute((content_id, number, content))?;
        Ok(())
    }

    /// A piece of the content of a file.
    pub(in crate::local_server) fn chunk(
        &self,
        content_id: &str,
        number: u32,
    ) -> rusqlite::Result<Option<Vec<u8>>> {
        self.connection
            .prepare_cached("SELECT content FROM chunks WHERE content_id = ?1 AND number = ?2")?
            .query_row((content_id, number), |row| row.get(0))
            .optional()
    }

    /// Removes the content of a file that belongs to no message.
    pub(in crate::local_server) fn remove_chunks(&self, content_id: &str) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("DELETE FROM chunks WHERE content_id = ?1")?
            .execute([content_id])?;
        Ok(())
    }

    /// Creates a file of a message from stored content. It exists until the message is deleted.
    pub(in crate::local_server) fn create_file(
        &self,
        id: &str,
        message: MessageId,
        mime_type: &str,
        size: u64,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO sent_files (id, message_id, mime_type, size, content_id)
                 VALUES (?1, ?2, ?3, ?4, ?1)",
            )?
            .execute((id, message.0, mime_type, size))?;
        Ok(())
    }

    pub(in crate::local_server) fn file(&self, id: &str) -> rusqlite::Result<Option<StoredFile>> {
        self.connection
            .prepare_cached(
                "SELECT mime_type, size, content_id FROM sent_files WHERE id = ?1
                 UNION ALL SELECT mime_type, size, content_id FROM announced_files
                 WHERE id = ?1 AND content_id IS NOT NULL",
            )?
            .query_row([id], read_file)
            .optional()
    }

    /// Records an announced file.
    pub(in crate::local_server) fn announce_file(
        &self,
        id: &str,
        uid: &Uid,
        mime_type: &str,
        size: u64,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO announced_files (id, uid, mime_type, size, announced_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((id, uid.as_str(), mime_type, size, now.0))?;
        Ok(())
    }

    /// The number of the user's files that are announced or uploaded and in no message, and their size in bytes.
    pub(in crate::local_server) fn unsent_files(&self, uid: &Uid) -> rusqlite::Result<(u64, u64)> {
        self.connection
            .prepare_cached(
                "SELECT count(*), coalesce(sum(size), 0) FROM announced_files WHERE uid = ?1",
            )?
            .query_row([uid.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Removes the files that were announced before a time and never sent.
    pub(in crate::local_server) fn forget_announced_files(
        &self,
        before: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "DELETE FROM chunks WHERE content_id IN
                    (SELECT content_id FROM announced_files WHERE announced_at < ?1)",
            )?
            .execute([before.0])?;
        self.connection
            .prepare_cached("DELETE FROM announced_files WHERE announced_at < ?1")?
            .execute([before.0])?;
        Ok(())
    }

    /// The announced file with this id, if it has not arrived.
    pub(in crate::local_server) fn awaited_file(
        &self,
        id: &str,
    ) -> rusqlite::Result<Option<AwaitedFile>> {
        self.connection
            .prepare_cached(
                "SELECT uid, size FROM announced_files WHERE id = ?1 AND content_id IS NULL",
            )?
            .query_row([id], |row| {
                Ok(AwaitedFile {
                    uid: row.get::<_, String>(0)?.into(),
                    size: row.get(1)?,
                })
            })
            .optional()
    }

    /// Assigns stored content to an announced file.
    pub(in crate::local_server) fn receive_file(
        &self,
        id: &str,
        content_id: &str,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE announced_files SET content_id = ?2 WHERE id = ?1")?
            .execute((id, content_id))?;
        Ok(())
    }

    /// Makes an uploaded file of the user a part of a message, if the id is one of such a file.
    pub(in crate::local_server) fn send_announced_file(
        &self,
        id: &str,
        uid: &Uid,
        message: MessageId,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO sent_files (id, message_id, mime_type, size, content_id)
                 SELECT id, ?3, mime_type, size, content_id FROM announced_files
                 WHERE id = ?1 AND uid = ?2 AND content_id IS NOT NULL",
            )?
            .execute((id, uid.as_str(), message.0))?;
        self.connection
            .prepare_cached(
                "DELETE FROM announced_files WHERE id = ?1 AND uid = ?2 AND content_id IS NOT NULL",
            )?
            .execute((id, uid.as_str()))?;
        Ok(())
    }
}

fn read_file(row: &Row<'_>) -> rusqlite::Result<StoredFile> {
    Ok(StoredFile {
        mime_type: row.get(0)?,
        size: row.get(1)?,
        content_id: row.get(2)?,
    })
}
