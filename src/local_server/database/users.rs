use rusqlite::{OptionalExtension, Row, named_params};

use super::sql::{Database, json, json_column, overlap};
use crate::model::{RawJson, Timestamp, Uid, User};

/// The filter and the order of a list of users.
#[derive(Default)]
pub(in crate::local_server) struct UserFilter {
    pub(in crate::local_server) search: Option<String>,
    pub(in crate::local_server) search_uids: bool,
    pub(in crate::local_server) search_names: bool,
    /// Lists in JSON.
    pub(in crate::local_server) roles: Option<String>,
    pub(in crate::local_server) tags: Option<String>,
    pub(in crate::local_server) uids: Option<String>,
    pub(in crate::local_server) online: Option<String>,
    pub(in crate::local_server) but_uids: Option<String>,
    /// Leaves out whom the viewer blocked, and who blocked the viewer.
    pub(in crate::local_server) hide_blocked: bool,
    /// The users who come first, before the order by name.
    pub(in crate::local_server) first: Option<String>,
    pub(in crate::local_server) descending: bool,
    pub(in crate::local_server) limit: u32,
    pub(in crate::local_server) offset: u64,
}

/// Who blocked whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::local_server) enum BlockDirection {
    ByViewer,
    OfViewer,
    Both,
}

impl Database<'_> {
    /// Adds a user; `false` if the uid is taken.
    pub(in crate::local_server) fn create_user(
        &self,
        user: &User,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO users
                (uid, name, avatar, link, role, status_message, metadata, tags, created_at, updated_at)
             VALUES (:uid, :name, :avatar, :link, :role, :status_message, :metadata, :tags, :now, :now)
             ON CONFLICT DO NOTHING",
        )?;
        let inserted = statement.execute(named_params! {
            ":uid": user.uid.as_str(),
            ":name": user.name,
            ":avatar": user.avatar,
            ":link": user.link,
            ":role": user.role.as_deref().unwrap_or("default"),
            ":status_message": user.status_message,
            ":metadata": user.metadata.as_ref().map(RawJson::as_str),
            ":tags": json(&user.tags),
            ":now": now.0,
        })?;
        Ok(inserted == 1)
    }

    /// The user, shown as not connected.
    pub(in crate::local_server) fn user(&self, uid: &str) -> rusqlite::Result<Option<User>> {
        self.connection
            .prepare_cached("SELECT * FROM users WHERE uid = ?1")?
            .query_row([uid], read_user)
            .optional()
    }

    /// Replaces the profile of the user.
    pub(in crate::local_server) fn update_user(
        &self,
        user: &User,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE users SET name = :name, avatar = :avatar, link = :link, role = coalesce(:role, role),
                status_message = :status_message, metadata = :metadata, tags = :tags, updated_at = :now
             WHERE uid = :uid",
        )?;
        statement.execute(named_params! {
            ":uid": user.uid.as_str(),
            ":name": user.name,
            ":avatar": user.avatar,
            ":link": user.link,
            ":role": user.role,
            ":status_message": user.status_message,
            ":metadata": user.metadata.as_ref().map(RawJson::as_str),
            ":tags": json(&user.tags),
            ":now": now.0,
        })?;
        Ok(())
    }

    /// A page of all users but `viewer`.
    pub(in crate::local_server) fn users(
        &self,
        viewer: &Uid,
        filter: &UserFilter,
    ) -> rusqlite::Result<Vec<User>> {
        let order = if filter.descending { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT * FROM users
             WHERE uid <> :viewer
               AND (:search IS NULL
                    OR (:search_names AND instr(lower(name), lower(:search)))
                    OR (:search_uids AND instr(lower(uid), lower(:search))))
               AND (:roles IS NULL OR role IN (SELECT value FROM json_each(:roles)))
               AND (:uids IS NULL OR uid IN (SELECT value FROM json_each(:uids)))
               AND (:online IS NULL OR uid IN (SELECT value FROM json_each(:online)))
               AND (:but_uids IS NULL OR uid NOT IN (SELECT value FROM json_each(:but_uids)))
               AND (:tags IS NULL OR {has_tag})
               AND NOT (:hide_blocked AND EXISTS
                   (SELECT 1 FROM blocks WHERE (blocks.uid = :viewer AND blocked = users.uid)
                                            OR (blocks.uid = users.uid AND blocked = :viewer)))
             ORDER BY :first IS NOT NULL AND uid NOT IN (SELECT value FROM json_each(:first)) {order},
                      name {order}, uid {order} LIMIT :limit OFFSET :offset",
            has_tag = overlap("tags", ":tags"),
        );
        self.bounded(|| {
            self.connection
                .prepare_cached(&sql)?
                .query_map(
                    named_params! {
                        ":viewer": viewer.as_str(),
                        ":search": filter.search,
                        ":search_uids": filter.search_uids,
                        ":search_names": filter.search_names,
                        ":first": filter.first,
                        ":roles": filter.roles,
                        ":uids": filter.uids,
                        ":online": filter.online,
                        ":but_uids": filter.but_uids,
                        ":tags": filter.tags,
                        ":hide_blocked": filter.hide_blocked,
                        ":limit": filter.limit,
                        ":offset": filter.offset,
                    },
                    read_user,
                )?
                .collect()
        })
    }

    /// A page of the users whom `viewer` blocked or who blocked `viewer`, by name.
    pub(in crate::local_server) fn blocked_users(
        &self,
        viewer: &Uid,
        direction: BlockDirection,
        search: Option<&str>,
        limit: u32,
        offset: u64,
    ) -> rusqlite::Result<Vec<User>> {
        self.connection
            .prepare_cached(
                "SELECT * FROM users
                 WHERE ((:by_viewer AND uid IN (SELECT blocked FROM blocks WHERE uid = :viewer))
                     OR (:of_viewer AND uid IN (SELECT uid FROM blocks WHERE blocked = :viewer)))
                   AND (:search IS NULL OR instr(lower(name), lower(:search)))
                 ORDER BY name, uid LIMIT :limit OFFSET :offset",
            )?
            .query_map(
                named_params! {
                    ":viewer": viewer.as_str(),
                    ":by_viewer": direction != BlockDirection::OfViewer,
                    ":of_viewer": direction != BlockDirection::ByViewer,
                    ":search": search,
                    ":limit": limit,
                    ":offset": offset,
                },
                read_user,
            )?
            .collect()
    }

    /// Records when the user was last active.
    pub(in crate::local_server) fn touch_user(
        &self,
        uid: &str,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("UPDATE users SET last_active_at = ?2 WHERE uid = ?1")?
            .execute((uid, now.0))?;
        Ok(())
    }
}

