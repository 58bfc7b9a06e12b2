//! The reaction object, in lists and in `reaction` frames.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, de::Error as _};
use serde_json::{Value, value::RawValue};

use super::{
    interner::Interner,
    json::read_repaired,
    query::Query,
    text::{self, Text},
};
use crate::model::{MessageId, Timestamp, User, UserReaction, lenient};

/// A reaction of a user to a message, borrowed from its JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReactionJson<'a> {
    /// In a frame: whether it was added or removed.
    #[serde(borrow, default, deserialize_with = "text::optional")]
    pub(crate) action: Option<Text<'a>>,
    pub(crate) message_id: MessageId,
    #[serde(borrow)]
    pub(crate) reaction: Text<'a>,
    #[serde(default)]
    pub(crate) reacted_at: Timestamp,
    #[serde(borrow, default, deserialize_with = "text::optional_id")]
    pub(crate) conversation_id: Option<Text<'a>>,
    #[serde(default, deserialize_with = "lenient::message_id")]
    pub(crate) parent_id: Option<MessageId>,
    #[serde(borrow, default, deserialize_with = "text::optional_id")]
    uid: Option<Text<'a>>,
    #[serde(borrow, default)]
    reacted_by: Option<&'a RawValue>,
}

impl ReactionJson<'_> {
    /// The user who reacted.
    pub(crate) fn user(&self, interner: &mut Interner) -> serde_json::Result<Arc<User>> {
        let user = self
            .reacted_by
            .and_then(|user| interner.user(user.get()).ok());
        match (user, &self.uid) {
            (Some(user), _) => Ok(user),
            (None, Some(uid)) => Ok(Arc::new(User::new(uid.as_str(), uid.as_str()))),
            (None, None) => Err(serde_json::Error::custom("a reaction of nobody")),
        }
    }
}

/// Reads a row of a list.
pub(crate) fn decode(json: &RawValue, interner: &mut Interner) -> serde_json::Result<UserReaction> {
    read_repaired(json.get(), |json| {
        let json: ReactionJson<'_> = serde_json::from_str(json)?;
        Ok(UserReaction {
            message_id: json.message_id,
            user: json.user(interner)?,
            reaction: json.reaction.into(),
            at: json.reacted_at,
        })
    })
}

/// The cursors of a list, in both directions.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cursors {
    #[serde(deserialize_with = "lenient::object")]
    pub(crate) next: Option<Cursor>,
    #[serde(deserialize_with = "lenient::object")]
    pub(crate) previous: Option<Cursor>,
}

/// The query parameters of the next page, which are opaque to the client.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Cursor(BTreeMap<String, Value>);

impl Cursors {
    /// Reads the metadata of a list. A list without cursors has ended.
    pub(crate) fn read(meta: Option<&RawValue>) -> Self {
        meta.and_then(|meta| serde_json::from_str(meta.get()).ok())
            .unwrap_or_default()
    }
}

impl Cursor {
    /// Adds the parameters to a query that has the limit.
    pub(crate) fn add_to(&self, mut query: Query) -> Query {
        for (name, value) in &self.0 {
            query = match value {
                _ if name == "limit" => query,
                Value::String(text) => query.with(name, text),
                Value::Number(number) => query.with(name, number),
                Value::Bool(flag) => query.with(name, flag),
                Value::Null | Value::Array(_) | Value::Object(_) => query,
            };
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_list_is_read() {
        let row = r#"{"id":"106","messageId":"101","reaction":"😀","uid":"bob","reactedAt":5,"reactedBy":{"uid":"bob","name":"Bob"}}"#;
        let read = decode(serde_json::from_str(row).unwrap(), &mut Interner::default()).unwrap();
        assert_eq!(read.message_id, MessageId(101));
        assert_eq!((&*read.reaction, &*read.user.name), ("😀", "Bob"));
        assert_eq!(read.at, Timestamp(5));
    }

    #[test]
    fn a_list_goes_on_by_whatever_parameters_it_names() {
        let meta = r#"{"previous":null,"next":{"affix":"append","id":7,"limit":10,"deep":{},"flag":true}}"#;
        let meta: &RawValue = serde_json::from_str(meta).unwrap();
        let cursors = Cursors::read(Some(meta));
        assert!(cursors.previous.is_none());
        let query = cursors
            .next
            .unwrap()
            .add_to(Query::default().with("limit", 5));
        assert_eq!(query.as_str(), "limit=5&affix=append&flag=true&id=7");
        for meta in ["[]", "7", r#"{"next":7}"#] {
            let meta: &RawValue = serde_json::from_str(meta).unwrap();
            assert!(Cursors::read(Some(meta)).next.is_none());
        }
    }
}
