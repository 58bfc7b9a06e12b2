//! The message object, the same in HTTP replies and in `message` frames (PROTOCOL.md §3.5).

mod action;
mod content;
mod details;
#[cfg(any(test, feature = "local-server"))]
mod object;
mod recipients;
#[cfg(any(test, feature = "local-server"))]
mod request;
mod send;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;

use super::{interner::Interner, text::Text};
use crate::model::{
    Group, GroupKind, Message, MessageId, RawJson, Receiver, ReceiverId, Timestamp, User,
};

pub(crate) use action::MessageNews;
pub(crate) use recipients::recipients;
pub(crate) use send::{edit_body, message_body};
#[cfg(any(test, feature = "local-server"))]
pub(crate) use {
    object::{
        ActionKind, Changes, DataMembers, DataObject, EntityObject, MessageObject,
        ReactionCountObject, ReceiptList, ReceiptTimes, RecipientObject, action_data,
        scope_change_data,
    },
    request::MessageRequest,
};

/// A message object, or the body of a frame of another kind, borrowed from its JSON: one pass reads either.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BodyJson<'a> {
    pub(crate) id: Option<MessageId>,
    #[serde(borrow)]
    pub(crate) muid: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) conversation_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) sender: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) receiver: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) receiver_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) category: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Option<Text<'a>>,
    #[serde(default)]
    pub(crate) sent_at: Timestamp,
    #[serde(default)]
    pub(crate) updated_at: Timestamp,
    pub(crate) parent_id: Option<MessageId>,
    #[serde(borrow)]
    pub(crate) data: Option<MessageData<'a>>,
    #[serde(default)]
    edited_at: Timestamp,
    #[serde(borrow)]
    edited_by: Option<Text<'a>>,
    #[serde(default)]
    deleted_at: Timestamp,
    #[serde(borrow)]
    deleted_by: Option<Text<'a>>,
    #[serde(default)]
    delivered_at: Timestamp,
    #[serde(default)]
    read_at: Timestamp,
    #[serde(borrow)]
    reply_count: Option<&'a RawValue>,
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
    #[serde(borrow)]
    quoted_message: Option<&'a RawValue>,
    #[serde(borrow)]
    my_receipt: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) action: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) user: Option<&'a RawValue>,
}

/// The `data` of a message, as far as it is read for every kind.
#[derive(Deserialize)]
pub(crate) struct MessageData<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    entities: Option<Entities<'a>>,
    #[serde(borrow)]
    mentions: Option<&'a RawValue>,
    #[serde(borrow)]
    reactions: Option<&'a RawValue>,
    #[serde(borrow)]
    moderation: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entities<'a> {
    #[serde(borrow)]
    sender: Option<Entity<'a>>,
    #[serde(borrow)]
    receiver: Option<Entity<'a>>,
}

/// A user, group or message that a message refers to.
#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(borrow)]
    entity: Option<&'a RawValue>,
}

impl BodyJson<'_> {
    /// The message, if it has all that one must have. `data` finds the raw `data` object of the same message, and
    /// is not called for text.
    pub(crate) fn into_message(
        mut self,
        interner: &mut Interner,
        data: impl FnOnce() -> Option<RawJson>,
    ) -> serde_json::Result<Message> {
        let mut json_data = self.data.take().ok_or_else(|| missing("data"))?;
        let details = details::read(&self, &json_data, interner);
        let category = self.category.ok_or_else(|| missing("category"))?;
        let kind = self.kind.ok_or_else(|| missing("type"))?;
        let (sender, receiver) = json_data.entities.take().map_or((None, None), |entities| {
            (entities.sender, entities.receiver)
        });

        let sender = match sender.and_then(|sender| sender.entity) {
            Some(user) => interner.user(user)?,
            None => {
                let uid = self.sender.ok_or_else(|| missing("sender"))?;
                Arc::new(User::new(uid.as_str(), uid.as_str()))
            }
        };
        let receiver = Receiver::read(
            self.receiver_type.as_ref().map(Text::as_str),
            self.receiver.as_ref().map(Text::as_str),
            receiver.and_then(|receiver| receiver.entity),
            interner,
        )?;
        let content = content::read(&category, &kind, json_data.text, data, interner)?;
        let conversation_id = match &self.conversation_id {
            Some(id) => interner.conversation(id.as_str()),
            None => {
                let sender = sender.uid.as_str();
                interner.conversation(&conversation_id(sender, &receiver.to_id()))
            }
        };

        Ok(Message {
            id: self.id.ok_or_else(|| missing("id"))?,
            muid: self.muid.map(Arc::from),
            conversation_id,
            sender,
            receiver,
            sent_at: self.sent_at,
            updated_at: self.updated_at.max(self.sent_at),
            content,
            metadata: json_data
                .metadata
                .filter(|json| json.get() != "{}")
                .map(RawJson::from),
            parent_id: self.parent_id.filter(|parent| *parent != MessageId(0)),
            details,
        })
    }
}

fn missing(what: &str) -> serde_json::Error {
    serde_json::Error::custom(format_args!("a message without {what}"))
}

impl Receiver {
    /// The user or group that an entity describes; where there is none, all that is known of it is its id.
    pub(super) fn read(
        kind: Option<&str>,
        id: Option<&str>,
        entity: Option<&RawValue>,
        interner: &mut Interner,
    ) -> serde_json::Result<Self> {
        match (kind, entity, id) {
            (Some("user"), Some(user), _) => Ok(Self::User(interner.user(user)?)),
            (Some("group"), Some(group), _) => Ok(Self::Group(interner.group(group)?)),
            (Some("user"), None, Some(uid)) => Ok(Self::User(Arc::new(User::new(uid, uid)))),
            (Some("group"), None, Some(guid)) => Ok(Self::Group(Arc::new(Group::new(
                guid,
                guid,
                GroupKind::Private,
            )))),
            _ => Err(missing("a receiver")),
        }
    }
}

/// CometChat's convention for the id of a conversation (PROTOCOL.md §2.10).
pub(crate) fn conversation_id(sender: &str, receiver: &ReceiverId) -> String {
    match receiver {
        ReceiverId::Group(guid) => format!("group_{guid}"),
        ReceiverId::User(uid) => {
            let (first, second) = match sender <= uid.as_str() {
                true => (sender, uid.as_str()),
                false => (uid.as_str(), sender),
            };
            format!("{first}_user_{second}")
        }
    }
}

/// The `data` object inside a message object, unparsed.
pub(crate) fn raw_data(message: &str) -> Option<RawJson> {
    #[derive(Deserialize)]
    struct OnlyData<'a> {
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    let OnlyData { data } = serde_json::from_str(message).ok()?;
    data.map(RawJson::from)
}

/// Reads a message object.
pub(crate) fn decode(json: &RawValue, interner: &mut Interner) -> serde_json::Result<Message> {
    let message: BodyJson<'_> = serde_json::from_str(json.get())?;
    message.into_message(interner, || raw_data(json.get()))
}

/// The id of a message object, whatever else is wrong with it.
pub(crate) fn id_of(json: &RawValue) -> Option<MessageId> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: Option<MessageId>,
    }
    serde_json::from_str::<OnlyId>(json.get()).ok()?.id
}
