//! The bodies of the routes about users.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::group::Outcome;
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

/// The outcome for each of the users to be blocked or unblocked.
pub(crate) type BlockReply = BTreeMap<Uid, BlockResult>;

/// The outcome for one of them.
#[derive(Serialize)]
pub(crate) struct BlockResult {
    pub(crate) success: bool,
    pub(crate) message: String,
}

/// Reads the outcomes.
pub(crate) fn block_reply(data: &RawValue) -> serde_json::Result<BlockReply> {
    struct Read(BlockResult);

    impl<'de> Deserialize<'de> for Read {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let json = Box::<RawValue>::deserialize(from)?;
            Ok(Self(match Outcome::of(&json) {
                Outcome::Done => BlockResult {
                    success: true,
                    message: String::new(),
                },
                Outcome::Failed(error) => BlockResult {
                    success: false,
                    message: error.message,
                },
            }))
        }
    }
    let results: BTreeMap<Uid, Read> =
        lenient::map(&mut serde_json::Deserializer::from_str(data.get()))?;
    Ok(results
        .into_iter()
        .map(|(uid, Read(result))| (uid, result))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_in_any_shape() {
        let read = |json: &str| block_reply(serde_json::from_str(json).unwrap()).unwrap();
        let outcomes = read(
            r#"{"a":{"success":true,"message":"ok"},"b":{"success":"1"},"c":"success","d":{"success":false,"message":"no"},
                "e":{"error":{"message":"no"}}}"#,
        );
        let of = |uid: &str| (outcomes[uid].success, &*outcomes[uid].message);
        for uid in ["a", "b", "c"] {
            assert!(of(uid).0, "{uid}");
        }
        assert_eq!((of("d"), of("e")), ((false, "no"), (false, "no")));
        for nothing in ["[]", "{}", "null", "\"\""] {
            assert!(read(nothing).is_empty(), "{nothing}");
        }
    }
}
