//! Fetches what a session missed while it had no connection, as a machine that asks for one page at a time.

#[cfg(test)]
mod tests;

use std::{collections::VecDeque, mem, time::Duration};

use super::{
    MessagePage, PageQuery, PageScope, PageSide,
    app::App,
    backwards::{Backwards, PAGE},
    recovered::{ChangesGap, Gap},
    sync_state::SyncState,
    tasks::{NEWEST, Purpose},
};
use crate::{
    connection::{Backoff, LinkId},
    error::ErrorCode,
    model::{Message, MessageId, Timestamp},
    outbox::SendError,
};

/// How often a page is asked for that gets no answer.
const MAX_TRIES: u32 = 3;
/// How long to wait when the server asks to and does not say how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);

/// The recovery of one connection.
///
/// 1. What was edited or deleted since the last edit that the game has had.
/// 2. What was sent since the last message that it has had, back from the newest, so that what a player wants most is
///    there even when not all can be.
///
/// Where the game has had nothing yet there is nothing to recover: the state from which on nothing is missed is
/// fetched instead.
#[derive(Debug)]
pub(super) struct RecoveryMachine {
    /// The most messages, and the most edits, that are fetched.
    limit: usize,
    backoff: Backoff,
    step: Step,
    /// The last message that the game has had, if there is one.
    last: Option<MessageId>,
    /// How often the current page was asked for in vain.
    tries: u32,
    /// When the current page is asked for again.
    retry_at: Option<Duration>,
    is_under_way: bool,
    missed: Missed,
}

#[derive(Debug)]
enum Step {
    /// The newest message is asked for, to begin with it.
    Begin,
    /// Edits are asked for that the game is not told of: they were made before it began to listen.
    BeginEdits(Edits),
    /// Edits are asked for that were missed.
    Edits(Edits),
    /// Messages are asked for that were missed.
    Messages(Backwards),
    Finished,
}

/// A way through the edits and deletions since a moment.
#[derive(Debug)]
struct Edits {
    since: Timestamp,
    after: MessageId,
    found: Vec<Message>,
}

/// What was missed, and what is still missing.
#[derive(Debug, Default)]
pub(super) struct Missed {
    /// Messages that the game has, as they are now, in the order in which they changed.
    pub(super) changes: Vec<Message>,
    pub(super) changes_gap: Option<ChangesGap>,
    /// New messages, by ascending id.
    pub(super) messages: VecDeque<Message>,
    pub(super) gap: Option<Gap>,
}

impl RecoveryMachine {
    pub(super) fn new(sync: &SyncState, limit: usize, backoff: Backoff) -> Self {
        let last = sync.last();
        let step = match (last, sync.edits.last()) {
            (Some(_), Some(since)) => Step::Edits(Edits::since(since)),
            _ => Step::Begin,
        };
        Self {
            limit,
            backoff,
            step,
            last,
            tries: 0,
            retry_at: None,
            is_under_way: false,
            missed: Missed::default(),
        }
    }

    pub(super) const fn next_deadline(&self) -> Option<Duration> {
        self.retry_at
    }

    /// The page to ask for now, if it is time and none is under way.
    fn poll_query(&mut self, now: Duration) -> Option<PageQuery> {
        if self.is_under_way || self.retry_at.is_some_and(|at| now < at) {
            return None;
        }
        let query = match &self.step {
            Step::Begin => NEWEST,
            Step::BeginEdits(edits) | Step::Edits(edits) => edits.query(),
            Step::Messages(pages) => pages.query(),
            Step::Finished => return None,
        };
        self.retry_at = None;
        self.is_under_way = true;
        self.backoff.started(now);
        Some(query)
    }

    const fn is_finished(&self) -> bool {
        matches!(self.step, Step::Finished)
    }

