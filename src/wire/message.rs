//! The message object, the same in HTTP replies and in `message` frames.

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
mod shapes;
#[cfg(test)]
mod tests;
mod text_message;

use std::sync::Arc;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use super::{
    interner::Interner,
    json::read_repaired,
    text::{self, Text},
};
use crate::model::{
    Group, GroupKind, Message, MessageContent, MessageId, RawJson, Receiver, ReceiverId, Timestamp,
    UnmodelledContent, User, lenient,
};

pub(crate) use action::changed;
pub(crate) use recipients::recipients;
pub(crate) use send::{edit_body, message_body};
pub(crate) use text_message::TextMessageJson;
#[cfg(any(test, feature = "local-server"))]
pub(crate) use {
    object::{
        ActionKind, Changes, DataMembers, DataObject, EntityObject, MessageObject,
        ReactionCountObject, ReceiptList, ReceiptTimes, RecipientObject, action_data,
        scope_change_data,
    },
    request::MessageRequest,
};

/// The maximum nesting of quoted messages that is read: each level takes stack space.
const MAX_QUOTES: u8 = 3;

/// A message object, or the body of a frame of another kind, borrowed from its JSON: one pass reads either. A member of
/// another type than documented counts as missing.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BodyJson<'a> {
    #[serde(default, deserialize_with = "lenient::message_id")]
    pub(crate) id: Option<MessageId>,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    pub(crate) muid: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    pub(crate) conversation_id: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    pub(crate) sender: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    pub(crate) receiver: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    pub(crate) receiver_type: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    pub(crate) category: Option<Text<'a>>,
    #[serde(default, borrow, rename = "type", deserialize_with = "text::optional")]
    pub(crate) kind: Option<Text<'a>>,
    #[serde(default)]
    pub(crate) sent_at: Timestamp,
    #[serde(default)]
    pub(crate) updated_at: Timestamp,
    #[serde(default, deserialize_with = "lenient::message_id")]
    pub(crate) parent_id: Option<MessageId>,
    #[serde(default, borrow)]
    pub(crate) data: DataJson<'a>,
    #[serde(default)]
    edited_at: Timestamp,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    edited_by: Option<Text<'a>>,
    #[serde(default)]
    deleted_at: Timestamp,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    deleted_by: Option<Text<'a>>,
    #[serde(default)]
    delivered_at: Timestamp,
    #[serde(default)]
    read_at: Timestamp,
    #[serde(default)]
    pinned_at: Timestamp,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    pinned_by: Option<Text<'a>>,
    #[serde(default)]
    saved_at: Timestamp,
    #[serde(default, borrow)]
    reply_count: Option<&'a RawValue>,
    #[serde(default, borrow)]
    unread_replies_count: Option<&'a RawValue>,
    #[serde(default, borrow)]
    tags: Option<&'a RawValue>,
    #[serde(default, borrow)]
    quoted_message: Option<&'a RawValue>,
    #[serde(default, borrow)]
    my_receipt: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    pub(crate) action: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    pub(crate) code: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    pub(crate) status: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub(crate) user: Option<&'a RawValue>,
}

/// The `data` of a message.
#[derive(Default)]
#[expect(
    clippy::large_enum_variant,
    reason = "it lives on the stack while a frame is read: a box would be an allocation a message"
)]
pub(crate) enum DataJson<'a> {
    #[default]
    Missing,
    Object(MessageData<'a>),
    /// JSON that was written into a string.
    Encoded(Arc<str>),
}

/// The members of `data` that are read for every kind of message.
#[derive(Default, Deserialize)]
pub(crate) struct MessageData<'a> {
    #[serde(default, borrow, deserialize_with = "text::optional")]
    text: Option<Text<'a>>,
    #[serde(default, borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "lenient::object")]
    entities: Option<Entities<'a>>,
    #[serde(default, borrow)]
    mentions: Option<&'a RawValue>,
    #[serde(default, borrow)]
    reactions: Option<&'a RawValue>,
    #[serde(default, borrow)]
    moderation: Option<&'a RawValue>,
    #[serde(default, borrow)]
    interactions: Option<&'a RawValue>,
}

