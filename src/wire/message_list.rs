//! Lists of messages.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    query::Query,
    text::{self, Text},
};
use crate::model::{MessageId, Timestamp, lenient};

/// The query of a list of messages: those on one side of the anchors, next to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MessageListQuery {
    pub(crate) affix: Affix,
    pub(crate) per_page: Option<u32>,
    pub(crate) id: Option<MessageId>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) only_updates: bool,
    pub(crate) unread: bool,
    /// Requests the number of messages instead of the messages.
    pub(crate) count: bool,
    pub(crate) search: Option<String>,
    pub(crate) hide_replies: bool,
    pub(crate) hide_deleted: bool,
    pub(crate) hide_quoted: bool,
    pub(crate) hide_blocked: bool,
    pub(crate) has_attachments: bool,
    pub(crate) has_links: bool,
    pub(crate) has_mentions: bool,
    pub(crate) has_reactions: bool,
    /// Interactive messages whose goal the user has reached.
    pub(crate) only_completed: bool,
    /// Messages that are pinned to their conversation.
    pub(crate) only_pinned: bool,
    /// Messages that the user saved for themselves.
    pub(crate) only_saved: bool,
    pub(crate) with_tags: bool,
    pub(crate) mentions_with_tags: bool,
    pub(crate) mentions_with_blocked: bool,
    pub(crate) categories: Option<Vec<String>>,
    pub(crate) kinds: Option<Vec<String>>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) mentioned_uids: Option<Vec<String>>,
    pub(crate) attachment_types: Option<Vec<String>>,
}

/// The side of the anchor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Affix {
    /// Newer ones.
    Append,
    /// Older ones; without an anchor, the newest.
    #[default]
    Prepend,
}

impl Affix {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Prepend => "prepend",
        }
    }
}

/// A value that the parameter does not take.
#[derive(Debug, PartialEq)]
pub(crate) struct BadValue(pub(crate) String);

impl MessageListQuery {
    /// The query string.
    pub(crate) fn write(&self) -> Query {
        let mut query = Query::default()
            .with("affix", self.affix.as_str())
            .with_some("per_page", self.per_page)
            .with_some("id", self.id)
            .with_some("sentAt", self.sent_at.map(|at| at.0))
            .with_some("updatedAt", self.updated_at.map(|at| at.0))
            .with_some("searchKey", self.search.as_deref());
        let mut fields = self.clone();
        for (name, set, is_set) in fields.flags() {
            query = query.with_flag(name, set, *is_set);
        }
        for (name, values) in fields.lists() {
            query = query.with_list(name, values.as_deref().unwrap_or_default());
        }
        query
    }

    /// Reads the parameters of a query string. Ignored are parameters that only add members to a message, or hide
    /// messages that this crate never stores, and flags that are off.
    pub(crate) fn read(parameters: &[(String, String)]) -> Result<Self, BadValue> {
        let mut query = Self::default();
        for (name, value) in parameters {
            let bad_value = || BadValue(format!("{name}={value}"));
            let number = || value.parse::<u64>().map_err(|_| bad_value());
            match (name.as_str(), value.as_str()) {
                (_, "") => {}
                ("affix", "append") => query.affix = Affix::Append,
                ("affix", "prepend") => query.affix = Affix::Prepend,
                ("affix", _) => return Err(bad_value()),
                ("per_page", _) => {
                    query.per_page = Some(number()?.try_into().map_err(|_| bad_value())?);
                }
                ("id", _) => query.id = Some(MessageId(number()?)),
                ("sentAt", _) => query.sent_at = Some(Timestamp(number()?)),
                ("updatedAt", _) => query.updated_at = Some(Timestamp(number()?)),
                ("searchKey", _) => query.search = Some(value.clone()),
                (name, value) => query.read_flag_or_list(name, value),
            }
        }
        Ok(query)
    }

    fn read_flag_or_list(&mut self, name: &str, value: &str) {
        if let Some((.., field)) = self.flags().into_iter().find(|(known, ..)| *known == name) {
            *field |= matches!(value, "1" | "true");
        } else if let Some((_, field)) = self.lists().into_iter().find(|(known, _)| *known == name)
        {
            *field = Some(value.split(',').map(str::to_owned).collect());
        }
    }

