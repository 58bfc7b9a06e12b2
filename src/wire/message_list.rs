//! Lists of messages (PROTOCOL.md §2.7).

use serde::Serialize;
use serde_json::value::RawValue;

use crate::model::{MessageId, Timestamp};

/// Which messages a list asks for: those on one side of the anchors, next to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MessageListQuery {
    pub(crate) affix: Affix,
    pub(crate) per_page: Option<u32>,
    pub(crate) id: Option<MessageId>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) only_updates: bool,
    pub(crate) unread: bool,
    /// Asks how many messages there are, instead of for the messages.
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
    /// Interactive messages with which the user did what they are for.
    pub(crate) only_completed: bool,
    /// Messages that are pinned to their conversation.
    pub(crate) only_pinned: bool,
    /// Messages that the user saved for themselves.
    pub(crate) only_saved: bool,
    pub(crate) categories: Option<Vec<String>>,
    pub(crate) kinds: Option<Vec<String>>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) mentioned_uids: Option<Vec<String>>,
    pub(crate) attachment_types: Option<Vec<String>>,
}

/// On which side of the anchor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Affix {
    /// Newer ones.
    Append,
    /// Older ones; without an anchor, the newest.
    #[default]
    Prepend,
}

/// A value that the parameter does not take.
#[derive(Debug, PartialEq)]
pub(crate) struct BadValue(pub(crate) String);

impl MessageListQuery {
    /// Reads the parameters of a query string. One that only says what to add to a message, or what to hide of what
    /// this crate never stores, is ignored, and so is a flag that is off.
    pub(crate) fn read(parameters: &[(String, String)]) -> Result<Self, BadValue> {
        let mut query = Self::default();
        for (name, value) in parameters {
            let bad_value = || BadValue(format!("{name}={value}"));
            let number = || value.parse::<u64>().map_err(|_| bad_value());
            let list = || Some(value.split(',').map(str::to_owned).collect());
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
                ("categories", _) => query.categories = list(),
                ("types", _) => query.kinds = list(),
                ("tags", _) => query.tags = list(),
                ("mentionedUids", _) => query.mentioned_uids = list(),
                ("attachmentTypes", _) => query.attachment_types = list(),
                (flag, "1" | "true") => query.set(flag),
                _ => {}
            }
        }
        Ok(query)
    }

    fn set(&mut self, flag: &str) {
        let field = match flag {
            "onlyUpdates" => &mut self.only_updates,
            "unread" => &mut self.unread,
            "count" => &mut self.count,
            "hideReplies" => &mut self.hide_replies,
            "hideDeleted" => &mut self.hide_deleted,
            "hideQuotedMessages" => &mut self.hide_quoted,
            "hideMessagesFromBlockedUsers" => &mut self.hide_blocked,
            "hasAttachments" => &mut self.has_attachments,
            "hasLinks" => &mut self.has_links,
            "hasMentions" => &mut self.has_mentions,
            "hasReactions" => &mut self.has_reactions,
            "onlyInteractionGoalCompleted" => &mut self.only_completed,
            "pinned" => &mut self.only_pinned,
            "saved" => &mut self.only_saved,
            _ => return,
        };
        *field = true;
    }
}

/// A list as it is sent: rows by ascending id, whatever the side.
#[derive(Serialize)]
pub(crate) struct MessageList {
    pub(crate) data: Vec<Box<RawValue>>,
    pub(crate) meta: Meta,
}

/// Where a list ends. The official SDKs need both members, also of an empty list.
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

/// How many there are, as far as it matters: the official SDKs ask no further in a direction that has one page.
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
    fn what_cannot_be_answered_is_not_read() {
        for query in ["id=x", "affix=both", "per_page=-1"] {
            let expected = Err(BadValue(query.to_owned()));
            assert_eq!(MessageListQuery::read(&parameters(query)), expected);
        }
    }
}
