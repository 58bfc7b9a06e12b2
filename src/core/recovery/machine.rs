//! Fetches what a session missed while it had no connection, as a machine that requests one page at a time.

#[cfg(test)]
mod tests;

use std::{mem, time::Duration};

use super::{edits::Edits, missed::Missed};
use crate::{
    connection::Backoff,
    core::{
        MessagePage, PageQuery, PageScope,
        backwards::Backwards,
        recent_edits,
        recovered::{ChangesGap, Gap},
        sync_state::{Known, SyncState},
    },
    error::ErrorCode,
    model::{Guid, Message, MessageId, Timestamp},
    outbox::SendError,
};

/// The maximum number of requests for a page that get no answer.
const MAX_TRIES: u32 = 3;
/// The total time that a recovery waits because the server asks it to. Live events are held back from the game meanwhile.
const MAX_WAIT: Duration = Duration::from_secs(180);
/// The wait if the server asks to wait without a duration.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);

/// The recovery of one connection.
///
/// 1. What was edited or deleted since the last edit that the game has received.
/// 2. What was sent since the last message that it has received, back from the newest, so that what a player needs most
///    is there even when not all can be.
/// 3. What became visible out of order: the last messages that the game has received are searched again.
///
/// A server that has lost messages, such as one that was restored from a backup, is noticed: its newest message is older
/// than the last one, or has the id of another. What it lost is announced as a gap, and what it has new is fetched.
///
/// The first recovery after a login fetches only messages, because no edit is known from which to start. The edits in
/// its pages were made before the game started to listen, or at that moment, and are no news.
///
/// If no last message is known, there is nothing to recover. The newest message is fetched instead: from there on,
/// nothing is missed.
#[derive(Debug)]
pub(in crate::core) struct RecoveryMachine {
    /// The most messages, and the most edits, that are fetched.
    limit: usize,
    backoff: Backoff,
    step: Step,
    /// Whether it is the first one after a login.
    is_first: bool,
    /// The last message that the game has received, if there is one.
    last: Option<MessageId>,
    /// The message back to which pages are searched for messages that became visible out of order.
    looked_back_to: MessageId,
    /// The group that the last message was sent to, if any.
    last_group: Option<Guid>,
    /// The time since which edits are fetched.
    edits_since: Timestamp,
    /// The earliest time of a new message, by the server's clock.
    earliest: Option<Timestamp>,
    is_second_look_for_edits: bool,
    /// Whether a message was seen in its place, so that the server has not lost those before it.
    has_seen_known: bool,
    /// Whether the server has lost messages and reuses their ids.
    has_restarted: bool,
    /// How often the current page was requested without a reply.
    tries: u32,
    /// How long it has waited because the server asked for it.
    waited: Duration,
    /// When the current page is requested again.
    retry_at: Option<Duration>,
    is_under_way: bool,
    missed: Missed,
}

#[derive(Debug)]
enum Step {
    /// The newest message is requested, to start from it.
    Begin,
    /// Edits are requested that are not delivered: they were made before the game began to listen.
    BeginEdits(Edits),
    /// Missed edits are requested.
    Edits(Edits),
    /// Missed messages are requested.
    Messages(Backwards),
    /// The last message is requested, because a page lacks it: the server has lost it, the page was made before it
    /// existed, or its conversation was deleted.
    LastMessage(Backwards, MessagePage),
    /// The newest message of the last message's group is requested: the last message may be missing because the user is
    /// no longer a member, or because the server has lost it.
    LastGroup(Guid, Backwards, MessagePage),
    /// There were too many messages. Earlier ones that became visible out of order are requested.
    Late(Backwards),
    Finished,
}

