//! The body of the most frequent frame, read in one pass: a text message without rare members.

use std::sync::Arc;

use super::is_no_metadata;
use crate::{
    model::{Group, Message, MessageContent, MessageId, RawJson, Receiver, Timestamp, User},
    wire::{
        interner::Interner,
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
    sender: Option<Entity<'a>>,
    receiver: Option<Entity<'a>>,
}

/// The sender or the receiver.
enum Entity<'a> {
    User(Arc<User>),
    Group(Arc<Group>),
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
            "data" => {
                let data = DataJson::scan(scanner, &json, interner);
                set(&mut json.data, data)
            }
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
            Some(Entity::User(user)) => Some(user),
            Some(Entity::Json(user)) => interner.user(user).ok(),
            Some(Entity::Group(_)) | None => None,
        };
        let receiver = match entities.receiver {
            Some(Entity::User(user)) => Receiver::User(user),
            Some(Entity::Group(group)) => Receiver::Group(group),
            other => {
                let entity = match other {
                    Some(Entity::Json(json)) => Some(json),
                    _ => None,
                };
                Receiver::read(self.receiver_type, self.receiver, entity, interner).ok()?
            }
        };
        let sent_at = self.sent_at.unwrap_or_default();
        Some(Message {
            id: self.id?,
            muid: self.muid.map(Arc::from),
            conversation_id: interner.conversation(self.conversation_id?),
            sender: sender.unwrap_or_else(|| Arc::new(User::new(uid, uid))),
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
    fn scan(
        scanner: &mut Scanner<'a>,
        message: &TextMessageJson<'a>,
        interner: &mut Interner,
    ) -> Option<Self> {
        let mut json = Self::default();
        scanner.members(|scanner, name| match name {
            "text" => set(&mut json.text, scanner.text()),
            "metadata" => set(&mut json.metadata, scanner.value()),
            "entities" => {
                let entities = EntitiesJson::scan(scanner, message, interner);
                set(&mut json.entities, entities)
            }
            "mentions" | "reactions" | "moderation" | "interactions" => None,
            _ => scanner.value().map(drop),
        })?;
        Some(json)
    }
}

impl<'a> EntitiesJson<'a> {
    fn scan(
        scanner: &mut Scanner<'a>,
        message: &TextMessageJson<'a>,
        interner: &mut Interner,
    ) -> Option<Self> {
        let mut json = Self::default();
        scanner.members(|scanner, name| match name {
            "sender" => {
                let user = Some("user").zip(message.sender);
                set(&mut json.sender, Entity::scan(scanner, user, interner))
            }
            "receiver" => {
                let receiver = message.receiver_type.zip(message.receiver);
                set(
                    &mut json.receiver,
                    Entity::scan(scanner, receiver, interner),
                )
            }
            "by" | "for" | "on" => None,
            _ => scanner.value().map(drop),
        })?;
        Some(json)
    }
}

impl<'a> Entity<'a> {
    /// Reads the entity that has this kind and id, as far as they are known.
    fn scan(
        scanner: &mut Scanner<'a>,
        expected: Option<(&str, &str)>,
        interner: &mut Interner,
    ) -> Option<Self> {
        let mut entity = None;
        scanner.members(|scanner, name| match name {
            "entity" => set(&mut entity, Self::scan_object(scanner, expected, interner)),
            _ => scanner.value().map(drop),
        })?;
        entity
    }

    fn scan_object(
        scanner: &mut Scanner<'a>,
        expected: Option<(&str, &str)>,
        interner: &mut Interner,
    ) -> Option<Self> {
        let scanned = scanner.attempt(|scanner| match expected? {
            ("user", uid) => interner.scan_user(scanner, uid).map(Self::User),
            ("group", guid) => interner.scan_group(scanner, guid).map(Self::Group),
            _ => None,
        });
        scanned.or_else(|| scanner.value().map(Self::Json))
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
