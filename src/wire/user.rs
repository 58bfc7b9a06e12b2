//! The bodies of the routes about users (PROTOCOL.md §2.6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Uid, UserDetails, lenient};

/// The body of creating a user.
#[derive(Serialize)]
pub(crate) struct NewUser {
    uid: Uid,
    #[serde(flatten)]
    details: UserDetails,
}

impl NewUser {
    /// A user without a name is named by the uid: CometChat requires one.
    pub(crate) fn new(uid: Uid, mut details: UserDetails) -> Self {
        details.name.get_or_insert_with(|| uid.as_str().into());
        Self { uid, details }
    }
}

/// The body of blocking and unblocking.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlockRequest {
    pub(crate) blocked_uids: Vec<Uid>,
}

/// What became of each.
pub(crate) type BlockReply = BTreeMap<Uid, BlockResult>;

/// What became of one.
#[derive(Serialize, Deserialize)]
pub(crate) struct BlockResult {
    #[serde(default, deserialize_with = "lenient::flag")]
    pub(crate) success: bool,
    #[serde(default)]
    pub(crate) message: String,
}
