//! The group object and the bodies of the routes about groups (PROTOCOL.md §2.6 and §2.10).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::ErrorBody;
use crate::model::{Group, Secret, Timestamp, Uid, User};

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

/// A user as the server tells of them in a list of a group's members.
#[derive(Serialize)]
pub(crate) struct MemberObject {
    #[serde(flatten)]
    pub(crate) user: User,
    #[serde(flatten)]
    pub(crate) membership: Membership,
}

/// Who is to be added to a group as what, and who is to be kept out of it.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MembersRequest {
    pub(crate) admins: Vec<Uid>,
    pub(crate) moderators: Vec<Uid>,
    pub(crate) participants: Vec<Uid>,
    pub(crate) users_to_ban: Vec<Uid>,
}

/// What became of each: all four members are always there.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MembersReply {
    pub(crate) admins: BTreeMap<String, MemberResult>,
    pub(crate) moderators: BTreeMap<String, MemberResult>,
    pub(crate) participants: BTreeMap<String, MemberResult>,
    pub(crate) users_to_ban: BTreeMap<String, MemberResult>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum MemberResult {
    Done { success: bool },
    Refused { error: ErrorBody },
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
    use crate::model::{GroupKind, GroupScope, RawJson};

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
        group.scope = Some(GroupScope::Admin);
        assert_eq!(serde_json::from_str::<Group>(&json).unwrap(), group);
        assert!(json.contains(r#""scope":"admin""#), "{json}");
    }
}
