//! The conversation object, and the numbers of unread messages.

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::Error as _};
use serde_json::value::RawValue;

use super::{
    interner::Interner,
    json::read_repaired,
    message,
    rows::Rows,
    text::{self, Text},
};
use crate::model::{Conversation, MessageId, Receiver, ReceiverId, UnreadCounts, lenient};

/// A conversation of a user with another user or in a group, to be written. [`decode`] reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConversationObject {
    pub(crate) conversation_id: String,
    pub(crate) conversation_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_message: Option<Box<RawValue>>,
    pub(crate) conversation_with: Box<RawValue>,
    pub(crate) unread_message_count: u64,
    pub(crate) unread_mentions_count: u64,
    pub(crate) last_read_message_id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latest_message_id: Option<MessageId>,
    pub(crate) tags: Vec<Arc<str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConversationJson<'a> {
    #[serde(borrow, deserialize_with = "text::optional_id")]
    conversation_id: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "text::optional")]
    conversation_type: Option<Text<'a>>,
    #[serde(borrow)]
    conversation_with: Option<&'a RawValue>,
    #[serde(borrow)]
    last_message: Option<&'a RawValue>,
    #[serde(deserialize_with = "lenient::count")]
    unread_message_count: u64,
    #[serde(deserialize_with = "lenient::count")]
    unread_mentions_count: u64,
    #[serde(deserialize_with = "lenient::message_id")]
    last_read_message_id: Option<MessageId>,
    #[serde(deserialize_with = "lenient::texts")]
    tags: Vec<Arc<str>>,
}

/// Reads a conversation object. A last message that can't be read counts as none.
pub(crate) fn decode(json: &RawValue, interner: &mut Interner) -> serde_json::Result<Conversation> {
    read_repaired(json.get(), |json| {
        serde_json::from_str::<ConversationJson<'_>>(json)?.into_conversation(interner)
    })
}

impl ConversationJson<'_> {
    fn into_conversation(self, interner: &mut Interner) -> serde_json::Result<Conversation> {
        let last_message = self
            .last_message
            .and_then(|message| message::decode(message, interner).ok());
        let id = self.conversation_id.as_ref().map(Text::as_str);
        // A group's id is part of the conversation's.
        let guid = id.and_then(|id| id.strip_prefix("group_"));
        let kind = self.conversation_type.as_ref().map(Text::as_str);
        let with = Receiver::read(
            kind.filter(|kind| !kind.is_empty())
                .or(guid.map(|_| "group")),
            guid,
            self.conversation_with.map(RawValue::get),
            interner,
        )?;
        let id = match (id, &with, &last_message) {
            (Some(id), ..) => interner.conversation(id),
            (None, Receiver::Group(group), _) => {
                interner.conversation(&format!("group_{}", group.guid))
            }
            (None, Receiver::User(_), Some(message)) => message.conversation_id.clone(),
            (None, Receiver::User(_), None) => {
                return Err(serde_json::Error::custom("a conversation without an id"));
            }
        };
        Ok(Conversation {
            id,
            with,
            last_message,
            unread_count: self.unread_message_count,
            unread_mentions: self.unread_mentions_count,
            last_read: self.last_read_message_id,
            tags: self.tags,
        })
    }
}

/// Reads the conversation in the reply to marking it as unread. The reply contains it, or is the conversation itself.
pub(crate) fn decode_marked(
    json: &RawValue,
    interner: &mut Interner,
) -> serde_json::Result<Conversation> {
    #[derive(Deserialize)]
    struct Marked<'a> {
        #[serde(borrow, default)]
        conversation: Option<&'a RawValue>,
    }
    let marked = serde_json::from_str::<Marked<'_>>(json.get()).ok();
    decode(
        marked
            .and_then(|marked| marked.conversation)
            .unwrap_or(json),
        interner,
    )
}

/// The number of unread messages of a conversation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnreadCount {
    pub(crate) entity_type: &'static str,
    pub(crate) entity_id: String,
    pub(crate) count: u64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UnreadCountJson<'a> {
    #[serde(borrow, deserialize_with = "text::optional")]
    entity_type: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "text::optional_id")]
    entity_id: Option<Text<'a>>,
    #[serde(deserialize_with = "lenient::count")]
    count: u64,
}

