use rusqlite::{Connection, Row, types::Type};
use serde::de::DeserializeOwned;

/// The queries, within whatever transaction `connection` is in.
#[derive(Clone, Copy)]
pub(in crate::local_server) struct Database<'a> {
    pub(super) connection: &'a Connection,
}

impl<'a> Database<'a> {
    pub(in crate::local_server) fn new(connection: &'a Connection) -> Self {
        Self { connection }
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
