//! How many are connected (PROTOCOL.md §1.5: `online-members`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Guid;

/// The body of asking: in which groups, too.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OnlineRequest {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) groups: Vec<Guid>,
}

/// How many users are connected, and how many members of each group.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct OnlineCounts {
    pub(crate) online_users_count: u64,
    pub(crate) groups: BTreeMap<Guid, u64>,
}