/// Reads the number of unread messages of each conversation. Rows that are about neither a user nor a group are left
/// out.
pub(crate) fn decode_unread(json: &RawValue) -> serde_json::Result<UnreadCounts> {
    let rows = Rows::read(json, |row| {
        read_repaired(row.get(), |row| {
            let row: UnreadCountJson<'_> = serde_json::from_str(row)?;
            let id = row.entity_id.as_ref().map(Text::as_str);
            let kind = row.entity_type.as_ref().map(Text::as_str);
            kind.zip(id)
                .and_then(|(kind, id)| ReceiverId::of_kind(kind, id))
                .map(|receiver| (receiver, row.count))
                .ok_or_else(|| serde_json::Error::custom("unread messages of something else"))
        })
    })?;
    let mut counts = UnreadCounts::default();
    for (receiver, count) in rows.items {
        match receiver {
            ReceiverId::User(uid) => counts.users.insert(uid, count),
            ReceiverId::Group(guid) => counts.groups.insert(guid, count),
        };
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;

    use super::*;
    use crate::model::{Group, GroupKind, Guid, Uid, User};

    fn read(json: &str) -> serde_json::Result<Conversation> {
        decode(serde_json::from_str(json)?, &mut Interner::default())
    }

    #[test]
    fn what_the_server_writes_the_client_reads() {
        let guild = Group::new("guild", "Guild", GroupKind::Public);
        let written = ConversationObject {
            conversation_id: "group_guild".to_owned(),
            conversation_type: "group",
            last_message: None,
            conversation_with: to_raw_value(&guild).unwrap(),
            unread_message_count: 3,
            unread_mentions_count: 1,
            last_read_message_id: MessageId(7),
            latest_message_id: Some(MessageId(10)),
            tags: vec!["t".into()],
        };
        let expected = Conversation {
            id: "group_guild".into(),
            with: Receiver::Group(guild.into()),
            last_message: None,
            unread_count: 3,
            unread_mentions: 1,
            last_read: Some(MessageId(7)),
            tags: vec!["t".into()],
        };
        let json = serde_json::to_string(&written).unwrap();
        assert_eq!(read(&json).unwrap(), expected);
    }

    #[test]
    fn a_conversation_of_the_cloud_is_read() {
        let conversation = read(
            r#"{"conversationId":"alice_user_bob","conversationType":"user","unreadMessageCount":"2",
                "lastReadMessageId":"0","conversationWith":{"uid":"bob","name":"Bob","conversationId":"x"},
                "lastMessage":{"id":"101","conversationId":"alice_user_bob","sender":"bob","receiver":"alice",
                "receiverType":"user","category":"message","type":"text","sentAt":5,"data":{"text":"hi"}}}"#,
        )
        .unwrap();
        assert_eq!(
            conversation.with,
            Receiver::User(User::new("bob", "Bob").into())
        );
        assert_eq!(
            (conversation.unread_count, conversation.last_read),
            (2, None)
        );
        assert_eq!(conversation.last_message.unwrap().text(), Some("hi"));
    }

    #[test]
    fn what_is_no_conversation_is_an_error_and_an_odd_last_message_is_none() {
        let with = |kind: &str, last: &str| {
            format!(
                r#"{{"conversationId":"c","conversationType":"{kind}","conversationWith":{{"uid":"b"}},"lastMessage":{last}}}"#
            )
        };
        for last in ["null", "[]", "{}", r#""x""#] {
            assert_eq!(
                read(&with("user", last)).unwrap().last_message,
                None,
                "{last}"
            );
        }
        for json in [
            with("planet", "null"),
            with("group", "null"),
            "{}".to_owned(),
        ] {
            assert!(read(&json).is_err(), "{json}");
        }
    }

    #[test]
    fn unread_counts_are_read() {
        let counts = |json: &str| decode_unread(serde_json::from_str(json).unwrap());
        let read = counts(
            r#"[{"entityType":"user","entityId":"bob","count":3},{"entityType":"group","entityId":"guild","count":"4"}]"#,
        )
        .unwrap();
        assert_eq!(read.of(&Uid::from("bob").into()), 3);
        assert_eq!(read.of(&Guid::from("guild").into()), 4);
        assert_eq!(read.of(&Uid::from("guild").into()), 0);
        assert_eq!(read.total(), 7);
        let odd = counts(
            r#"[{"entityType":"planet","entityId":"x"},{},null,{"entityType":"user","entityId":7,"count":-1},
                {"entityType":"group","entityId":"guild","count":1.5}]"#,
        )
        .unwrap();
        assert_eq!((odd.total(), odd.of(&Guid::from("guild").into())), (1, 1));
        for nothing in ["[]", "null", "\"\""] {
            assert_eq!(counts(nothing).unwrap().total(), 0, "{nothing}");
        }
        let largest = counts(
            r#"[{"entityType":"user","entityId":"a","count":18446744073709551615},
                {"entityType":"user","entityId":"b","count":18446744073709551615}]"#,
        );
        assert_eq!(largest.unwrap().total(), u64::MAX);
    }
}