/// The users, groups and messages that a message refers to. Actions have `by`, `for` and `on` only.
#[derive(Default, Deserialize)]
struct Entities<'a> {
    #[serde(default, borrow, deserialize_with = "lenient::object")]
    sender: Option<Entity<'a>>,
    #[serde(default, borrow, deserialize_with = "lenient::object")]
    receiver: Option<Entity<'a>>,
    #[serde(default, borrow, deserialize_with = "lenient::object")]
    by: Option<Entity<'a>>,
    #[serde(default, borrow, rename = "for", deserialize_with = "lenient::object")]
    action_receiver: Option<Entity<'a>>,
    #[serde(default, borrow, deserialize_with = "lenient::object")]
    on: Option<Entity<'a>>,
}

/// A user, group or message that a message refers to.
#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(borrow, default)]
    entity: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for DataJson<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct DataVisitor;

        impl<'de> Visitor<'de> for DataVisitor {
            type Value = DataJson<'de>;

            lenient::read_others_as!(DataJson::Missing);

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                MessageData::deserialize(MapAccessDeserializer::new(object)).map(DataJson::Object)
            }

            /// PHP writes an empty object as an empty list.
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut first = None;
                while let Some(json) = list.next_element()? {
                    first = first.or_else(|| lenient::first_object(json));
                }
                let data = first.map(|data| serde_json::from_str(data.get()));
                let data = data.transpose().map_err(A::Error::custom)?;
                Ok(DataJson::Object(data.unwrap_or_default()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(DataJson::Encoded(text.into()))
            }
        }

        from.deserialize_any(DataVisitor)
    }
}

impl BodyJson<'_> {
    /// The message, if it has all required members. `data` finds the raw `data` object of the same message, and is not
    /// called for text.
    pub(crate) fn into_message(
        self,
        interner: &mut Interner,
        data: &dyn Fn() -> Option<RawJson>,
    ) -> serde_json::Result<Message> {
        self.into_message_at(0, interner, data)
    }

    fn into_message_at(
        mut self,
        depth: u8,
        interner: &mut Interner,
        data: &dyn Fn() -> Option<RawJson>,
    ) -> serde_json::Result<Message> {
        match std::mem::take(&mut self.data) {
            DataJson::Missing => Err(missing("data")),
            DataJson::Object(object) => self.with_data(object, depth, interner, data),
            DataJson::Encoded(json) => {
                // PHP writes an empty object as an empty string. Any other text is invalid.
                let object = if json.trim().is_empty() {
                    MessageData::default()
                } else {
                    serde_json::from_str(&json).map_err(|_| missing("data"))?
                };
                let data = || serde_json::from_str(&json).ok();
                self.with_data(object, depth, interner, &data)
            }
        }
    }

    fn with_data(
        self,
        mut object: MessageData<'_>,
        depth: u8,
        interner: &mut Interner,
        data: &dyn Fn() -> Option<RawJson>,
    ) -> serde_json::Result<Message> {
        let id = self.id.ok_or_else(|| missing("id"))?;
        let details = details::read(&self, &object, depth, interner);
        let category = self.category.ok_or_else(|| missing("category"))?;
        let kind = self.kind.ok_or_else(|| missing("type"))?;

        let entities = object.entities.take().unwrap_or_default();
        let sender = [entities.sender, entities.by]
            .into_iter()
            .flatten()
            .find_map(|sender| interner.user(sender.entity?.get()).ok());
        let sender = match (sender, self.sender) {
            (Some(sender), _) => sender,
            (None, Some(uid)) => Arc::new(User::new(uid.as_str(), uid.as_str())),
            (None, None) => return Err(missing("sender")),
        };
        let receiver = Receiver::read(
            self.receiver_type.as_ref().map(Text::as_str),
            self.receiver.as_ref().map(Text::as_str),
            [entities.receiver, entities.action_receiver]
                .into_iter()
                .flatten()
                .find_map(|receiver| receiver.entity)
                .map(RawValue::get),
            interner,
        )?;
        let content = content::read(&category, &kind, object.text, data, interner);
        let conversation_id = match &self.conversation_id {
            Some(id) => interner.conversation(id.as_str()),
            None => {
                let sender = sender.uid.as_str();
                interner.conversation(&conversation_id(sender, &receiver.to_id()))
            }
        };

        Ok(Message {
            id,
            muid: self.muid.map(Arc::from),
            conversation_id,
            sender,
            receiver,
            sent_at: self.sent_at,
            updated_at: self.updated_at.max(self.sent_at),
            content,
            metadata: object
                .metadata
                .filter(|json| !is_no_metadata(json.get()))
                .map(RawJson::from),
            parent_id: self.parent_id,
            details,
        })
    }
}

