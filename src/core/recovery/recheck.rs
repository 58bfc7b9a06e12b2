//! Lists of a server can lag behind what it stores. A message that was stored just before a link was live, and that lists
//! did not have yet when recovery ran, has no frame on that link. So messages are looked through once more, some seconds
//! after a recovery.

use std::{mem, time::Duration};

use crate::{
    core::{
        MessagePage, PageQuery, PageScope,
        backwards::Backwards,
        sync_state::{Known, SyncState},
    },
    model::{Message, MessageId},
    outbox::SendError,
};

/// The maximum number of restarts after a failure. The next recovery looks as far back.
const MAX_TRIES: u32 = 3;

/// The recheck of one link.
#[derive(Debug)]
pub(in crate::core) struct Recheck {
    /// When it starts, or started.
    at: Duration,
    tries: u32,
    state: State,
}

#[derive(Debug)]
enum State {
    Waiting,
    /// What was found so far has the latest message first.
    Fetching(Backwards, Vec<Message>),
}

impl Recheck {
    pub(in crate::core) const fn new(at: Duration) -> Self {
        Self {
            at,
            tries: 0,
            state: State::Waiting,
        }
    }

    pub(in crate::core) const fn next_deadline(&self) -> Option<Duration> {
        match self.state {
            State::Waiting => Some(self.at),
            State::Fetching(..) => None,
        }
    }

    /// The page to request, if it is time to start.
    pub(in crate::core) fn poll_query(
        &mut self,
        sync: &SyncState,
        now: Duration,
    ) -> Option<PageQuery> {
        if self.next_deadline().is_none_or(|at| now < at) {
            return None;
        }
        let until = sync.looked_back_to().unwrap_or(MessageId(0));
        let pages = Backwards::new(PageScope::Everywhere, until);
        let query = pages.query();
        self.state = State::Fetching(pages, Vec::new());
        Some(query)
    }

    /// Takes a page. Returns the next one to request, if any.
    pub(in crate::core) fn on_page(
        &mut self,
        page: MessagePage,
        limit: usize,
        sync: &mut SyncState,
    ) -> Option<PageQuery> {
        let State::Fetching(pages, found) = &mut self.state else {
            return None;
        };
        let (rows, oldest) = (page.rows, page.oldest());
        let until = pages.until();
        let is_missing = |message: &Message| {
            sync.record_join(message);
            sync.knows(message) == Known::No && sync.is_late(message, until)
        };
        found.extend(page.messages.into_iter().rev().filter(is_missing));
        let is_last = pages.advance(rows, oldest) || found.len() >= limit;
        (!is_last).then(|| pages.query())
    }

    /// What was found, the latest first.
    pub(in crate::core) fn take_found(&mut self) -> Vec<Message> {
        match &mut self.state {
            State::Waiting => Vec::new(),
            State::Fetching(_, found) => mem::take(found),
        }
    }

    /// Waits before a restart. Returns whether there is one.
    pub(in crate::core) fn on_failure(
        &mut self,
        error: &SendError,
        delay: Duration,
        now: Duration,
    ) -> bool {
        self.tries += 1;
        let delay = delay.max(error.error().retry_after.unwrap_or_default());
        self.at = now.saturating_add(delay);
        self.state = State::Waiting;
        self.tries < MAX_TRIES
    }
}
