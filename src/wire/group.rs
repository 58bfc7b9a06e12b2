//! The group object and the bodies of the routes about groups (PROTOCOL.md §2.6 and §2.10).

use serde::{Deserialize, Serialize};

use crate::model::{Group, Secret, Timestamp};

/// What the body of creating or joining a group holds beside the group's own fields.
#[derive(Default, Deserialize)]
pub(crate) struct GroupPassword {
    #[serde(default)]
    pub(crate) password: Option<Secret>,
}

/// A group as the server tells it to one of its users.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupObject<'a> {
    #[serde(flatten)]
    pub(crate) group: &'a Group,
    pub(crate) updated_at: Timestamp,
    pub(crate) conversation_id: String,
    #[serde(flatten)]
    pub(crate) membership: Option<&'a Membership>,
}

/// What a member of a group is in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    pub(crate) scope: String,
    pub(crate) joined_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GroupKind, RawJson};

    #[test]
    fn what_is_written_is_read_back() {
        let mut group = Group::new("guild", "Guild", GroupKind::Password);
        group.metadata = Some(RawJson::new(&[1]).unwrap());
        group.owner = Some("alice".into());
        group.members_count = Some(2);
        group.has_joined = true;
        let object = GroupObject {
            group: &group,
            updated_at: Timestamp(5),
            conversation_id: "group_guild".to_owned(),
            membership: Some(&Membership {
                scope: "admin".to_owned(),
                joined_at: Timestamp(5),
            }),
        };
        let json = serde_json::to_string(&object).unwrap();
        assert_eq!(serde_json::from_str::<Group>(&json).unwrap(), group);
        assert!(json.contains(r#""scope":"admin""#), "{json}");
    }
}
