//! The group object and the bodies of the routes about groups (PROTOCOL.md §2.6 and §2.10).

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::error::ErrorBody;
use crate::model::{
    Group, GroupDetails, GroupKind, GroupScope, Guid, NewMembers, Secret, Timestamp, Uid, User,
    lenient,
};

/// The body of creating a group.
#[derive(Serialize)]
pub(crate) struct NewGroup {
    guid: Guid,
    #[serde(flatten)]
    details: GroupDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<NewMembers>,
}

impl NewGroup {
    /// What CometChat requires and `details` lack is filled in.
    pub(crate) fn new(guid: Guid, mut details: GroupDetails, members: Option<NewMembers>) -> Self {
        details.name.get_or_insert_with(|| guid.as_str().into());
        details.kind.get_or_insert(GroupKind::Public);
        Self {
            guid,
            details,
            members,
        }
    }
}

/// What the body of creating or joining a group holds beside the group's own fields.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct GroupPassword {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Secret>,
}

/// The body of changing what a member may do.
#[derive(Serialize)]
pub(crate) struct ScopeChange {
    pub(crate) scope: GroupScope,
}

/// The body of giving a group to another member.
#[derive(Serialize, Deserialize)]
pub(crate) struct Transfer {
    pub(crate) owner: Uid,
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

/// What became of those who were to be added or kept out: the server writes all four members, always.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MembersReply {
    pub(crate) admins: MemberResults,
    pub(crate) moderators: MemberResults,
    pub(crate) participants: MemberResults,
    pub(crate) users_to_ban: MemberResults,
}

pub(crate) type MemberResults = BTreeMap<Uid, MemberResult>;

/// What became of one of them: no error means that it worked.
#[derive(Serialize, Deserialize)]
pub(crate) struct MemberResult {
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub(crate) success: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorBody>,
}

/// What a member of a group is in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    pub(crate) scope: String,
    pub(crate) joined_at: Timestamp,
}

/// The group in the reply to joining one, which is the action message.
pub(crate) fn joined_group(data: &RawValue) -> serde_json::Result<Arc<Group>> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        data: Data<'a>,
    }
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        entities: Entities<'a>,
    }
    #[derive(Deserialize)]
    struct Entities<'a> {
        #[serde(borrow, rename = "for")]
        group: Entity<'a>,
    }
    #[derive(Deserialize)]
    struct Entity<'a> {
        #[serde(borrow)]
        entity: &'a RawValue,
    }
    let message: Message<'_> = serde_json::from_str(data.get())?;
    serde_json::from_str(message.data.entities.group.entity.get())
}

/// What became of a new group's first members, from the reply to creating it.
pub(crate) fn first_members(data: &RawValue) -> serde_json::Result<MembersReply> {
    #[derive(Deserialize)]
    struct Created {
        #[serde(default)]
        members: Added,
    }
    #[derive(Default, Deserialize)]
    struct Added {
        #[serde(default)]
        data: MembersReply,
    }
    let created: Created = serde_json::from_str(data.get())?;
    Ok(created.members.data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawJson;

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

    #[test]
    fn a_new_group_has_a_name_and_a_kind_whatever_the_game_left_out() {
        let written = |details, members| {
            serde_json::to_string(&NewGroup::new("guild".into(), details, members)).unwrap()
        };
        assert_eq!(
            written(GroupDetails::new(), None),
            r#"{"guid":"guild","name":"guild","type":"public"}"#
        );
        let details = GroupDetails::new()
            .with_name("Guild")
            .with_password("sesame");
        let members = NewMembers::new()
            .with("bob", GroupScope::Admin)
            .banning("eve");
        assert_eq!(
            written(details, Some(members)),
            r#"{"guid":"guild","name":"Guild","type":"password","password":"sesame","members":{"admins":["bob"],"usersToBan":["eve"]}}"#
        );
    }

    #[test]
    fn what_became_of_members_is_read_whatever_the_server_left_out() {
        let json = r#"{"participants":{"bob":{"success":true},"eve":{"error":{"message":"no"}}}}"#;
        let reply: MembersReply = serde_json::from_str(json).unwrap();
        let error = |uid| reply.participants[uid].error.as_ref();
        assert!(error("bob").is_none());
        assert_eq!(error("eve").unwrap().message, "no");
        assert!(reply.admins.is_empty() && reply.users_to_ban.is_empty());
    }
}
