use rusqlite::types::Value;

/// Conditions that hold together, with their parameters: only those that a query needs, so that an index suffices
/// where it can.
#[derive(Clone, Default)]
pub(super) struct Conditions {
    pub(super) sql: Vec<String>,
    pub(super) parameters: Vec<Value>,
}

impl Conditions {
    /// Adds a condition, whose parameters are written `?`, in order.
    pub(super) fn and(
        &mut self,
        sql: impl Into<String>,
        parameters: impl IntoIterator<Item = Value>,
    ) {
        self.sql.push(sql.into());
        self.parameters.extend(parameters);
    }
}

pub(super) fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// An id or time; one beyond what SQLite can hold has nothing behind it, and everything before it.
pub(super) fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
