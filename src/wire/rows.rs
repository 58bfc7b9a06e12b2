use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use tracing::warn;

use super::text::Text;

/// The maximum number of rows that are read: many times as many as a page has. Millions of bad rows fit in a reply, and
/// each is read several times over.
const MAX_ROWS: usize = 10_000;

/// The rows of a list, read one by one. A row that can't be read is left out, and the others are kept.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    pub(crate) items: Vec<T>,
    /// The number of rows, including unreadable ones. The end of a list is judged by it.
    pub(crate) count: usize,
}

impl<T> Rows<T> {
    /// Reads a list. An object is read as the only row, or as a list that PHP writes as a map from indices. Null and
    /// other empty values are read as an empty list.
    ///
    /// # Errors
    /// If `data` has another type.
    pub(crate) fn read(
        data: &RawValue,
        mut read: impl FnMut(&RawValue) -> serde_json::Result<T>,
    ) -> serde_json::Result<Self> {
        let rows = raw_rows(data)?;
        let count = rows.len();
        let rows = rows.into_iter().take(MAX_ROWS);
        let items: Vec<_> = rows.filter_map(|row| read(row).ok()).collect();
        let rows = Self { items, count };
        if rows.skipped() > 0 {
            // Only the number is logged, because rows contain private messages.
            let skipped = rows.skipped();
            warn!("{skipped} of {count} rows of a list can't be read, and are left out");
        }
        Ok(rows)
    }

    /// The number of rows that can't be read.
    pub(crate) fn skipped(&self) -> usize {
        self.count.saturating_sub(self.items.len())
    }
}

fn raw_rows(data: &RawValue) -> serde_json::Result<Vec<&RawValue>> {
    let json = data.get();
    match json.as_bytes().first() {
        Some(b'[') => serde_json::from_str(json),
        Some(b'{') => {
            let Members(members) = serde_json::from_str(json)?;
            let is_index = |(key, _): &(Text<'_>, &RawValue)| {
                key.as_str().bytes().all(|digit| digit.is_ascii_digit())
            };
            if members.is_empty() {
                return Err(serde_json::Error::custom("a list is an empty object"));
            }
            Ok(if members.iter().all(is_index) {
                members.into_iter().map(|(_, row)| row).collect()
            } else {
                vec![data]
            })
        }
        _ if matches!(json, "null" | "\"\"" | "false") => Ok(Vec::new()),
        _ => Err(serde_json::Error::custom("a list is something else")),
    }
}

/// The members of an object, in order.
struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = object.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::read_repaired;

    fn read(json: &str) -> serde_json::Result<Rows<u8>> {
        #[derive(Deserialize)]
        struct Row {
            id: u8,
        }
        let data: &RawValue = serde_json::from_str(json).unwrap();
        Rows::read(data, |row| {
            read_repaired(row.get(), |row| serde_json::from_str(row)).map(|Row { id }| id)
        })
    }

    #[test]
    fn one_row_that_cant_be_read_costs_no_other() {
        for (json, items, count) in [
            ("[]", &[][..], 0),
            (r#"[{"id":1},{"id":2}]"#, &[1, 2], 2),
            (r#"[{"id":1},{"id":{}},null,7,"x",[],{"id":2}]"#, &[1, 2], 7),
            (
                r#"[{"id":1,"text":"\ud800"},{"id":1e999},{"id":300},{"id":2,"id":3}]"#,
                &[1, 3],
                4,
            ),
            ("[null]", &[], 1),
            ("null", &[], 0),
            (r#""""#, &[], 0),
            ("false", &[], 0),
            (r#"{"id":1}"#, &[1], 1),
            (r#"{"id":"x"}"#, &[], 1),
            (r#"{"0":{"id":1},"1":{"id":2},"5":null}"#, &[1, 2], 3),
        ] {
            let rows = read(json).unwrap();
            assert_eq!((&*rows.items, rows.count), (items, count), "{json}");
            assert_eq!(rows.skipped(), count - items.len(), "{json}");
        }
    }

    #[test]
    fn of_far_too_many_rows_the_first_are_read() {
        let json = format!("[{}0]", "{},".repeat(MAX_ROWS));
        let mut read = 0;
        let rows = Rows::read(serde_json::from_str(&json).unwrap(), |_| {
            read += 1;
            Ok(())
        });
        let rows = rows.unwrap();
        assert_eq!(
            (read, rows.count, rows.skipped()),
            (MAX_ROWS, MAX_ROWS + 1, 1)
        );
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        for json in ["7", "true", r#""rows""#, "{}"] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
