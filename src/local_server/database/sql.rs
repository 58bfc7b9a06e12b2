use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use rusqlite::{Connection, Row, types::Type};
use serde::de::DeserializeOwned;

use crate::model::ReceiverId;

/// The maximum run time of a search, whatever the number of its queries.
const MAX_QUERY_TIME: Duration = Duration::from_millis(100);

/// The number of steps of a query between two checks of its run time.
const STEPS_BETWEEN_LOOKS: i32 = 1_000;

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Makes queries of the connection fail that [`Database::bounded`] runs for too long.
pub(super) fn limit_bounded_queries(connection: &mut Connection) -> rusqlite::Result<()> {
    let is_over = || {
        DEADLINE
            .get()
            .is_some_and(|deadline| Instant::now() > deadline)
    };
    connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(is_over))
}

/// The queries, within whatever transaction `connection` is in.
#[derive(Clone, Copy)]
pub(in crate::local_server) struct Database<'a> {
    pub(super) connection: &'a Connection,
}

impl<'a> Database<'a> {
    pub(in crate::local_server) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// Runs queries that fail when they take too long together. They must only read.
    pub(super) fn bounded<T>(
        &self,
        queries: impl FnOnce() -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        DEADLINE.set(Some(Instant::now() + MAX_QUERY_TIME));
        let result = queries();
        DEADLINE.set(None);
        result
    }
}

/// A column that holds JSON.
pub(super) fn json_column<T: DeserializeOwned>(row: &Row<'_>, name: &str) -> rusqlite::Result<T> {
    let index = row.as_ref().column_index(name)?;
    let json = row.get_ref(index)?.as_str()?;
    serde_json::from_str(json)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, error.into()))
}

/// Whether a column with a JSON list has something of another list in it.
pub(super) fn overlap(column: &str, list: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM json_each({column}) AS has WHERE has.value IN (SELECT value FROM json_each({list})))"
    )
}

/// A list of texts as a column holds it.
pub(super) fn json(texts: &[std::sync::Arc<str>]) -> String {
    serde_json::to_string(texts).unwrap_or_else(|_| "[]".to_owned())
}

/// The key of a conversation in the database. The id that clients receive is ambiguous: a user `a_user_b` has the same
/// conversation id with `c` as `a` has with `b_user_c`.
pub(in crate::local_server) fn conversation_key(uid: &str, with: &ReceiverId) -> String {
    const SEPARATOR: char = '\u{1f}';
    match with {
        ReceiverId::Group(guid) => format!("{SEPARATOR}{guid}"),
        ReceiverId::User(other) => {
            let (first, second) = if uid <= other.as_str() {
                (uid, other.as_str())
            } else {
                (other.as_str(), uid)
            };
            format!("{first}{SEPARATOR}{second}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::{Arc, Mutex},
    };

    use super::{
        super::{MessageScope, tests::with_users},
        *,
    };

    #[test]
    fn all_streams_of_a_list_have_one_deadline() {
        let mut connection = with_users(&["alice"]);
        let seen = Arc::<Mutex<HashSet<Instant>>>::default();
        let look = {
            let seen = seen.clone();
            move || {
                seen.lock().unwrap().extend(DEADLINE.get());
                false
            }
        };
        connection.progress_handler(1, Some(look)).unwrap();
        Database::new(&connection)
            .messages(
                &"alice".into(),
                &MessageScope::Everything,
                &Default::default(),
                10,
            )
            .unwrap();
        assert_eq!(seen.lock().unwrap().len(), 1);
        assert_eq!(DEADLINE.get(), None);
    }
}
