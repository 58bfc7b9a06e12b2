use std::sync::Arc;

use super::{Direction, List, Page, Pager, check_limit};
use crate::{
    client::{ChatError, operation::Call},
    model::{MessageId, UserReaction},
    setters::setters,
    wire::{
        interner::Interner,
        query::Query,
        reaction::{self, Cursors},
        reply::Success,
        route,
        rows::Rows,
    },
};

/// The default and maximum number of reactions in a page.
const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 20;

/// The reactions to a message to list, with the users: CometChat's `ReactionsRequestBuilder`.
///
/// The counts are in the message: [`Message::reactions`](crate::model::Message::reactions).
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until its pager is fetched from"]
pub struct ReactionsRequest {
    message: MessageId,
    reaction: Option<Arc<str>>,
    limit: u32,
}

impl ReactionsRequest {
    /// All reactions to a message.
    pub fn to(message: MessageId) -> Self {
        Self {
            message,
            reaction: None,
            limit: DEFAULT_LIMIT,
        }
    }

    setters! {
        /// Only reactions with this emoji.
        with_reaction(reaction: impl Into<Arc<str>>) => reaction = Some(reaction.into());
        /// The maximum number of reactions in a page: 1 to 20. Default: 10.
        with_limit(reactions: u32) => limit = reactions;
    }

    /// A pager over the list.
    pub fn pager(self) -> Pager<UserReaction> {
        Pager::new(ReactionList {
            request: self,
            cursors: None,
        })
    }
}

struct ReactionList {
    request: ReactionsRequest,
    /// The cursors of both directions, from the server; `None` before the first page.
    cursors: Option<Cursors>,
}

impl List for ReactionList {
    type Item = UserReaction;

    fn call(&self, direction: Direction) -> Result<Option<Call>, ChatError> {
        check_limit(self.request.limit, MAX_LIMIT)?;
        let query = Query::default().with("limit", self.request.limit);
        let query = match (&self.cursors, direction) {
            (None, Direction::Next) => query.with("affix", "append"),
            (None, Direction::Previous) => query.with("affix", "prepend"),
            (Some(cursors), direction) => {
                let cursor = match direction {
                    Direction::Next => &cursors.next,
                    Direction::Previous => &cursors.previous,
                };
                match cursor {
                    Some(cursor) => cursor.add_to(query),
                    None => return Ok(None),
                }
            }
        };
        let message = self.request.message.to_string();
        let call = match &self.request.reaction {
            None => Call::new(route::REACTIONS, &[&message]),
            Some(reaction) => Call::new(route::REACTIONS_ALIKE, &[&message, reaction]),
        };
        Ok(Some(call.with_query(&query)))
    }

    fn read(
        &mut self,
        direction: Direction,
        reply: &Success<'_>,
        interner: &mut Interner,
    ) -> serde_json::Result<Page<UserReaction>> {
        let Rows { items, count } = Rows::read(reply.data, |row| reaction::decode(row, interner))?;
        let told = Cursors::read(reply.meta);
        let goes_on = match direction {
            Direction::Next => told.next.is_some(),
            Direction::Previous => told.previous.is_some(),
        };
        let is_last = count == 0 || !goes_on;
        match (&mut self.cursors, direction) {
            (Some(cursors), Direction::Next) => cursors.next = told.next,
            (Some(cursors), Direction::Previous) => cursors.previous = told.previous,
            (cursors @ None, _) => *cursors = Some(told),
        }
        Ok(Page { items, is_last })
    }
}
