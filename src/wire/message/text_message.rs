//! The body of the most frequent frame, read in one pass: a text message without rare members.

use std::sync::Arc;

use super::is_no_metadata;
use crate::{
    model::{Message, MessageContent, MessageId, RawJson, Receiver, Timestamp, User},
    wire::{
        interner::{Entity, Interner},
        scanner::{Scanner, plain_number, set},
        text::Text,
    },
};

/// A text message, borrowed from its JSON.
#[derive(Default)]
pub(crate) struct TextMessageJson<'a> {
    id: Option<MessageId>,
    muid: Option<&'a str>,
    conversation_id: Option<&'a str>,
    sender: Option<&'a str>,
    receiver: Option<&'a str>,
    receiver_type: Option<&'a str>,
    category: Option<&'a str>,
    kind: Option<&'a str>,
    sent_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    parent_id: Option<MessageId>,
    data: Option<DataJson<'a>>,
}

#[derive(Default)]
struct DataJson<'a> {
    text: Option<Text<'a>>,
    metadata: Option<&'a str>,
    entities: Option<EntitiesJson<'a>>,
}

#[derive(Default)]
struct EntitiesJson<'a> {
    sender: Option<EntityJson<'a>>,
    receiver: Option<EntityJson<'a>>,
}

/// The sender or the receiver.
enum EntityJson<'a> {
    Read(Entity),
    /// It needs the reader of all forms.
    Json(&'a str),
}

impl<'a> TextMessageJson<'a> {
    /// Reads a message object; `None` if it needs the reader of all messages.
    pub(crate) fn scan(scanner: &mut Scanner<'a>, interner: &mut Interner) -> Option<Self> {
        let mut json = Self::default();
        scanner.members(|scanner, name| match name {
            "id" => set(&mut json.id, message_id(scanner)),
            "muid" => set(&mut json.muid, id(scanner)),
            "conversationId" => set(&mut json.conversation_id, id(scanner)),
            "sender" => set(&mut json.sender, id(scanner)),
            "receiver" => set(&mut json.receiver, id(scanner)),
            "receiverType" => set(&mut json.receiver_type, scanner.plain_text()),
            "category" => set(&mut json.category, scanner.plain_text()),
            "type" => set(&mut json.kind, scanner.plain_text()),
            "sentAt" => set(&mut json.sent_at, scanner.time()),
            "updatedAt" => set(&mut json.updated_at, scanner.time()),
            "parentId" => set(&mut json.parent_id, message_id(scanner)),
            "data" => set(&mut json.data, DataJson::scan(scanner, interner)),
            "editedAt" | "editedBy" | "deletedAt" | "deletedBy" | "deliveredAt" | "readAt"
            | "pinnedAt" | "pinnedBy" | "savedAt" | "replyCount" | "unreadRepliesCount"
            | "tags" | "quotedMessage" | "myReceipt" | "action" | "code" | "status" | "user" => {
                None
            }
            _ => scanner.value().map(drop),
        })?;
        let is_text = json.category == Some("message") && json.kind == Some("text");
        is_text.then_some(json)
    }

    /// The user who sent it.
    pub(crate) const fn sender(&self) -> Option<&'a str> {
        self.sender
    }

    /// The message, if it has all required members.
    pub(crate) fn into_message(self, interner: &mut Interner) -> Option<Message> {
        let data = self.data?;
        let entities = data.entities.unwrap_or_default();
        let uid = self.sender?;
        let sender = match entities.sender {
            Some(EntityJson::Read(Entity::User(user))) => user,
            Some(EntityJson::Read(Entity::Group(_))) => return None,
            Some(EntityJson::Json(user)) => interner.user(user).ok()?,
            None => Arc::new(User::new(uid, uid)),
        };
        let kind = self.receiver_type;
        let receiver = match entities.receiver {
            Some(EntityJson::Read(entity)) => match (kind?, entity) {
                ("user", Entity::User(user)) => Receiver::User(user),
                ("group", Entity::Group(group)) => Receiver::Group(group),
                _ => return None,
            },
            Some(EntityJson::Json(json)) => {
                Receiver::read(kind, self.receiver, Some(json), interner).ok()?
            }
            None => Receiver::read(kind, self.receiver, None, interner).ok()?,
        };
        let sent_at = self.sent_at.unwrap_or_default();
        Some(Message {
            id: self.id?,
            muid: self.muid.map(Arc::from),
            conversation_id: interner.conversation(self.conversation_id?),
            sender,
            receiver,
            sent_at,
            updated_at: self.updated_at.unwrap_or_default().max(sent_at),
            content: MessageContent::Text(data.text?.into()),
            metadata: data
                .metadata
                .filter(|json| !is_no_metadata(json))
                .map(RawJson::of_valid),
            parent_id: self.parent_id,
            details: None,
        })
    }
}

impl<'a> DataJson<'a> {
    fn scan(scanner: &mut Scanner<'a>, interner: &mut Interner) -> Option<Self> {
        let mut json = Self::default();
        scanner.members(|scanner, name| match name {
            "text" => set(&mut json.text, scanner.text()),
            "metadata" => set(&mut json.metadata, scanner.value()),
            "entities" => set(&mut json.entities, EntitiesJson::scan(scanner, interner)),
            "mentions" | "reactions" | "moderation" | "interactions" => None,
            _ => scanner.value().map(drop),
        })?;
        Some(json)
    }
}

impl<'a> EntitiesJson<'a> {
    fn scan(scanner: &mut Scanner<'a>, interner: &mut Interner) -> Option<Self> {
        let mut json = Self::default();
        scanner.members(|scanner, name| match name {
            "sender" => set(&mut json.sender, EntityJson::scan(scanner, interner)),
            "receiver" => set(&mut json.receiver, EntityJson::scan(scanner, interner)),
            "by" | "for" | "on" => None,
            _ => scanner.value().map(drop),
        })?;
        Some(json)
    }
}

impl<'a> EntityJson<'a> {
    fn scan(scanner: &mut Scanner<'a>, interner: &mut Interner) -> Option<Self> {
        let mut entity = None;
        scanner.members(|scanner, name| match name {
            "entity" => {
                let read = scanner.attempt(|scanner| interner.scan(scanner));
                let read = read.map(Self::Read);
                set(
                    &mut entity,
                    read.or_else(|| scanner.value().map(Self::Json)),
                )
            }
            _ => scanner.value().map(drop),
        })?;
        entity
    }
}

/// An identifier, which is never empty.
fn id<'a>(scanner: &mut Scanner<'a>) -> Option<&'a str> {
    scanner.plain_text().filter(|id| !id.is_empty())
}

fn message_id(scanner: &mut Scanner<'_>) -> Option<MessageId> {
    let id = plain_number(scanner.plain_text()?)?;
    (id > 0).then_some(MessageId(id))
}
