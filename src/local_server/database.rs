//! The data of the server, in SQLite: one method for each query, one file for each subject.

mod blocks;
mod certificate;
mod conversations;
mod files;
mod groups;
mod marks;
mod members;
mod message_query;
mod messages;
mod pins;
mod reactions;
mod receipts;
mod sql;
mod tokens;
mod users;

use std::{path::Path, time::Duration};

use rusqlite::{Connection, config::DbConfig};

pub(super) use certificate::StoredCertificate;
pub(super) use conversations::{ConversationFilter, StoredConversation};
pub(super) use files::{AwaitedFile, StoredFile};
pub(super) use groups::{GroupFilter, StoredGroup};
pub(super) use members::{Member, MemberFilter, MemberScope};
pub(super) use message_query::MessageScope;
pub(super) use messages::{Change, NewMessage, StoredMessage};
pub(super) use reactions::{ReactionPage, StoredReaction};
pub(super) use receipts::Confirmed;
pub(super) use sql::{Database, conversation_key};
pub(super) use tokens::Token;
pub(super) use users::{BlockDirection, UserFilter};

/// Each entry takes the schema one version further; the last one's position is the current version.
const MIGRATIONS: &[&str] = &[
    include_str!("database/schema_1.sql"),
    include_str!("database/schema_2.sql"),
    include_str!("database/schema_3.sql"),
    include_str!("database/schema_4.sql"),
    include_str!("database/schema_5.sql"),
    include_str!("database/schema_6.sql"),
    include_str!("database/schema_7.sql"),
    include_str!("database/schema_8.sql"),
];

/// How long to wait for another server to release the file.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("it was written by a newer version of the server")]
    Newer,
}

/// Opens the file, or a database in memory, and brings its schema up to date.
///
/// What is committed to a file survives a crash of the machine. The file belongs to one server at a time.
///
/// It takes `max_bytes` at most.
pub(super) fn open(path: Option<&Path>, max_bytes: u64) -> Result<Connection, OpenError> {
    let mut connection = match path {
        Some(path) => {
            create_private(path)?;
            let connection = Connection::open(path)?;
            connection.busy_timeout(LOCK_TIMEOUT)?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection
        }
        None => Connection::open_in_memory()?,
    };
    connection.pragma_update(None, "foreign_keys", true)?;
    sql::limit_bounded_queries(&mut connection)?;
    // Plan a statement once, and not again for each set of parameters: that took half of the time of a page.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(256);
    migrate(&mut connection)?;
    let page_size: u64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    // To SQLite, 0 is no limit.
    let pages = (max_bytes / page_size.max(1)).max(1);
    connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    // What was left behind by uploads that a crash cut short.
    connection.execute(
        "DELETE FROM chunks WHERE content_id NOT IN
            (SELECT content_id FROM sent_files
             UNION SELECT content_id FROM announced_files WHERE content_id IS NOT NULL)",
        (),
    )?;
    Ok(connection)
}

