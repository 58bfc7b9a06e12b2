//! The numbers of connected users.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::model::{Guid, lenient};

/// The body of the request, with the groups to count.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OnlineRequest {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) groups: Vec<Guid>,
}

/// The number of connected users, and of connected members of each group.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct OnlineCounts {
    #[serde(deserialize_with = "lenient::count")]
    pub(crate) online_users_count: u64,
    #[serde(deserialize_with = "counts")]
    pub(crate) groups: BTreeMap<Guid, u64>,
}

fn counts<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Guid, u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Count(#[serde(deserialize_with = "lenient::count")] u64);

    let counts: BTreeMap<Guid, Count> = lenient::map(from)?;
    Ok(counts
        .into_iter()
        .map(|(guid, Count(count))| (guid, count))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_in_any_shape() {
        let read = |json: &str| serde_json::from_str::<OnlineCounts>(json).unwrap();
        let counts =
            read(r#"{"onlineUsersCount":"5","groups":{"guild":"3","hall":4.0,"void":null}}"#);
        assert_eq!(counts.online_users_count, 5);
        assert_eq!(counts.groups[&Guid::from("guild")], 3);
        assert_eq!(counts.groups[&Guid::from("hall")], 4);
        for json in [
            r#"{"groups":[]}"#,
            r#"{"groups":null,"onlineUsersCount":null}"#,
            "{}",
        ] {
            assert!(read(json).groups.is_empty(), "{json}");
        }
    }
}
