use serde_json::value::RawValue;

use super::{Direction, List, Page, Pager, check_limit};
use crate::{
    client::{ChatError, operation::Call},
    wire::{interner::Interner, page, query::Query, reply::Success, rows::Rows},
};

/// A list whose pages are numbered.
pub(crate) struct NumberedList<T> {
    /// The request without a query.
    pub(crate) call: Call,
    /// The filters.
    pub(crate) query: Query,
    /// The number of items in a page.
    pub(crate) limit: u32,
    /// The maximum of `limit`.
    pub(crate) max_limit: u32,
    /// The page to begin with, counted from 1.
    pub(crate) first_page: u64,
    /// Reads an item.
    pub(crate) read: fn(&RawValue, &mut Interner) -> serde_json::Result<T>,
}

impl<T: Clone + Send + 'static> NumberedList<T> {
    pub(crate) fn pager(self) -> Pager<T> {
        Pager::new(Numbered {
            list: self,
            current: None,
            last: None,
        })
    }
}

struct Numbered<T> {
    list: NumberedList<T>,
    /// The last fetched page that was not empty.
    current: Option<u64>,
    /// The last page of the list, once it is known.
    last: Option<u64>,
}

impl<T> Numbered<T> {
    fn number(&self, direction: Direction) -> Option<u64> {
        match (direction, self.current) {
            (Direction::Next, None) => Some(self.list.first_page.max(1)),
            (Direction::Next, Some(current)) => {
                (self.last != Some(current)).then_some(current.saturating_add(1))
            }
            (Direction::Previous, current) => current.filter(|current| *current > 1).map(|n| n - 1),
        }
    }
}

impl<T: Clone + Send + 'static> List for Numbered<T> {
    type Item = T;

    fn call(&self, direction: Direction) -> Result<Option<Call>, ChatError> {
        check_limit(self.list.limit, self.list.max_limit)?;
        Ok(self.number(direction).map(|number| {
            let query = self.list.query.clone();
            let query = query.with("per_page", self.list.limit).with("page", number);
            self.list.call.clone().with_query(&query)
        }))
    }

    fn read(
        &mut self,
        direction: Direction,
        reply: &Success<'_>,
        interner: &mut Interner,
    ) -> serde_json::Result<Page<T>> {
        let number = self.number(direction);
        let Rows { items, count } = Rows::read(reply.data, |row| (self.list.read)(row, interner))?;
        let is_last = match direction {
            Direction::Next => page::is_last(reply.meta, count, self.list.limit),
            Direction::Previous => number == Some(1),
        };
        if count > 0 {
            self.current = number;
        }
        if direction == Direction::Next {
            self.last = number.filter(|_| is_last && count > 0);
        }
        Ok(Page { items, is_last })
    }
}