impl RecoveryMachine {
    pub(in crate::core) fn new(sync: &SyncState, limit: usize, backoff: Backoff) -> Self {
        let last = sync.last();
        let looked_back_to = sync.looked_back_to().unwrap_or(MessageId(0));
        let step = match (last, sync.edits.since()) {
            (Some(_), Some(since)) => Step::Edits(Edits::since(since)),
            (Some(_), None) => {
                Step::Messages(Backwards::new(PageScope::Everywhere, looked_back_to))
            }
            (None, _) => Step::Begin,
        };
        Self {
            limit,
            backoff,
            is_first: matches!(step, Step::Messages(_)),
            step,
            last,
            looked_back_to,
            last_group: sync.last_group().cloned(),
            edits_since: sync.edits.since().unwrap_or_default(),
            earliest: None,
            is_second_look_for_edits: false,
            has_seen_known: false,
            has_restarted: false,
            tries: 0,
            waited: Duration::ZERO,
            retry_at: None,
            is_under_way: false,
            missed: Missed::default(),
        }
    }

    pub(in crate::core) const fn next_deadline(&self) -> Option<Duration> {
        self.retry_at
    }

    /// The page to request now, if one is due and none is under way.
    pub(in crate::core) fn poll_query(&mut self, now: Duration) -> Option<PageQuery> {
        if self.is_under_way || self.retry_at.is_some_and(|at| now < at) {
            return None;
        }
        let query = match &self.step {
            Step::Begin => PageQuery::NEWEST,
            Step::BeginEdits(edits) | Step::Edits(edits) => edits.query(),
            Step::Messages(pages) | Step::Late(pages) => pages.query(),
            Step::LastMessage(..) => PageQuery {
                scope: PageScope::Message(self.last?),
                ..PageQuery::NEWEST
            },
            Step::LastGroup(guid, ..) => PageQuery {
                scope: PageScope::Conversation(guid.clone().into()),
                ..PageQuery::NEWEST
            },
            Step::Finished => return None,
        };
        self.retry_at = None;
        self.is_under_way = true;
        self.backoff.started(now);
        Some(query)
    }

    pub(in crate::core) const fn is_finished(&self) -> bool {
        matches!(self.step, Step::Finished)
    }

    /// What was missed; `None` if nothing can have been missed.
    pub(in crate::core) fn into_missed(mut self) -> Option<Missed> {
        self.missed.merge_changes(self.last);
        (self.last.is_some() || self.missed.gap.is_some()).then_some(self.missed)
    }