    /// What was missed; `None` where nothing can have been.
    fn into_missed(mut self) -> Option<Missed> {
        // The messages after the last one are fetched as they are.
        let last = self.last;
        let changes = &mut self.missed.changes;
        changes.retain(|message| Some(message.id) <= last);
        changes.sort_by_key(|message| (message.updated_at, message.id));
        (self.last.is_some() || self.missed.gap.is_some()).then_some(self.missed)
    }

    fn on_page(
        &mut self,
        outcome: Result<MessagePage, SendError>,
        sync: &mut SyncState,
        now: Duration,
    ) {
        self.is_under_way = false;
        let outcome = match outcome {
            Err(error) => {
                self.retry_at = self.retry_after(&error, now);
                if self.retry_at.is_some() {
                    return;
                }
                Err(error)
            }
            page => page,
        };
        self.tries = 0;
        self.backoff.succeeded();
        match mem::replace(&mut self.step, Step::Finished) {
            Step::Begin => self.begin(outcome, sync),
            Step::BeginEdits(edits) => self.on_first_edits(edits, outcome, sync),
            Step::Edits(edits) => self.on_edits(edits, outcome),
            Step::Messages(pages) => self.on_messages(pages, outcome),
            Step::Finished => {}
        }
    }

    /// When the same page is asked for again. A wait that the server asks for is waited out, however often.
    fn retry_after(&mut self, error: &SendError, now: Duration) -> Option<Duration> {
        let asked = error.error().retry_after;
        let asked = match error {
            SendError::Throttled(_) => Some(asked.unwrap_or(DEFAULT_WAIT)),
            SendError::Lost(_) => asked,
            SendError::NeverLeft(_) | SendError::Refused(_) => None,
        };
        if asked.is_some() {
            self.backoff.honour(now, asked);
            return Some(self.backoff.earliest(now));
        }
        self.tries += 1;
        let is_unanswered = error.error().code == ErrorCode::ServerUnreachable;
        (is_unanswered && self.tries < MAX_TRIES).then(|| self.backoff.failed(now, None))
    }

    /// Begins with the newest message: nothing from there on is missed.
    fn begin(&mut self, outcome: Result<MessagePage, SendError>, sync: &mut SyncState) {
        let page = match outcome {
            Ok(page) => page,
            // What cannot be fetched now is fetched as missed later, which does no harm.
            Err(_) if self.last.is_some() => return self.fetch_messages(),
            Err(error) => {
                self.missed.gap = Some(Gap {
                    after: MessageId(0),
                    before: None,
                    error: Some(error.into_error()),
                });
                return;
            }
        };
        if self.last.is_none() {
            sync.advance(page.newest().unwrap_or(MessageId(0)));
        }
        let newest = page.messages.last();
        let since = newest.map_or_else(Timestamp::default, |message| message.updated_at);
        sync.edits.advance(since);
        self.step = Step::BeginEdits(Edits::since(since));
    }

    fn on_first_edits(
        &mut self,
        mut edits: Edits,
        outcome: Result<MessagePage, SendError>,
        sync: &mut SyncState,
    ) {
        let goes_on = outcome.is_ok_and(|page| edits.advance(page));
        if goes_on && edits.found.len() <= self.limit {
            self.step = Step::BeginEdits(edits);
            return;
        }
        for message in &edits.found {
            sync.edits.take(message);
        }
        self.fetch_messages();
    }

    fn on_edits(&mut self, mut edits: Edits, outcome: Result<MessagePage, SendError>) {
        let since = edits.since;
        let gap = |error| Some(ChangesGap { since, error });
        match outcome {
            Ok(page) => {
                let goes_on = edits.advance(page);
                if edits.found.len() > self.limit {
                    edits.found.truncate(self.limit);
                    self.missed.changes_gap = gap(None);
                } else if goes_on {
                    self.step = Step::Edits(edits);
                    return;
                }
            }
            Err(error) => self.missed.changes_gap = gap(Some(error.into_error())),
        }
        self.missed.changes = edits.found;
        self.fetch_messages();
    }

