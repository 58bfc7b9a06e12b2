use super::sql::Database;
use crate::model::{Timestamp, Uid};

impl Database<'_> {
    pub(in crate::local_server) fn block(
        &self,
        uid: &Uid,
        blocked: &Uid,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO blocks (uid, blocked, blocked_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute((uid.as_str(), blocked.as_str(), now.0))?;
        Ok(())
    }

    pub(in crate::local_server) fn unblock(
        &self,
        uid: &Uid,
        blocked: &Uid,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("DELETE FROM blocks WHERE uid = ?1 AND blocked = ?2")?
            .execute((uid.as_str(), blocked.as_str()))?;
        Ok(())
    }

    /// Whether `uid` blocked the other.
    pub(in crate::local_server) fn has_blocked(
        &self,
        uid: &Uid,
        other: &Uid,
    ) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM blocks WHERE uid = ?1 AND blocked = ?2")?
            .exists((uid.as_str(), other.as_str()))
    }

    /// Everybody who blocked the user.
    pub(in crate::local_server) fn blockers(&self, uid: &Uid) -> rusqlite::Result<Vec<Uid>> {
        self.connection
            .prepare_cached("SELECT uid FROM blocks WHERE blocked = ?1")?
            .query_map([uid.as_str()], |row| Ok(row.get_ref(0)?.as_str()?.into()))?
            .collect()
    }
}