/// Whether metadata is empty: PHP writes an empty object for none.
fn is_no_metadata(json: &str) -> bool {
    json == "{}" || lenient::is_nothing(json)
}

fn missing(what: &str) -> serde_json::Error {
    serde_json::Error::custom(format_args!("a message without {what}"))
}

impl Receiver {
    /// The user or group that an entity describes. Where it can't be read, only the id is known. A missing kind is
    /// inferred from the entity.
    pub(super) fn read(
        kind: Option<&str>,
        id: Option<&str>,
        entity: Option<&str>,
        interner: &mut Interner,
    ) -> serde_json::Result<Self> {
        let kind = kind.filter(|kind| !kind.is_empty());
        let is_group = match kind {
            Some(kind) if kind.eq_ignore_ascii_case("group") => true,
            Some(kind) if kind.eq_ignore_ascii_case("user") => false,
            Some(_) => return Err(missing("a receiver that is a user or a group")),
            None => entity.is_some_and(|entity| interner.group(entity).is_ok()),
        };
        if is_group {
            let group = entity.and_then(|entity| interner.group(entity).ok());
            let unknown =
                |guid| Arc::new(Group::new(guid, Arc::<str>::from(guid), GroupKind::Private));
            group.or_else(|| id.map(unknown)).map(Self::Group)
        } else {
            let user = entity.and_then(|entity| interner.user(entity).ok());
            let id = id.filter(|_| kind.is_some());
            let unknown = |uid| Arc::new(User::new(uid, Arc::<str>::from(uid)));
            user.or_else(|| id.map(unknown)).map(Self::User)
        }
        .ok_or_else(|| missing("a receiver"))
    }
}

/// CometChat's convention for the id of a conversation.
pub(crate) fn conversation_id(sender: &str, receiver: &ReceiverId) -> String {
    match receiver {
        ReceiverId::Group(guid) => format!("group_{guid}"),
        ReceiverId::User(uid) => {
            let (first, second) = if sender <= uid.as_str() {
                (sender, uid.as_str())
            } else {
                (uid.as_str(), sender)
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

/// A deleted message of which only the id is known.
pub(crate) fn deleted(id: MessageId) -> Message {
    let nobody = Arc::new(User::new("", ""));
    let mut message = Message {
        id,
        muid: None,
        conversation_id: "".into(),
        sender: Arc::clone(&nobody),
        receiver: Receiver::User(nobody),
        sent_at: Timestamp::default(),
        updated_at: Timestamp::default(),
        content: MessageContent::Unmodelled(Arc::new(UnmodelledContent {
            category: "message".into(),
            kind: "".into(),
            data: None,
            text: None,
        })),
        metadata: None,
        parent_id: None,
        details: None,
    };
    message.details_mut().deleted_at = Some(Timestamp::default());
    message
}

/// The place of a message in a list.
pub(crate) type Position = (MessageId, Timestamp);

/// The place of a row in a list of messages, also where the row itself can't be read.
pub(crate) fn position(row: &RawValue) -> Option<Position> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Row {
        #[serde(deserialize_with = "lenient::message_id")]
        id: Option<MessageId>,
        sent_at: Timestamp,
    }
    let row = read_repaired(row.get(), |row| serde_json::from_str::<Row>(row)).ok()?;
    Some((row.id?, row.sent_at))
}

/// Reads a message object.
pub(crate) fn decode(json: &RawValue, interner: &mut Interner) -> serde_json::Result<Message> {
    read_repaired(json.get(), |json| decode_at(0, json, interner))
}

/// Reads a message object that is quoted by `depth` others.
fn decode_at(depth: u8, json: &str, interner: &mut Interner) -> serde_json::Result<Message> {
    let message: Option<BodyJson<'_>> =
        lenient::object(&mut serde_json::Deserializer::from_str(json))?;
    let message = message.ok_or_else(|| missing("id"))?;
    message.into_message_at(depth, interner, &|| raw_data(json))
}
