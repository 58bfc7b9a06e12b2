//! The conversation object, and how many messages are unread (PROTOCOL.md §2.6 and §2.10).

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::Error as _};
use serde_json::value::RawValue;

use super::{interner::Interner, message, text::Text};
use crate::model::{Conversation, Guid, MessageId, Receiver, Uid, UnreadCounts, lenient};

/// What a user has with another, or as a member of a group, to be written; [`decode`] reads it.
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConversationJson<'a> {
    #[serde(borrow)]
    conversation_id: Text<'a>,
    #[serde(borrow)]
    conversation_type: Text<'a>,
    #[serde(borrow)]
    conversation_with: &'a RawValue,
    #[serde(borrow)]
    last_message: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient::number")]
    unread_message_count: Option<u64>,
    #[serde(default, deserialize_with = "lenient::number")]
    unread_mentions_count: Option<u64>,
    #[serde(default, deserialize_with = "lenient::number")]
    last_read_message_id: Option<u64>,
    #[serde(default, deserialize_with = "lenient::texts")]
    tags: Vec<Arc<str>>,
}

/// Reads a conversation object. A last message that cannot be read counts as none.
pub(crate) fn decode(json: &RawValue, interner: &mut Interner) -> serde_json::Result<Conversation> {
    let json: ConversationJson<'_> = serde_json::from_str(json.get())?;
    let with = Receiver::read(
        Some(json.conversation_type.as_str()),
        None,
        Some(json.conversation_with),
        interner,
    )?;
    Ok(Conversation {
        id: interner.conversation(json.conversation_id.as_str()),
        with,
        last_message: json
            .last_message
            .and_then(|message| message::decode(message, interner).ok()),
        unread_count: json.unread_message_count.unwrap_or_default(),
        unread_mentions: json.unread_mentions_count.unwrap_or_default(),
        last_read: json
            .last_read_message_id
            .filter(|id| *id > 0)
            .map(MessageId),
        tags: json.tags,
    })
}

/// Reads the conversation that the reply to marking it as unread holds.
pub(crate) fn decode_marked(
    json: &RawValue,
    interner: &mut Interner,
) -> serde_json::Result<Conversation> {
    #[derive(Deserialize)]
    struct Marked<'a> {
        #[serde(borrow)]
        conversation: &'a RawValue,
    }
    let Marked { conversation } = serde_json::from_str(json.get())?;
    decode(conversation, interner)
}

/// How many messages of a conversation are unread.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnreadCount {
    pub(crate) entity_type: &'static str,
    pub(crate) entity_id: String,
    pub(crate) count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnreadCountJson<'a> {
    #[serde(borrow)]
    entity_type: Text<'a>,
    #[serde(borrow)]
    entity_id: Text<'a>,
    #[serde(default, deserialize_with = "lenient::number")]
    count: Option<u64>,
}

/// Reads how many messages of each conversation are unread.
pub(crate) fn decode_unread(json: &RawValue) -> serde_json::Result<UnreadCounts> {
    let rows: Vec<UnreadCountJson<'_>> = serde_json::from_str(json.get())?;
    let mut counts = UnreadCounts::default();
    for row in rows {
        let (id, count) = (row.entity_id.as_str(), row.count.unwrap_or_default());
        match row.entity_type.as_str() {
            "user" => counts.users.insert(Uid::from(id), count),
            "group" => counts.groups.insert(Guid::from(id), count),
            kind => {
                let problem = format_args!("unread messages of a {kind}");
                return Err(serde_json::Error::custom(problem));
            }
        };
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;

    use super::*;
    use crate::model::{Group, GroupKind, User};

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
        assert!(counts(r#"[{"entityType":"planet","entityId":"x"}]"#).is_err());
    }
}
