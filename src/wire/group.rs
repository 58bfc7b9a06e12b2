//! The group object and the bodies of the routes about groups.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize};
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
    /// CometChat requires a name and a kind. Without them, the name is the guid, and the kind is public.
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

/// The password in the body of creating or joining a group.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct GroupPassword {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Secret>,
}

/// The body of changing a member's scope.
#[derive(Serialize)]
pub(crate) struct ScopeChange {
    pub(crate) scope: GroupScope,
}

/// The body of transferring a group's ownership.
#[derive(Serialize, Deserialize)]
pub(crate) struct Transfer {
    pub(crate) owner: Uid,
}

/// A group as the server sends it to one of its users.
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

/// A row in a list of a group's members.
#[derive(Serialize)]
pub(crate) struct MemberObject {
    #[serde(flatten)]
    pub(crate) user: User,
    #[serde(flatten)]
    pub(crate) membership: Membership,
}

/// The outcome of adding and banning users. The server writes all four members, always.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MembersReply {
    #[serde(deserialize_with = "lenient::map")]
    pub(crate) admins: MemberResults,
    #[serde(deserialize_with = "lenient::map")]
    pub(crate) moderators: MemberResults,
    #[serde(deserialize_with = "lenient::map")]
    pub(crate) participants: MemberResults,
    #[serde(deserialize_with = "lenient::map")]
    pub(crate) users_to_ban: MemberResults,
}

pub(crate) type MemberResults = BTreeMap<Uid, MemberResult>;

/// The outcome for one user: without an error it is a success.
#[derive(Default, Serialize)]
pub(crate) struct MemberResult {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorBody>,
}

impl<'de> Deserialize<'de> for MemberResult {
    /// An object, or a word: `success`, or the message of an error.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(from)?;
        Ok(match Outcome::of(&json) {
            Outcome::Done => Self {
                success: true,
                error: None,
            },
            Outcome::Failed(error) => Self {
                success: false,
                error: Some(error),
            },
        })
    }
}

/// The outcome of one of several actions of a request.
pub(super) enum Outcome {
    Done,
    Failed(ErrorBody),
}

impl Outcome {
    pub(super) fn of(json: &RawValue) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Object<'a> {
            #[serde(deserialize_with = "lenient::maybe_flag")]
            success: Option<bool>,
            #[serde(borrow)]
            error: Option<&'a RawValue>,
        }
        let text = json.get();
        if text.starts_with('{') {
            let object: Object<'_> = serde_json::from_str(text).unwrap_or_default();
            return match (object.success, object.error) {
                (Some(false), None) => Self::Failed(serde_json::from_str(text).unwrap_or_default()),
                (_, Some(error)) if !lenient::is_nothing(error.get()) => {
                    Self::Failed(ErrorBody::read(error))
                }
                _ => Self::Done,
            };
        }
        match text {
            "false" | "0" => Self::Failed(ErrorBody::default()),
            text if text.starts_with('"') && !text.eq_ignore_ascii_case("\"success\"") => {
                Self::Failed(ErrorBody::read(json))
            }
            _ => Self::Done,
        }
    }
}

/// A member's place in a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    pub(crate) scope: String,
    pub(crate) joined_at: Timestamp,
}

