use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::object::DataMembers;
use crate::model::{MessageId, RawJson, lenient};

/// The body of `POST messages` as the server reads it: of every category, because clients send the whole message
/// object, with the content in `data`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageRequest {
    #[serde(default)]
    pub(crate) category: Option<Arc<str>>,
    #[serde(rename = "type", default, deserialize_with = "lenient::filled_text")]
    pub(crate) kind: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    pub(crate) receiver: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    pub(crate) receiver_type: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    pub(crate) muid: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    pub(crate) text: Option<Arc<str>>,
    #[serde(default)]
    pub(crate) metadata: Option<RawJson>,
    #[serde(default, deserialize_with = "lenient::texts")]
    pub(crate) tags: Vec<Arc<str>>,
    #[serde(default, deserialize_with = "message_id")]
    pub(crate) parent_message_id: Option<MessageId>,
    #[serde(default, deserialize_with = "message_id")]
    pub(crate) quoted_message_id: Option<MessageId>,
    #[serde(default)]
    pub(crate) data: Option<DataMembers>,
}

/// Some clients send 0 or an empty value if there is no such message.
fn message_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<MessageId>, D::Error> {
    let id = lenient::number(from)?;
    Ok(id.filter(|id| *id > 0).map(MessageId))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{OutgoingMessage, TextMessage},
        wire::message::message_body,
    };

    #[test]
    fn what_the_client_writes_is_read_back() {
        let message: OutgoingMessage = TextMessage::to_group("guild", "hi")
            .with_metadata(&[1])
            .unwrap()
            .with_tag("t")
            .in_thread_of(MessageId(3))
            .into();
        let body = message_body(&message, "muid").unwrap();
        let read: MessageRequest = serde_json::from_slice(&body.bytes).unwrap();

        assert_eq!(read.category.as_deref(), Some("message"));
        assert_eq!(read.kind.as_deref(), Some("text"));
        assert_eq!(read.receiver.as_deref(), Some("guild"));
        assert_eq!(read.receiver_type.as_deref(), Some("group"));
        assert_eq!(read.muid.as_deref(), Some("muid"));
        assert_eq!(read.text.as_deref(), Some("hi"));
        assert_eq!(read.metadata.unwrap().as_str(), "[1]");
        assert_eq!(read.tags, ["t".into()]);
        assert_eq!(read.parent_message_id, Some(MessageId(3)));
        let data = read.data.unwrap();
        assert_eq!(data["text"].get(), r#""hi""#);
        assert_eq!(data["metadata"].get(), "[1]");
    }
}
