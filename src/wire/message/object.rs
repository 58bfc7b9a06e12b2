use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::model::{MessageId, Timestamp};

/// The members of a message's `data` that the client gave, unparsed.
pub(crate) type DataMembers = BTreeMap<String, Box<RawValue>>;

/// A message object to be written; [`decode`](super::decode) reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageObject<'a> {
    pub(crate) id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) muid: Option<&'a str>,
    pub(crate) conversation_id: &'a str,
    pub(crate) sender: &'a str,
    pub(crate) receiver: &'a str,
    pub(crate) receiver_type: &'static str,
    pub(crate) category: &'a str,
    #[serde(rename = "type")]
    pub(crate) kind: &'a str,
    pub(crate) sent_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<MessageId>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) reply_count: u64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) tags: &'a [Arc<str>],
    pub(crate) data: DataObject<'a>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The `data` of a message: what the client gave, and what the server adds.
#[derive(Serialize)]
pub(crate) struct DataObject<'a> {
    #[serde(flatten)]
    pub(crate) members: &'a DataMembers,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) resource: &'a str,
    pub(crate) entities: BTreeMap<&'static str, EntityObject<'a>>,
}

/// A user, group or message that a message refers to.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntityObject<'a> {
    pub(crate) entity: &'a RawValue,
    pub(crate) entity_type: &'static str,
}

impl<'a> EntityObject<'a> {
    pub(crate) fn user(entity: &'a RawValue) -> Self {
        Self {
            entity,
            entity_type: "user",
        }
    }

    pub(crate) fn group(entity: &'a RawValue) -> Self {
        Self {
            entity,
            entity_type: "group",
        }
    }
}

/// What a member of a group did to their membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ActionKind {
    Joined,
    Left,
}

/// The `data` of an action message, but for its entities (PROTOCOL.md §3.6).
pub(crate) fn action_data(action: ActionKind) -> serde_json::Result<DataMembers> {
    Ok(BTreeMap::from([(
        "action".to_owned(),
        to_raw_value(&action)?,
    )]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{MessageContent, Receiver, User},
        wire::{interner::Interner, message::decode},
    };

    #[test]
    fn what_is_written_is_read_back() {
        let (alice, bob) = (User::new("alice", "Alice"), User::new("bob", "Bob"));
        let (alice_json, bob_json) = (to_raw_value(&alice).unwrap(), to_raw_value(&bob).unwrap());
        let members: DataMembers =
            serde_json::from_str(r#"{"text":"hi \"you\"","metadata":{"k":1}}"#).unwrap();
        let object = MessageObject {
            id: MessageId(7),
            muid: Some("muid"),
            conversation_id: "alice_user_bob",
            sender: "alice",
            receiver: "bob",
            receiver_type: "user",
            category: "message",
            kind: "text",
            sent_at: Timestamp(9),
            updated_at: Timestamp(9),
            parent_id: Some(MessageId(3)),
            reply_count: 0,
            tags: &[],
            data: DataObject {
                members: &members,
                resource: "session",
                entities: BTreeMap::from([
                    ("sender", EntityObject::user(&alice_json)),
                    ("receiver", EntityObject::user(&bob_json)),
                ]),
            },
        };

        let json = to_raw_value(&object).unwrap();
        let message = decode(&json, &mut Interner::default()).unwrap();

        assert_eq!(message.id, MessageId(7));
        assert_eq!(message.muid.as_deref(), Some("muid"));
        assert_eq!(message.conversation_id.as_str(), "alice_user_bob");
        assert_eq!(*message.sender, alice);
        assert_eq!(message.receiver, Receiver::User(bob.into()));
        assert_eq!(message.sent_at, Timestamp(9));
        assert_eq!(message.content, MessageContent::Text("hi \"you\"".into()));
        assert_eq!(message.metadata.unwrap().as_str(), r#"{"k":1}"#);
        assert_eq!(message.parent_id, Some(MessageId(3)));
        assert!(json.get().contains(r#""id":"7""#), "{json}");
        assert!(json.get().contains(r#""resource":"session""#), "{json}");
    }
}
