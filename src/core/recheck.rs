//! Lists of a server can lag behind what it stores. A message that was stored just before a link was live, and that lists
//! did not have yet when recovery ran, has no frame on that link. So messages are looked through once more, some seconds
//! after a recovery.

use std::{mem, time::Duration};

use super::{
    Event, MessagePage, PageQuery, PageScope, Recovery,
    app::App,
    backwards::Backwards,
    pending::Purpose,
    sync_state::{Known, SyncState},
};
use crate::{
    connection::LinkId,
    model::{Message, MessageId},
    outbox::SendError,
};

/// How often it is begun again after a failure. The next recovery looks as far back.
const MAX_TRIES: u32 = 3;

/// The recheck of one link.
#[derive(Debug)]
pub(super) struct Recheck {
    /// When it is begun, or was.
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
    pub(super) const fn new(at: Duration) -> Self {
        Self {
            at,
            tries: 0,
            state: State::Waiting,
        }
    }

    pub(super) const fn next_deadline(&self) -> Option<Duration> {
        match self.state {
            State::Waiting => Some(self.at),
            State::Fetching(..) => None,
        }
    }

    /// The page to ask for, if it is time to begin.
    fn poll_query(&mut self, sync: &SyncState, now: Duration) -> Option<PageQuery> {
        if self.next_deadline().is_none_or(|at| now < at) {
            return None;
        }
        let until = sync.looked_back_to().unwrap_or(MessageId(0));
        let pages = Backwards::new(PageScope::Everywhere, until);
        let query = pages.query();
        self.state = State::Fetching(pages, Vec::new());
        Some(query)
    }

    /// Takes a page. Returns the next one to ask for, if any.
    fn on_page(
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
    fn take_found(&mut self) -> Vec<Message> {
        match &mut self.state {
            State::Waiting => Vec::new(),
            State::Fetching(_, found) => mem::take(found),
        }
    }

    /// Waits before it begins again. Returns whether it does.
    fn on_failure(&mut self, error: &SendError, delay: Duration, now: Duration) -> bool {
        self.tries += 1;
        self.at = now + delay.max(error.error().retry_after.unwrap_or_default());
        self.state = State::Waiting;
        self.tries < MAX_TRIES
    }
}

impl App {
    /// Plans the recheck after a recovery, unless nothing can have been missed.
    pub(super) fn plan_recheck(&mut self) {
        let at = self.now.monotonic + self.settings.timing.recheck_after;
        if let Some(link) = self.link.as_mut().filter(|_| self.sync.is_unsettled()) {
            link.recheck = Some(Recheck::new(at));
        }
    }

    /// Begins the recheck, if it is time.
    pub(super) fn poll_recheck(&mut self) {
        let now = self.now.monotonic;
        let Some(link) = &mut self.link else { return };
        let id = link.id;
        let recheck = link.recheck.as_mut();
        if let Some(query) = recheck.and_then(|it| it.poll_query(&self.sync, now)) {
            self.start(Purpose::Recovery { link: id, query });
        }
    }

    pub(super) fn on_recheck_page(&mut self, id: LinkId, outcome: Result<MessagePage, SendError>) {
        let delay = self.settings.timing.recheck_after;
        let limit = self.settings.recovery_limit;
        let link = self.link.as_mut().filter(|link| link.id == id);
        let Some(recheck) = link.and_then(|link| link.recheck.as_mut()) else {
            return;
        };
        let page = match outcome {
            Ok(page) => page,
            Err(error) if recheck.on_failure(&error, delay, self.now.monotonic) => return,
            Err(_) => return self.end_recheck(),
        };
        if let Some(query) = recheck.on_page(page, limit, &mut self.sync) {
            return self.start(Purpose::Recovery { link: id, query });
        }
        let found = recheck.take_found();
        self.end_recheck();
        self.sync.settle();
        let found = found.into_iter().rev().map(Event::of_message);
        let recovered = self.deliver_all(found);
        if recovered > 0 {
            self.emit(Event::MessagesRecovered(Box::new(Recovery {
                recovered,
                changed: 0,
                gap: None,
                changes_gap: None,
            })));
        }
    }

    fn end_recheck(&mut self) {
        if let Some(link) = &mut self.link {
            link.recheck = None;
        }
    }
}
