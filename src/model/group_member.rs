use std::{ops::Deref, sync::Arc};

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::{GroupScope, Timestamp, User};

/// A member of a group.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupMember {
    /// The user.
    pub user: Arc<User>,
    /// The scope of the user in the group.
    pub scope: GroupScope,
    /// When the user joined.
    pub joined_at: Timestamp,
}

impl Deref for GroupMember {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

impl<'de> Deserialize<'de> for GroupMember {
    /// Reads the JSON twice: serde buffers flattened fields, which loses raw JSON.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Membership {
            #[serde(default)]
            scope: GroupScope,
            #[serde(default)]
            joined_at: Timestamp,
        }
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let user = serde_json::from_str(json.get()).map_err(de::Error::custom)?;
        let Membership { scope, joined_at } =
            serde_json::from_str(json.get()).map_err(de::Error::custom)?;
        Ok(Self {
            user: Arc::new(user),
            scope,
            joined_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_read_with_all_that_the_user_is() {
        let json = r#"{"uid":"bob","name":"Bob","metadata":{"level":3},"scope":"moderator","joinedAt":"7"}"#;
        let member: GroupMember = serde_json::from_str(json).unwrap();
        assert_eq!(member.uid, "bob");
        assert_eq!(
            member.metadata.as_ref().map(|it| it.as_str()),
            Some(r#"{"level":3}"#)
        );
        assert_eq!(
            (member.scope, member.joined_at),
            (GroupScope::Moderator, Timestamp(7))
        );
        assert!(serde_json::from_str::<GroupMember>(r#"{"scope":"admin"}"#).is_err());
    }
}