/// The group in the reply to joining one: an action message that refers to it, or the group itself. If the reply has
/// neither, only the id is known. The user is a member, whatever the group object says.
pub(crate) fn joined_group(data: &RawValue, guid: &Guid) -> Arc<Group> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Message<'a> {
        #[serde(borrow, deserialize_with = "lenient::object")]
        data: Option<Data<'a>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Data<'a> {
        #[serde(borrow, deserialize_with = "lenient::object")]
        entities: Option<Entities<'a>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Entities<'a> {
        #[serde(borrow, rename = "for", deserialize_with = "lenient::object")]
        group: Option<Entity<'a>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Entity<'a> {
        #[serde(borrow)]
        entity: Option<&'a RawValue>,
    }
    fn entity(data: &RawValue) -> Option<&RawValue> {
        let message: Message<'_> = serde_json::from_str(data.get()).ok()?;
        message.data?.entities?.group?.entity
    }
    let read = |json: &RawValue| serde_json::from_str::<Group>(json.get()).ok();
    let mut group = entity(data)
        .and_then(read)
        .or_else(|| read(data))
        .unwrap_or_else(|| Group::new(guid, guid.as_str(), GroupKind::default()));
    group.has_joined = true;
    group.is_banned = false;
    group.scope.get_or_insert_default();
    Arc::new(group)
}

/// The outcome for a new group's first members, from the reply to creating it.
pub(crate) fn first_members(data: &RawValue) -> serde_json::Result<MembersReply> {
    #[derive(Deserialize)]
    struct Created {
        #[serde(default, deserialize_with = "lenient::object")]
        members: Option<Added>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Added {
        #[serde(deserialize_with = "lenient::object")]
        data: Option<MembersReply>,
    }
    let created: Created = serde_json::from_str(data.get())?;
    let added = created.members.unwrap_or_default();
    Ok(added.data.unwrap_or_default())
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
        group.updated_at = Some(Timestamp(5));
        group.joined_at = Some(Timestamp(5));
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

    #[test]
    fn an_outcome_can_have_many_shapes() {
        let failed = |json: &str| {
            let json = format!(
                r#"{{"admins":[],"moderators":null,"participants":{{"bob":{json}}},"usersToBan":""}}"#
            );
            let reply: MembersReply = serde_json::from_str(&json).unwrap();
            reply.participants["bob"]
                .error
                .as_ref()
                .map(|error| error.message.clone())
        };
        for done in [
            r#"{"success":true}"#,
            r#"{"success":1}"#,
            r#""success""#,
            "true",
            "{}",
            "[]",
            r#"{"error":null}"#,
            r#"{"error":[]}"#,
        ] {
            assert_eq!(failed(done), None, "{done}");
        }
        for (json, message) in [
            (r#"{"error":{"message":"no"}}"#, "no"),
            (
                r#"{"success":false,"error":{"code":5,"message":"no"}}"#,
                "no",
            ),
            (r#"{"success":false,"message":"no"}"#, "no"),
            (r#"{"success":"0"}"#, ""),
            (r#"{"error":"no"}"#, "no"),
            (r#""no""#, "no"),
            ("false", ""),
        ] {
            assert_eq!(failed(json).as_deref(), Some(message), "{json}");
        }
        let nothing: MembersReply = serde_json::from_str("{}").unwrap();
        assert!(nothing.admins.is_empty());
    }

    #[test]
    fn whoever_joins_a_group_is_a_member() {
        let joined =
            |json: &str| joined_group(serde_json::from_str(json).unwrap(), &"guild".into());
        for (json, name) in [
            (
                r#"{"data":{"entities":{"for":{"entity":{"guid":"guild","name":"Guild","hasJoined":false}}}}}"#,
                "Guild",
            ),
            (
                r#"{"data":{"entities":{"for":[{"entity":{"guid":"guild","name":"Guild","hasJoined":0}}]}}}"#,
                "Guild",
            ),
            (r#"{"guid":"guild","name":"Guild"}"#, "Guild"),
            (r#"{"data":{"entities":[]}}"#, "guild"),
            (r#"{"data":{"entities":{"for":{"entity":{}}}}}"#, "guild"),
            (r#"{"success":true,"message":"joined"}"#, "guild"),
            ("[]", "guild"),
            ("null", "guild"),
        ] {
            let group = joined(json);
            assert_eq!(
                (group.guid.as_str(), &*group.name),
                ("guild", name),
                "{json}"
            );
            assert!(group.has_joined && group.scope.is_some(), "{json}");
        }
    }
}