pub(super) fn read_user(row: &Row<'_>) -> rusqlite::Result<User> {
    let mut user = User::new(row.get::<_, String>("uid")?, row.get::<_, String>("name")?);
    user.avatar = row.get("avatar")?;
    user.link = row.get("link")?;
    user.role = row.get("role")?;
    user.status_message = row.get("status_message")?;
    user.last_active_at = row.get::<_, Option<u64>>("last_active_at")?.map(Timestamp);
    user.tags = json_column(row, "tags")?;
    if row.get_ref("metadata")? != rusqlite::types::ValueRef::Null {
        user.metadata = Some(json_column(row, "metadata")?);
    }
    Ok(user)
}

#[cfg(test)]
mod tests {
    use super::super::{
        Database,
        tests::{NOW, with_users},
    };
    use crate::model::{RawJson, Timestamp, User};

    #[test]
    fn a_user_is_read_as_written_and_created_once() {
        let connection = with_users(&[]);
        let database = Database::new(&connection);
        let mut user = User::new("alice", "Alice");
        user.avatar = Some("https://example.org/a.png".into());
        user.role = Some("knight".into());
        user.tags = vec!["t".into()];
        user.metadata = Some(RawJson::new(&[1]).unwrap());

        assert!(database.create_user(&user, NOW).unwrap());
        assert!(!database.create_user(&user, NOW).unwrap());
        assert_eq!(database.user("alice").unwrap(), Some(user.clone()));
        assert_eq!(database.user("bob").unwrap(), None);

        user.name = "Alicia".into();
        database.update_user(&user, NOW).unwrap();
        database.touch_user("alice", Timestamp(5)).unwrap();
        user.last_active_at = Some(Timestamp(5));
        assert_eq!(database.user("alice").unwrap(), Some(user));
    }
}