    /// The flags, with the values that the official SDKs write for set ones.
    fn flags(&mut self) -> [(&'static str, &'static str, &mut bool); 17] {
        [
            ("onlyUpdates", "1", &mut self.only_updates),
            ("unread", "1", &mut self.unread),
            ("count", "1", &mut self.count),
            ("hideReplies", "true", &mut self.hide_replies),
            ("hideDeleted", "1", &mut self.hide_deleted),
            ("hideQuotedMessages", "1", &mut self.hide_quoted),
            ("hideMessagesFromBlockedUsers", "1", &mut self.hide_blocked),
            ("hasAttachments", "1", &mut self.has_attachments),
            ("hasLinks", "1", &mut self.has_links),
            ("hasMentions", "1", &mut self.has_mentions),
            ("hasReactions", "1", &mut self.has_reactions),
            (
                "onlyInteractionGoalCompleted",
                "1",
                &mut self.only_completed,
            ),
            ("pinned", "1", &mut self.only_pinned),
            ("saved", "1", &mut self.only_saved),
            ("withTags", "1", &mut self.with_tags),
            ("mentionsWithTagInfo", "1", &mut self.mentions_with_tags),
            (
                "mentionsWithBlockedInfo",
                "1",
                &mut self.mentions_with_blocked,
            ),
        ]
    }

    fn lists(&mut self) -> [(&'static str, &mut Option<Vec<String>>); 5] {
        [
            ("categories", &mut self.categories),
            ("types", &mut self.kinds),
            ("tags", &mut self.tags),
            ("mentionedUids", &mut self.mentioned_uids),
            ("attachmentTypes", &mut self.attachment_types),
        ]
    }
}

/// Whether nothing follows a page of `rows` raw rows on that side. A full page is never the last, whatever its metadata
/// says.
pub(crate) fn is_last(meta: Option<&RawValue>, side: Affix, rows: usize, per_page: u32) -> bool {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Meta<'a> {
        #[serde(borrow)]
        cursor: Option<&'a RawValue>,
        #[serde(deserialize_with = "lenient::object")]
        pagination: Option<Pagination>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Cursor<'a> {
        #[serde(borrow, deserialize_with = "text::optional")]
        affix: Option<Text<'a>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Pagination {
        #[serde(deserialize_with = "lenient::number")]
        total_pages: Option<u64>,
    }
    if rows == 0 {
        return true;
    }
    if rows >= per_page as usize {
        return false;
    }
    let meta = meta.and_then(|meta| serde_json::from_str::<Meta<'_>>(meta.get()).ok());
    let Some((cursor, pagination)) = meta.and_then(|meta| Some((meta.cursor?, meta.pagination)))
    else {
        return true;
    };
    let cursor: Cursor<'_> = serde_json::from_str(cursor.get()).unwrap_or_default();
    let total_pages = pagination.and_then(|pagination| pagination.total_pages);
    let affix = cursor.affix.as_ref().map(Text::as_str);
    total_pages == Some(1) && affix == Some(side.as_str())
}

/// A list as it is sent: rows by ascending id, whatever the side.
#[derive(Serialize)]
pub(crate) struct MessageList {
    pub(crate) data: Vec<Box<RawValue>>,
    pub(crate) meta: Meta,
}

/// The metadata of a list. The official SDKs need both members, even of an empty list.
#[derive(Serialize)]
pub(crate) struct Meta {
    pub(crate) cursor: Cursor,
    pub(crate) pagination: Pagination,
}

/// The anchor of the next list in the same direction.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cursor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) affix: Affix,
}

/// The number of pages, as far as it matters: the official SDKs do not continue in a direction that has one page.
#[derive(Serialize)]
pub(crate) struct Pagination {
    pub(crate) count: usize,
    pub(crate) per_page: u32,
    pub(crate) current_page: u32,
    pub(crate) total_pages: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::route::parameters;