    fn fetch_messages(&mut self) {
        if let Some(last) = self.last {
            self.step = Step::Messages(Backwards::new(PageScope::Everywhere, last));
        }
    }

    fn on_messages(&mut self, mut pages: Backwards, outcome: Result<MessagePage, SendError>) {
        let Some(last) = self.last else { return };
        let messages = &mut self.missed.messages;
        let before = messages.front().map(|message| message.id);
        let gap = |before, error| {
            Some(Gap {
                after: last,
                before,
                error,
            })
        };
        let page = match outcome {
            Ok(page) => page,
            Err(error) => {
                self.missed.gap = gap(before, Some(error.into_error()));
                return;
            }
        };
        let is_last = pages.advance(&page);
        self.missed.changes.extend(page.changes);
        let is_missed = |message: &Message| {
            message.id > last && before.is_none_or(|before| message.id < before)
        };
        for message in page.messages.into_iter().rev().filter(is_missed) {
            if messages.len() == self.limit {
                self.missed.gap = gap(messages.front().map(|message| message.id), None);
                return;
            }
            messages.push_front(message);
        }
        if !is_last {
            self.step = Step::Messages(pages);
        }
    }
}

impl Edits {
    const fn since(since: Timestamp) -> Self {
        Self {
            since,
            after: MessageId(0),
            found: Vec::new(),
        }
    }

    fn query(&self) -> PageQuery {
        PageQuery {
            scope: PageScope::Everywhere,
            side: PageSide::ChangedSince {
                since: self.since,
                after: self.after,
            },
            limit: PAGE,
        }
    }

    /// Takes a page in, and says whether there may be another. The end is judged by the rows that the server sent.
    fn advance(&mut self, mut page: MessagePage) -> bool {
        let after = self.after;
        let newest = page.newest().filter(|newest| *newest > after);
        page.messages.retain(|message| message.id > after);
        self.found.append(&mut page.messages);
        self.found.append(&mut page.changes);
        self.after = newest.unwrap_or(after);
        page.rows >= PAGE && newest.is_some()
    }
}

/// Adds the gap after a connection that was lost before its first page came: what followed on it is not known.
fn with_unknown_start(missed: Option<Missed>, sync: &mut SyncState) -> Option<Missed> {
    if !sync.take_misses_start() {
        return missed;
    }
    let mut missed = missed.unwrap_or_default();
    missed.gap.get_or_insert(Gap {
        after: MessageId(0),
        before: None,
        error: None,
    });
    Some(missed)
}

impl App {
    pub(super) fn start_recovery(&mut self) {
        self.sync.on_live();
        let machine = RecoveryMachine::new(
            &self.sync,
            self.settings.recovery_limit,
            Backoff::new(&self.settings.timing, self.seed),
        );
        if let Some(link) = &mut self.link {
            link.recovery = Some(machine);
        }
        self.continue_recovery();
    }

    /// Asks for the next page, if it is time.
    pub(super) fn continue_recovery(&mut self) {
        let now = self.now.monotonic;
        let Some(link) = &mut self.link else { return };
        let id = link.id;
        let query = link.recovery.as_mut().and_then(|it| it.poll_query(now));
        if let Some(query) = query {
            self.start(Purpose::Recovery { link: id, query });
        }
    }

    pub(super) fn on_recovery_page(&mut self, id: LinkId, outcome: Result<MessagePage, SendError>) {
        if let Ok(page) = &outcome {
            self.count_unreadable(page);
        }
        let now = self.now.monotonic;
        let Some(link) = self.link.as_mut().filter(|link| link.id == id) else {
            return;
        };
        let Some(recovery) = &mut link.recovery else {
            return;
        };
        recovery.on_page(outcome, &mut self.sync, now);
        match link.recovery.take_if(|recovery| recovery.is_finished()) {
            Some(recovery) => {
                let missed = with_unknown_start(recovery.into_missed(), &mut self.sync);
                self.deliver_missed(missed);
            }
            None => self.continue_recovery(),
        }
    }
}