/// Makes the file readable by its owner only, for it holds tokens and passwords, and SQLite's own files beside it.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut path = path.as_os_str().to_owned();
        path.push(suffix);
        let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        match std::fs::set_permissions(path, owner_only) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    // Immediate, so that a file which another server has open fails here even if there is nothing to migrate.
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for migration in MIGRATIONS.get(version..).ok_or(OpenError::Newer)? {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        model::{MessageId, ReceiverId, Timestamp, User},
        wire::frame_body::ReceiptAction,
    };

    const MAX: u64 = 1 << 30;
    pub(crate) const NOW: Timestamp = Timestamp(1_000);

    pub(crate) fn with_users(uids: &[&str]) -> Connection {
        let connection = open(None, MAX).unwrap();
        for uid in uids {
            let created = Database::new(&connection).create_user(&User::new(*uid, *uid), NOW);
            assert!(created.unwrap());
        }
        connection
    }

    #[test]
    fn no_room_at_all_is_no_room_without_a_limit() {
        for max_bytes in [0, 1] {
            let connection = open(None, max_bytes).unwrap();
            let database = Database::new(&connection);
            let created = (0..1_000).try_for_each(|number: u32| {
                let uid = number.to_string();
                let user = User::new(&*uid, "x".repeat(100));
                database.create_user(&user, NOW).map(drop)
            });
            assert!(created.is_err(), "{max_bytes}");
        }
    }

    #[test]
    fn a_file_is_kept_private_and_opened_by_one_server_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.db");
        let first = open(Some(&path), MAX).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(matches!(open(Some(&path), MAX), Err(OpenError::Sqlite(_))));
        drop(first);
        open(Some(&path), MAX).unwrap();
    }

    #[test]
    fn a_file_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.db");
        let connection = open(Some(&path), MAX).unwrap();
        connection
            .pragma_update(None, "user_version", 1_000)
            .unwrap();
        drop(connection);
        assert!(matches!(open(Some(&path), MAX), Err(OpenError::Newer)));
    }

    /// A file as a server of an older version left it.
    fn write_old(path: &Path, version: usize, content: &str) {
        let old = Connection::open(path).unwrap();
        for migration in &MIGRATIONS[..version] {
            old.execute_batch(migration).unwrap();
        }
        old.execute_batch(content).unwrap();
        old.pragma_update(None, "user_version", version).unwrap();
    }

    #[test]
    fn a_file_of_any_older_version_is_brought_up_to_date() {
        let schema = |connection: &Connection| {
            let mut statement = connection
                .prepare("SELECT type || name FROM sqlite_schema ORDER BY 1")
                .unwrap();
            let names = statement.query_map((), |row| row.get::<_, String>(0));
            names.unwrap().collect::<Result<Vec<_>, _>>().unwrap()
        };
        let newest = schema(&open(None, MAX).unwrap());
        for version in 0..MIGRATIONS.len() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("chat.db");
            write_old(&path, version, "");
            // Twice: once to change it, and once as it is then.
            for _ in 0..2 {
                let connection = open(Some(&path), MAX).unwrap();
                assert_eq!(schema(&connection), newest, "version {version}");
                let now: usize = connection
                    .pragma_query_value(None, "user_version", |row| row.get(0))
                    .unwrap();
                assert_eq!(now, MIGRATIONS.len());
            }
        }
    }

    #[test]
    fn a_file_of_the_third_version_knows_how_far_all_members_came() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.db");
        write_old(
            &path,
            3,
            "INSERT INTO users (uid, name, role, tags, created_at, updated_at)
             VALUES ('alice', 'A', 'default', '[]', 1, 1), ('bob', 'B', 'default', '[]', 1, 1),
                ('carol', 'C', 'default', '[]', 1, 1);
             INSERT INTO conversations (uid, receiver_type, receiver, conversation_id, starts_after)
             VALUES ('alice', 'group', 'guild', 'group_guild', 0), ('bob', 'group', 'guild', 'group_guild', 0),
                ('carol', 'group', 'guild', 'group_guild', 7);
             INSERT INTO receipts (conversation_id, uid, action, up_to, at)
             VALUES ('group_guild', 'bob', 'delivered', 5, 50), ('group_guild', 'bob', 'delivered', 9, 90),
                ('group_guild', 'bob', 'read', 5, 95);",
        );
        let connection = open(Some(&path), MAX).unwrap();
        let received = |action| {
            Database::new(&connection)
                .received_by_all("guild", &"alice".into(), action)
                .unwrap()
        };
        let expected = |up_to, at| Some((MessageId(up_to), Timestamp(at)));
        assert_eq!(received(ReceiptAction::Delivered), expected(7, 90));
        assert_eq!(received(ReceiptAction::Read), expected(5, 95));
    }

    #[test]
    fn a_file_of_the_first_version_keeps_its_conversations() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.db");
        write_old(
            &path,
            1,
            "INSERT INTO users (uid, name, role, tags, created_at, updated_at)
             VALUES ('alice', 'Alice', 'default', '[]', 1, 1), ('bob', 'Bob', 'default', '[]', 1, 1);
             INSERT INTO chat_groups (guid, name, kind, owner, tags, created_at, updated_at)
             VALUES ('guild', 'Guild', 'public', 'alice', '[]', 1, 1);
             INSERT INTO members (guid, uid, scope, joined_at) VALUES ('guild', 'alice', 'admin', 1);
             INSERT INTO messages (conversation_id, sender, receiver, receiver_type, category, kind, data, tags,
                resource, sent_at, updated_at)
             VALUES ('alice_user_bob', 'bob', 'alice', 'user', 'message', 'text', '{}', '[]', '', 1, 1),
                ('group_guild', 'alice', 'guild', 'group', 'message', 'text', '{}', '[]', '', 1, 1);",
        );
        let connection = open(Some(&path), MAX).unwrap();
        let filter = ConversationFilter {
            limit: 10,
            ..Default::default()
        };
        let conversations = Database::new(&connection)
            .conversations(&"alice".into(), &filter)
            .unwrap();
        let seen: Vec<_> = conversations
            .iter()
            .map(|it| (it.id.as_str(), it.unread_messages))
            .collect();
        assert_eq!(seen, [("group_guild", 0), ("alice_user_bob", 1)]);
        // All that is known of it is known under its new key.
        let bob = ReceiverId::User("bob".into());
        let database = Database::new(&connection);
        let with_bob = database.conversation(&"alice".into(), &bob).unwrap();
        assert_eq!(with_bob.unwrap().last_message, Some(MessageId(1)));
    }
}
