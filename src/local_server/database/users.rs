use rusqlite::{OptionalExtension, Row, named_params};

use super::{Database, json_column};
use crate::model::{RawJson, Timestamp, User};

impl Database<'_> {
    /// Adds a user; `false` if there is one of that uid already.
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

    /// Replaces what the user says of themselves.
    pub(in crate::local_server) fn update_user(
        &self,
        user: &User,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE users SET name = :name, avatar = :avatar, link = :link,
                status_message = :status_message, metadata = :metadata, tags = :tags, updated_at = :now
             WHERE uid = :uid",
        )?;
        statement.execute(named_params! {
            ":uid": user.uid.as_str(),
            ":name": user.name,
            ":avatar": user.avatar,
            ":link": user.link,
            ":status_message": user.status_message,
            ":metadata": user.metadata.as_ref().map(RawJson::as_str),
            ":tags": json(&user.tags),
            ":now": now.0,
        })?;
        Ok(())
    }

    /// Notes that the user was here.
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

fn read_user(row: &Row<'_>) -> rusqlite::Result<User> {
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

pub(super) fn json(texts: &[std::sync::Arc<str>]) -> String {
    serde_json::to_string(texts).unwrap_or_else(|_| "[]".to_owned())
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
