use serde_json::value::RawValue;

use super::{Direction, List, Page, check_limit};
use crate::{
    client::{ChatError, ErrorCode, operation::Call},
    model::{Message, MessageId, Timestamp},
    wire::{
        interner::Interner,
        message,
        message_list::{self, Affix, MessageListQuery},
        reply::Success,
        rows::Rows,
    },
};

/// The maximum number of messages in a page.
const MAX_LIMIT: u32 = 100;

/// A list of messages, and the part of it that was fetched.
pub(super) struct MessageList {
    /// The request, without a query.
    call: Call,
    /// The filters.
    query: MessageListQuery,
    /// The previous page is before this.
    oldest: Anchor,
    /// The next page is after this.
    newest: Anchor,
    /// Whether there are no messages before `oldest`.
    begins: bool,
}

/// A position in the list. The message at it is not part of the page next to it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Anchor {
    id: Option<MessageId>,
    sent_at: Option<Timestamp>,
}

impl Anchor {
    /// Before all messages.
    const BEGINNING: Self = Self {
        id: Some(MessageId(0)),
        sent_at: None,
    };

    fn at((id, sent_at): (MessageId, Timestamp)) -> Self {
        Self {
            id: Some(id),
            sent_at: Some(sent_at),
        }
    }

    fn is_somewhere(self) -> bool {
        self.id.is_some() || self.sent_at.is_some()
    }
}

impl MessageList {
    /// A list that starts at the position of the query.
    pub(super) fn new(call: Call, query: MessageListQuery) -> Self {
        let start = Anchor {
            id: query.id,
            sent_at: query.sent_at,
        };
        Self {
            call,
            query,
            oldest: start,
            newest: start,
            begins: false,
        }
    }

    fn anchor(&self, direction: Direction) -> Anchor {
        match direction {
            Direction::Next => self.newest,
            Direction::Previous => self.oldest,
        }
    }

    /// Advances past a page. `ends` are the positions of its first and last row, whether they can be read or not.
    fn advance(
        &mut self,
        direction: Direction,
        ends: Option<(message::Position, message::Position)>,
        is_last: bool,
    ) {
        match direction {
            Direction::Next => {
                if let Some((first, last)) = ends {
                    self.newest = Anchor::at(last);
                    if !self.oldest.is_somewhere() {
                        self.oldest = Anchor::at(first);
                    }
                }
            }
            Direction::Previous => {
                self.begins = is_last;
                if let Some((first, _)) = ends {
                    self.oldest = Anchor::at(first);
                }
                if !self.newest.is_somewhere() {
                    self.newest = ends.map_or(Anchor::BEGINNING, |(_, last)| Anchor::at(last));
                }
            }
        }
    }
}

impl List for MessageList {
    type Item = Message;

    fn call(&self, direction: Direction) -> Result<Option<Call>, ChatError> {
        check_limit(self.query.per_page.unwrap_or(MAX_LIMIT), MAX_LIMIT)?;
        let anchor = self.anchor(direction);
        if direction == Direction::Next && !anchor.is_somewhere() && self.query.updated_at.is_none()
        {
            return Err(ChatError::new(
                ErrorCode::MissingCursor,
                "there is nothing to go on from: set a message or a time, or fetch the previous page first",
            ));
        }
        if direction == Direction::Previous && self.begins {
            return Ok(None);
        }
        let query = MessageListQuery {
            affix: direction.affix(),
            id: anchor.id,
            sent_at: anchor.sent_at,
            ..self.query.clone()
        };
        Ok(Some(self.call.clone().with_query(&query.write())))
    }

    fn read(
        &mut self,
        direction: Direction,
        reply: &Success<'_>,
        interner: &mut Interner,
    ) -> serde_json::Result<Page<Message>> {
        // The server may include the message at the anchor, which the game has already.
        let anchor = self.anchor(direction).id;
        let is_beyond = |id: MessageId| match direction {
            Direction::Next => anchor.is_none_or(|anchor| id > anchor),
            Direction::Previous => anchor.is_none_or(|anchor| id < anchor),
        };
        let mut ends = None;
        let read = |row: &RawValue| {
            if let Some(position) = message::position(row).filter(|(id, _)| is_beyond(*id)) {
                let (first, last) = ends.unwrap_or((position, position));
                ends = Some((position.min(first), position.max(last)));
            }
            message::decode(row, interner)
        };
        let Rows { mut items, count } = Rows::read(reply.data, read)?;
        items.sort_by_key(|message| message.id);
        // Records of edits, deletions and calls are no messages; a game that asks for categories gets what it asks for.
        let wants_records = self.query.categories.is_some();
        items.retain(|message| is_beyond(message.id) && (wants_records || !message.is_record()));
        let limit = self.query.per_page.unwrap_or(MAX_LIMIT);
        // Where no row is beyond the anchor, the same page would come again.
        let is_last =
            ends.is_none() || message_list::is_last(reply.meta, direction.affix(), count, limit);
        self.advance(direction, ends, is_last);
        Ok(Page { items, is_last })
    }
}

impl Direction {
    const fn affix(self) -> Affix {
        match self {
            Self::Next => Affix::Append,
            Self::Previous => Affix::Prepend,
        }
    }
}
