use rusqlite::{OptionalExtension, Row, named_params};

use super::sql::Database;
use crate::model::{MessageId, Timestamp, Uid};

/// A reaction of a user to a message.
pub(in crate::local_server) struct StoredReaction {
    pub(in crate::local_server) id: u64,
    pub(in crate::local_server) message_id: MessageId,
    pub(in crate::local_server) reaction: String,
    pub(in crate::local_server) uid: Uid,
    pub(in crate::local_server) reacted_at: Timestamp,
}

/// The number of users who made the same reaction to a message.
pub(in crate::local_server) struct ReactionCount {
    pub(in crate::local_server) reaction: String,
    pub(in crate::local_server) count: u64,
    pub(in crate::local_server) by_viewer: bool,
}

/// A page of reactions: those on one side of an id, next to it.
#[derive(Default)]
pub(in crate::local_server) struct ReactionPage<'a> {
    pub(in crate::local_server) reaction: Option<&'a str>,
    pub(in crate::local_server) after: Option<u64>,
    pub(in crate::local_server) before: Option<u64>,
    pub(in crate::local_server) limit: u32,
}

impl Database<'_> {
    /// Adds a reaction; `None` if the user has made it already.
    pub(in crate::local_server) fn add_reaction(
        &self,
        message: MessageId,
        reaction: &str,
        uid: &Uid,
        now: Timestamp,
    ) -> rusqlite::Result<Option<StoredReaction>> {
        self.connection
            .prepare_cached(
                "INSERT INTO reactions (message_id, reaction, uid, reacted_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING RETURNING *",
            )?
            .query_row((message.0, reaction, uid.as_str(), now.0), read_reaction)
            .optional()
    }

    /// Removes a reaction; `None` if there was none.
    pub(in crate::local_server) fn remove_reaction(
        &self,
        message: MessageId,
        reaction: &str,
        uid: &Uid,
    ) -> rusqlite::Result<Option<StoredReaction>> {
        self.connection
            .prepare_cached(
                "DELETE FROM reactions WHERE message_id = ?1 AND reaction = ?2 AND uid = ?3 RETURNING *",
            )?
            .query_row((message.0, reaction, uid.as_str()), read_reaction)
            .optional()
    }

    /// The reactions to a message, in the order in which each was first given.
    pub(in crate::local_server) fn reaction_counts(
        &self,
        message: MessageId,
        viewer: &str,
    ) -> rusqlite::Result<Vec<ReactionCount>> {
        self.connection
            .prepare_cached(
                "SELECT reaction, count(*), max(uid = ?2) FROM reactions WHERE message_id = ?1
                 GROUP BY reaction ORDER BY min(id)",
            )?
            .query_map((message.0, viewer), |row| {
                Ok(ReactionCount {
                    reaction: row.get(0)?,
                    count: row.get(1)?,
                    by_viewer: row.get(2)?,
                })
            })?
            .collect()
    }

    /// The number of different reactions to a message.
    pub(in crate::local_server) fn reaction_kinds(
        &self,
        message: MessageId,
    ) -> rusqlite::Result<usize> {
        self.connection
            .prepare_cached("SELECT count(DISTINCT reaction) FROM reactions WHERE message_id = ?1")?
            .query_row([message.0], |row| row.get(0))
    }

    /// Who reacted to a message.
    pub(in crate::local_server) fn reactors(
        &self,
        message: MessageId,
    ) -> rusqlite::Result<Vec<Uid>> {
        self.connection
            .prepare_cached("SELECT DISTINCT uid FROM reactions WHERE message_id = ?1")?
            .query_map([message.0], |row| Ok(row.get::<_, String>(0)?.into()))?
            .collect()
    }

    /// A page of the reactions to a message, by ascending id; without an anchor, the newest.
    pub(in crate::local_server) fn reactions(
        &self,
        message: MessageId,
        page: &ReactionPage<'_>,
    ) -> rusqlite::Result<Vec<StoredReaction>> {
        let order = match page.after {
            Some(_) => "ASC",
            None => "DESC",
        };
        let sql = format!(
            "SELECT * FROM (
                SELECT * FROM reactions
                WHERE message_id = :message AND (:reaction IS NULL OR reaction = :reaction)
                  AND id > :after AND id < :before
                ORDER BY id {order} LIMIT :limit)
             ORDER BY id"
        );
        let anchor = |id: Option<u64>, default| {
            id.map_or(default, |id| i64::try_from(id).unwrap_or(i64::MAX))
        };
        self.connection
            .prepare_cached(&sql)?
            .query_map(
                named_params! {
                    ":message": message.0,
                    ":reaction": page.reaction,
                    ":after": anchor(page.after, i64::MIN),
                    ":before": anchor(page.before, i64::MAX),
                    ":limit": page.limit,
                },
                read_reaction,
            )?
            .collect()
    }
}

fn read_reaction(row: &Row<'_>) -> rusqlite::Result<StoredReaction> {
    Ok(StoredReaction {
        id: row.get("id")?,
        message_id: MessageId(row.get("message_id")?),
        reaction: row.get("reaction")?,
        uid: row.get::<_, String>("uid")?.into(),
        reacted_at: Timestamp(row.get("reacted_at")?),
    })
}
