//! A fetch of the edits and deletions since a time, page by page.

use super::missed::MAX_ACTIONS;
use crate::{
    core::{MessagePage, PageQuery, PageScope, PageSide, backwards::PAGE},
    model::{Message, MessageId, Timestamp},
};

/// A fetch of the edits and deletions since a time.
#[derive(Debug)]
pub(super) struct Edits {
    pub(super) since: Timestamp,
    after: MessageId,
    pub(super) found: Vec<Message>,
    /// The messages in rows that report an edit or a deletion.
    pub(super) actions: Vec<Message>,
}

impl Edits {
    pub(super) const fn since(since: Timestamp) -> Self {
        Self {
            since,
            after: MessageId(0),
            found: Vec::new(),
            actions: Vec::new(),
        }
    }

    pub(super) fn query(&self) -> PageQuery {
        PageQuery {
            scope: PageScope::Everywhere,
            side: PageSide::ChangedSince {
                since: self.since,
                after: self.after,
            },
            limit: PAGE,
        }
    }

    /// Advances past a page. Returns whether there may be another, judged by the number of rows that the server sent.
    pub(super) fn advance(&mut self, mut page: MessagePage) -> bool {
        let after = self.after;
        let newest = page.newest().filter(|newest| *newest > after);
        page.messages.retain(|message| message.id > after);
        self.found.append(&mut page.messages);
        let actions = page.changes.into_iter().rev();
        self.actions.splice(..0, actions);
        self.actions.truncate(MAX_ACTIONS);
        self.after = newest.unwrap_or(after);
        page.rows >= PAGE && newest.is_some()
    }
}