    pub(in crate::core) fn on_page(
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
            Step::Messages(pages) => self.on_messages(pages, outcome, sync),
            Step::LastMessage(pages, page) => self.on_last_message(pages, page, outcome, sync),
            Step::LastGroup(_, pages, page) => self.on_last_group(pages, page, outcome, sync),
            Step::Late(_) => self.on_late(outcome, sync),
            Step::Finished => {}
        }
    }

    /// When the same page is requested again. A wait that the server asks for does not count as a try, but has an end.
    fn retry_after(&mut self, error: &SendError, now: Duration) -> Option<Duration> {
        let asked = error.error().retry_after;
        let asked = match error {
            SendError::Throttled(_) => Some(asked.unwrap_or(DEFAULT_WAIT)),
            SendError::Lost(_) => asked,
            SendError::NeverLeft(_) | SendError::Refused(_) => None,
        };
        if asked.is_some() {
            self.backoff.honour(now, asked);
            let retry_at = self.backoff.earliest(now);
            self.waited = self.waited.saturating_add(retry_at.saturating_sub(now));
            return Some(retry_at).filter(|_| self.waited <= MAX_WAIT);
        }
        self.tries += 1;
        let is_unanswered = error.error().code == ErrorCode::ServerUnreachable;
        (is_unanswered && self.tries < MAX_TRIES).then(|| self.backoff.failed(now, None))
    }

    /// Begins with the newest message: nothing from there on is missed.
    fn begin(&mut self, outcome: Result<MessagePage, SendError>, sync: &mut SyncState) {
        let page = match outcome {
            Ok(page) => page,
            Err(error) => {
                self.missed.gap = Some(Gap {
                    after: MessageId(0),
                    before: None,
                    error: Some(error.into_error()),
                });
                return;
            }
        };
        sync.advance(page.newest().unwrap_or(MessageId(0)), page.newest_group());
        let newest = page.messages.last();
        let since = newest.map_or_else(Timestamp::default, |message| message.updated_at);
        sync.edits.advance(since);
        // By another clock of the server, an earlier change may have a later time.
        let since = recent_edits::before(since);
        self.edits_since = since;
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
        for message in edits.actions.iter().rev().chain(&edits.found) {
            sync.edits.take(message);
        }
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
        self.missed.changes.append(&mut edits.found);
        self.missed.add_actions(edits.actions);
        if !self.is_second_look_for_edits {
            self.fetch_messages();
        }
    }

    fn fetch_messages(&mut self) {
        let pages = Backwards::new(PageScope::Everywhere, self.looked_back_to);
        self.step = Step::Messages(pages);
    }

    fn on_messages(
        &mut self,
        pages: Backwards,
        outcome: Result<MessagePage, SendError>,
        sync: &mut SyncState,
    ) {
        let Some(last) = self.last else { return };
        let page = match outcome {
            Ok(page) => page,
            Err(error) => return self.on_messages_failed(last, error),
        };
        // If the server still has the last message, its newest one is no older.
        let is_first = self.missed.messages.is_empty() && pages.is_at_the_newest();
        if is_first && is_before(&page, last) {
            self.step = Step::LastMessage(pages, page);
        } else {
            self.take_messages(pages, page, sync);
        }
    }

    /// Announces a gap, unless only messages that became visible out of order were left: the next recovery looks for
    /// those.
    fn on_messages_failed(&mut self, last: MessageId, error: SendError) {
        if self.has_restarted {
            // New messages can't be distinguished from those that the game has. The next recovery tries again.
            self.missed.messages.clear();
        }
        let before = self.missed.messages.iter().map(|message| message.id);
        let before = before.filter(|id| *id > last).min();
        if !self.has_seen_known {
            self.missed.gap = Some(Gap {
                after: last,
                before,
                error: Some(error.into_error()),
            });
        }
    }

    /// The server has lost messages if it does not know the last one.
    fn on_last_message(
        &mut self,
        pages: Backwards,
        page: MessagePage,
        outcome: Result<MessagePage, SendError>,
        sync: &mut SyncState,
    ) {
        let is_lost = match outcome {
            Ok(found) => {
                let is_another = found.messages.iter().any(|found| sync.has_another(found));
                found.newest() != self.last || is_another
            }
            Err(SendError::Refused(error)) => error.code == ErrorCode::MessageNotFound,
            Err(_) => false,
        };
        match self.last_group.take().filter(|_| is_lost) {
            Some(guid) => self.step = Step::LastGroup(guid, pages, page),
            None => {
                self.has_restarted = is_lost;
                self.take_messages(pages, page, sync);
            }
        }
    }

    /// The server has lost messages if the user still sees the group, but not the last message.
    fn on_last_group(
        &mut self,
        pages: Backwards,
        page: MessagePage,
        outcome: Result<MessagePage, SendError>,
        sync: &mut SyncState,
    ) {
        let last = self.last.unwrap_or(MessageId(0));
        self.has_restarted = outcome.is_ok_and(|newest| is_before(&newest, last));
        self.take_messages(pages, page, sync);
    }

    fn take_messages(&mut self, mut pages: Backwards, page: MessagePage, sync: &mut SyncState) {
        let Some(last) = self.last else { return };
        let (rows, oldest) = (page.rows, page.oldest());
        let remembered = sync.remembered_after().unwrap_or(MessageId(0));
        if self.is_first {
            self.missed.add_first_changes(&page, last);
        } else {
            self.missed.add_actions(page.changes.into_iter().rev());
        }
        let before = self.missed.messages.front().map(|message| message.id);
        let is_next = |message: &Message| before.is_none_or(|before| message.id < before);
        for message in page.messages.into_iter().rev().filter(is_next) {
            sync.record_join(&message);
            let known = sync.knows(&message);
            if known == Known::Another && !self.has_seen_known {
                self.has_restarted = true;
            }
            if self.has_restarted {
                if known == Known::Same || message.id <= remembered {
                    return self.restart_after(message.id, sync);
                }
            } else if message.id <= last {
                self.has_seen_known |= known == Known::Same || message.id == last;
                if !self.take_earlier(&message, known, sync) {
                    continue;
                }
            }
            if self.missed.messages.len() == self.limit {
                return self.stop_at_limit(&message, last, sync);
            }
            if message.id > last {
                let earliest = self.earliest.unwrap_or(message.sent_at);
                self.earliest = Some(earliest.min(message.sent_at));
            }
            self.missed.messages.push_front(message);
        }
        if self.has_restarted {
            pages.go_until(remembered);
        }
        if !pages.advance(rows, oldest) {
            self.step = Step::Messages(pages);
        } else if self.has_restarted {
            self.restart_after(MessageId(0), sync);
        } else {
            self.look_for_edits_again();
        }
    }

    /// Looks at a message that is not later than the last one. Returns whether it was missed, since it became visible
    /// out of order. One that the game has may have changed: that is noticed whatever a clock says.
    fn take_earlier(&mut self, message: &Message, known: Known, sync: &SyncState) -> bool {
        if message.id <= self.looked_back_to {
            return false;
        }
        let has_changed = known == Known::Same && sync.edits.is_news(message);
        if has_changed && self.missed.changes_gap.is_none() {
            self.missed.changes.push(message.clone());
        }
        known == Known::No && sync.is_late(message, self.looked_back_to)
    }

    fn stop_at_limit(&mut self, message: &Message, last: MessageId, sync: &mut SyncState) {
        let before = self.missed.messages.front().map(|message| message.id);
        if self.has_restarted {
            return self.restart_after(message.id, sync);
        }
        if message.id <= last {
            return self.look_for_edits_again();
        }
        self.missed.gap = Some(Gap {
            after: last,
            before,
            error: None,
        });
        let from = MessageId(last.0.saturating_add(1));
        let pages = Backwards::from(PageScope::Everywhere, from, self.looked_back_to);
        self.step = Step::Late(pages);
    }

    /// Takes the messages that became visible out of order before a gap, from one page.
    fn on_late(&mut self, outcome: Result<MessagePage, SendError>, sync: &SyncState) {
        let page = outcome.unwrap_or_default();
        if self.is_first {
            self.missed
                .add_first_changes(&page, self.last.unwrap_or(MessageId(0)));
        } else {
            self.missed.add_actions(page.changes.into_iter().rev());
        }
        let last = self.last;
        let late = page.messages.into_iter().rev();
        for message in late.filter(|message| Some(message.id) <= last) {
            let known = sync.knows(&message);
            if self.take_earlier(&message, known, sync) {
                self.missed.messages.push_front(message);
            }
        }
        self.look_for_edits_again();
    }

    /// The server has lost what the game has after a message. What was fetched is new.
    fn restart_after(&mut self, after: MessageId, sync: &mut SyncState) {
        let before = self.missed.messages.front().map(|message| message.id);
        self.missed.gap = Some(Gap {
            after,
            before,
            error: None,
        });
        self.missed.restarted_after = Some(after);
        self.last = Some(after);
        sync.restart_after(after);
    }

    /// If a new message is older than the time since which edits were fetched, the server's clock went back: missed
    /// edits may be older, too.
    fn look_for_edits_again(&mut self) {
        let earliest = self.earliest.filter(|at| *at > Timestamp::default());
        let Some(earliest) = earliest.filter(|at| *at < self.edits_since) else {
            return;
        };
        self.is_second_look_for_edits = true;
        let since = recent_edits::before(earliest);
        self.step = Step::Edits(Edits::since(since));
    }
}

/// Whether the newest message of a page says that the server has nothing as new as `last`. A page without a message, or
/// with rows that can't be read, says nothing: the newest row may be one of those.
fn is_before(newest: &MessagePage, last: MessageId) -> bool {
    newest.unreadable == 0 && newest.newest().is_some_and(|newest| newest < last)
}