    #[test]
    fn the_official_sdks_queries_are_read() {
        let javascript = "per_page=30&affix=prepend&hideReplies=true&withThreadSubscribed=true&id=7&sentAt=9&categories=message,custom&types=text";
        assert_eq!(
            MessageListQuery::read(&parameters(javascript)),
            Ok(MessageListQuery {
                affix: Affix::Prepend,
                per_page: Some(30),
                id: Some(MessageId(7)),
                sent_at: Some(Timestamp(9)),
                hide_replies: true,
                categories: Some(vec!["message".to_owned(), "custom".to_owned()]),
                kinds: Some(vec!["text".to_owned()]),
                ..Default::default()
            })
        );
        let ionic = "unread=0&hideDeleted=0&withTags=0&hideReplies=0&searchKey=";
        assert_eq!(
            MessageListQuery::read(&parameters(ionic)),
            Ok(MessageListQuery::default())
        );
    }

    #[test]
    fn what_the_client_writes_is_read_back() {
        let list = |values: [&str; 2]| Some(values.map(str::to_owned).to_vec());
        let full = MessageListQuery {
            affix: Affix::Append,
            per_page: Some(50),
            id: Some(MessageId(u64::MAX)),
            sent_at: Some(Timestamp(9)),
            updated_at: Some(Timestamp(8)),
            only_updates: true,
            unread: true,
            count: true,
            search: Some("50% of a&b, c=d ü".to_owned()),
            hide_replies: true,
            hide_deleted: true,
            hide_quoted: true,
            hide_blocked: true,
            has_attachments: true,
            has_links: true,
            has_mentions: true,
            has_reactions: true,
            only_completed: true,
            only_pinned: true,
            only_saved: true,
            with_tags: true,
            mentions_with_tags: true,
            mentions_with_blocked: true,
            categories: list(["message", "custom"]),
            kinds: list(["text", "item link"]),
            tags: list(["a", "b&c"]),
            mentioned_uids: list(["alice", "bob"]),
            attachment_types: list(["image", "audio/ogg"]),
        };
        for query in [full, MessageListQuery::default()] {
            let written = query.write();
            assert_eq!(
                MessageListQuery::read(&parameters(written.as_str())),
                Ok(query),
                "{written:?}"
            );
        }
    }

    #[test]
    fn where_a_list_ends_is_read_as_the_official_sdks_read_it() {
        let says_last = |meta: &str| {
            let meta: &RawValue = serde_json::from_str(meta).unwrap();
            is_last(Some(meta), Affix::Prepend, 1, 2)
        };
        let written = |total_pages| {
            let meta = Meta {
                cursor: Cursor {
                    id: Some(MessageId(1)),
                    sent_at: Some(Timestamp(1)),
                    affix: Affix::Prepend,
                },
                pagination: Pagination {
                    count: 1,
                    per_page: 1,
                    current_page: 1,
                    total_pages,
                },
            };
            serde_json::to_string(&meta).unwrap()
        };
        assert!(!says_last(&written(2)));
        assert!(says_last(&written(1)));
        assert!(says_last("{}"), "no cursor");
        assert!(
            says_last(r#"{"pagination":{"total_pages":2}}"#),
            "no cursor"
        );
        assert!(!says_last(
            r#"{"cursor":{"affix":"append"},"pagination":{"total_pages":1}}"#
        ));
        assert!(!says_last(r#"{"cursor":{},"pagination":{}}"#));
        assert!(!says_last(
            r#"{"cursor":{"affix":"sideways"},"pagination":{"total_pages":"2"}}"#
        ));
        assert!(!says_last(r#"{"cursor":[],"pagination":[]}"#));

        let meta = written(1);
        let meta: &RawValue = serde_json::from_str(&meta).unwrap();
        for meta in [Some(meta), None] {
            assert!(!is_last(meta, Affix::Prepend, 2, 2), "a full page");
            assert!(is_last(meta, Affix::Prepend, 0, 2), "an empty page");
        }
    }

    #[test]
    fn what_cannot_be_answered_is_not_read() {
        for query in ["id=x", "affix=both", "per_page=-1"] {
            let expected = Err(BadValue(query.to_owned()));
            assert_eq!(MessageListQuery::read(&parameters(query)), expected);
        }
    }
}
