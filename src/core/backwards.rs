use super::{PageQuery, PageScope, PageSide};
use crate::model::MessageId;

/// The number of messages in a page: CometChat's maximum.
pub(super) const PAGE: usize = 100;

/// A fetch backwards through messages, page by page, from the newest one to a known one.
#[derive(Debug)]
pub(super) struct Backwards {
    scope: PageScope,
    /// The message at which the fetch ends.
    until: MessageId,
    /// The oldest message that was fetched.
    before: Option<MessageId>,
}

impl Backwards {
    pub(super) const fn new(scope: PageScope, until: MessageId) -> Self {
        Self {
            scope,
            until,
            before: None,
        }
    }

    /// A fetch that begins before a message.
    pub(super) const fn from(scope: PageScope, before: MessageId, until: MessageId) -> Self {
        Self {
            scope,
            until,
            before: Some(before),
        }
    }

    /// Whether no page was fetched yet.
    pub(super) const fn is_at_the_newest(&self) -> bool {
        self.before.is_none()
    }

    /// The message at which the fetch ends.
    pub(super) const fn until(&self) -> MessageId {
        self.until
    }

    /// Changes the message at which the fetch ends.
    pub(super) const fn go_until(&mut self, until: MessageId) {
        self.until = until;
    }

    /// The next page to request.
    pub(super) fn query(&self) -> PageQuery {
        PageQuery {
            scope: self.scope.clone(),
            side: PageSide::Before(self.before),
            limit: PAGE,
        }
    }

    /// Advances past a page. Returns whether it was the last one, judged by the rows that the server sent and not by
    /// those that could be read.
    pub(super) fn advance(&mut self, rows: usize, oldest: Option<MessageId>) -> bool {
        let goes_on = oldest.is_some() && self.before.is_none_or(|before| oldest < Some(before));
        self.before = oldest.or(self.before);
        let is_there = oldest.is_none_or(|oldest| oldest <= self.until);
        rows < PAGE || !goes_on || is_there
    }
}
