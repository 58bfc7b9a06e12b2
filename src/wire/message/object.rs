use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    model::{MessageId, Timestamp},
    wire::frame_body::InteractionObject,
};

/// The members of a message's `data` that the client gave, unparsed.
pub(crate) type DataMembers = BTreeMap<String, Box<RawValue>>;

/// A message object to be written; [`decode`](super::decode) reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageObject<'a, E> {
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
    #[serde(flatten)]
    pub(crate) changes: Changes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<MessageId>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) reply_count: u64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) tags: &'a [Arc<str>],
    pub(crate) data: DataObject<'a, E>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quoted_message: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) my_receipt: Option<ReceiptTimes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipts: Option<ReceiptList>,
}

/// The changes of a message since it was sent.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changes<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edited_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edited_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pinned_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pinned_by: Option<&'a str>,
    /// When the user who receives this object saved it for themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) saved_at: Option<Timestamp>,
    /// When it was delivered to all its receivers, and when they had read it. Only its sender learns it.
    #[serde(flatten)]
    pub(crate) receipt: ReceiptTimes,
}

/// When a message was delivered and read.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptTimes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivered_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) read_at: Option<Timestamp>,
}

impl ReceiptTimes {
    pub(crate) fn is_empty(&self) -> bool {
        self.delivered_at.is_none() && self.read_at.is_none()
    }
}

/// The receivers of a message, with the times of delivery and reading.
#[derive(Serialize)]
pub(crate) struct ReceiptList {
    pub(crate) data: Vec<RecipientObject>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecipientObject {
    pub(crate) recipient: Box<RawValue>,
    #[serde(flatten)]
    pub(crate) times: ReceiptTimes,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The `data` of a message: the client's members, and the server's.
#[derive(Serialize)]
pub(crate) struct DataObject<'a, E> {
    #[serde(flatten)]
    pub(crate) members: &'a DataMembers,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) resource: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) mentions: BTreeMap<&'a str, E>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reactions: Vec<ReactionCountObject>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interactions: Vec<InteractionObject>,
    pub(crate) entities: BTreeMap<&'static str, EntityObject<E>>,
}

/// A reaction to a message, with the number of users who made it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReactionCountObject {
    pub(crate) reaction: String,
    pub(crate) count: u64,
    pub(crate) reacted_by_me: bool,
}

/// A user, group or message that a message refers to, as JSON.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntityObject<E> {
    pub(crate) entity: E,
    pub(crate) entity_type: &'static str,
}

impl<E> EntityObject<E> {
    pub(crate) fn user(entity: E) -> Self {
        Self {
            entity,
            entity_type: "user",
        }
    }

    pub(crate) fn group(entity: E) -> Self {
        Self {
            entity,
            entity_type: "group",
        }
    }

    pub(crate) fn message(entity: E) -> Self {
        Self {
            entity,
            entity_type: "message",
        }
    }
}

/// The action that an action message reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ActionKind {
    Joined,
    Left,
    Added,
    Kicked,
    Banned,
    Unbanned,
    ScopeChanged,
    Edited,
    Deleted,
}

/// The `data` of an action message, without its entities.
pub(crate) fn action_data(action: ActionKind) -> serde_json::Result<DataMembers> {
    Ok(BTreeMap::from([(
        "action".to_owned(),
        to_raw_value(&action)?,
    )]))
}

/// The `data` of the action that changes a member's scope.
pub(crate) fn scope_change_data(old: &str, new: &str) -> serde_json::Result<DataMembers> {
    #[derive(Serialize)]
    struct Extras<'a> {
        scope: Scope<'a>,
    }
    #[derive(Serialize)]
    struct Scope<'a> {
        old: &'a str,
        new: &'a str,
    }
    let mut data = action_data(ActionKind::ScopeChanged)?;
    let extras = Extras {
        scope: Scope { old, new },
    };
    data.insert("extras".to_owned(), to_raw_value(&extras)?);
    Ok(data)
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
            changes: Changes::default(),
            parent_id: Some(MessageId(3)),
            reply_count: 0,
            tags: &[],
            data: DataObject {
                members: &members,
                resource: "session",
                mentions: BTreeMap::new(),
                reactions: Vec::new(),
                interactions: Vec::new(),
                entities: BTreeMap::from([
                    ("sender", EntityObject::user(&alice_json)),
                    ("receiver", EntityObject::user(&bob_json)),
                ]),
            },
            quoted_message: None,
            my_receipt: None,
            receipts: None,
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
