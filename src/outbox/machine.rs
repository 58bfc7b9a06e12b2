use std::{
    collections::{HashSet, VecDeque},
    mem,
    sync::Arc,
    time::Duration,
};

use super::{
    Attempt, Input, OutboxLimits, OutboxState, Output, SavedEntry, SendsPause,
    entry::{Entry, Size, Stage},
    network::Network,
    pace::Pace,
};
use crate::{
    connection::{Cause, Now, Timing},
    error::{ChatError, ErrorCode},
    model::{Message, MessageId, OutgoingMessage},
    request::Completer,
};

mod answers;

/// The messages of one user that are not sent yet. See the [module](super) for the rules.
pub(crate) struct Outbox {
    limits: OutboxLimits,
    timing: Timing,
    /// The messages, in the order in which they were queued.
    entries: VecDeque<Entry>,
    network: Network,
    pace: Pace,
    /// The largest id among the messages that were sent.
    newest: MessageId,
    last_attempt: u64,
    /// The end of the pause that was last reported to the game.
    reported_pause: Option<Duration>,
    /// The saved messages are out of date.
    is_unsaved: bool,
    /// The saved messages outlive it.
    is_kept: bool,
    outputs: VecDeque<Output>,
}

impl Outbox {
    /// An empty outbox. `seed` decides the jitter, and the ids of the attempts.
    pub(crate) fn new(limits: &OutboxLimits, timing: &Timing, seed: u64) -> Self {
        Self {
            limits: limits.clone(),
            timing: timing.clone(),
            entries: VecDeque::new(),
            network: Network::new(timing, seed),
            pace: Pace::new(limits.per_minute, timing.retry_after_cap),
            newest: MessageId(0),
            last_attempt: seed,
            reported_pause: None,
            is_unsaved: false,
            is_kept: false,
            outputs: VecDeque::new(),
        }
    }

    /// Handles what happened at `now`. [`poll_output`](Self::poll_output) returns the actions that follow from it.
    ///
    /// An answer at the very moment of a deadline counts before the deadline.
    pub(crate) fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Restored(saved) => self.restore(saved, now),
            Input::Closed(cause) => self.close(cause),
            Input::Kept(cause) => self.keep(cause),
            Input::Send {
                muid,
                message,
                newest,
                done,
            } => self.send(muid, message, newest, done, now),
            Input::Resend { muid, done } => self.resend(&muid, done, now),
            Input::Discard { muid, done } => self.discard(&muid, done),
            Input::Posted(attempt, outcome) => self.posted(attempt, outcome, now.monotonic),
            Input::LookedUp(attempt, outcome) => self.looked_up(attempt, outcome, now.monotonic),
            Input::Heard(message) => self.heard(message),
            Input::IdsRestarted(after) => self.restart_ids(after),
            Input::NetworkBack => self.network.may_be_back(),
            Input::Tick => {}
        }
        self.give_overdue_up(now);
        self.start_attempts(now.monotonic);
        self.report_pause(now.monotonic);
    }

    /// The next action, in order.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The monotonic time of the next [`Input::Tick`], unless another input comes first.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        let given_up = self.entries.iter().filter_map(Entry::given_up_at);
        let is_busy = self.under_way() >= self.network.parallel();
        let starts = self
            .heads()
            .into_iter()
            .filter(|_| !is_busy)
            .filter_map(|index| self.starts_at(&self.entries[index]));
        given_up.chain(starts).min()
    }

    /// The number of messages.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether a message of the user's own that the server has may be one of these: a muid alone does not say so, since
    /// another device, an older message or one to another receiver may have it too.
    pub(crate) fn may_hold(&self, message: &Message) -> bool {
        let muid = message.muid.as_deref();
        muid.and_then(|muid| self.position(muid))
            .is_some_and(|index| self.entries[index].may_be(message))
    }

    /// The saved form of the messages. Messages with files to be sent along are not saved.
    pub(crate) fn to_saved(&self) -> Vec<SavedEntry> {
        self.entries.iter().filter_map(Entry::to_saved).collect()
    }

    fn restore(&mut self, saved: Vec<SavedEntry>, now: Now) {
        for saved in saved {
            let entry = Entry::restored(saved, self.limits.age, now);
            let state = match &entry.stage {
                Stage::Failed(error) => OutboxState::Failed(error.clone()),
                _ => OutboxState::Pending,
            };
            self.report(&entry, state);
            self.entries.push_back(entry);
        }
    }

    fn restart_ids(&mut self, after: MessageId) {
        self.newest = self.newest.min(after);
        for entry in &mut self.entries {
            entry.after = entry.after.min(after);
        }
    }

    fn close(&mut self, cause: Cause) {
        for index in 0..self.entries.len() {
            self.give_attempt_up(index);
            let entry = &self.entries[index];
            let is_kept = self.is_kept && entry.is_saved();
            if !entry.has_failed() && !is_kept {
                self.fail(index, ChatError::cancelled(cause));
            }
        }
        let empty = Self::new(&self.limits, &self.timing, self.last_attempt);
        let outputs = mem::take(&mut self.outputs);
        *self = Self { outputs, ..empty };
    }

    /// Ends the requests for the messages that are saved. The messages stay as they are.
    fn keep(&mut self, cause: Cause) {
        self.is_kept = true;
        let saved = self.entries.iter_mut().filter(|entry| entry.is_saved());
        let waiters: Vec<_> = saved.flat_map(|entry| entry.waiters.drain(..)).collect();
        for waiter in waiters {
            self.settle(waiter, Err(ChatError::stays_in_outbox(cause)));
        }
    }

    fn send(
        &mut self,
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        newest: Option<MessageId>,
        done: Completer<Message>,
        now: Now,
    ) {
        let after = newest.unwrap_or(MessageId(0)).max(self.newest);
        let entry = Entry::new(muid, message, after, self.limits.age, now);
        match self.admit(entry) {
            Ok(entry) => self.enqueue(entry, done),
            Err(error) => self.settle(done, Err(error)),
        }
    }

    /// Makes room for a message, if possible.
    fn admit(&mut self, entry: Entry) -> Result<Entry, ChatError> {
        if self.position(&entry.muid).is_some() {
            return Err(ChatError::new(
                ErrorCode::OutboxDuplicate,
                "a message with this muid is in the outbox already: give each its own, or resend that one",
            ));
        }
        let pending = self.entries.iter().filter(|entry| !entry.has_failed());
        if !Size::of_all(pending).plus(entry.size).fits(&self.limits) {
            return Err(ChatError::new(
                ErrorCode::OutboxFull,
                "the outbox holds no more, or nothing so large: wait until some messages are sent, or raise the limits",
            ));
        }
        while !Size::of_all(&self.entries)
            .plus(entry.size)
            .fits(&self.limits)
        {
            let failed = self.entries.iter().position(Entry::has_failed);
            let Some(failed) = failed.and_then(|index| self.entries.remove(index)) else {
                break;
            };
            self.report(&failed, OutboxState::Discarded);
        }
        Ok(entry)
    }

    fn resend(&mut self, muid: &str, done: Completer<Message>, now: Now) {
        let Some(index) = self.position(muid) else {
            return self.settle(done, Err(ChatError::not_in_outbox()));
        };
        if !self.entries[index].has_failed() {
            self.entries[index].not_before = now.monotonic;
            self.entries[index].waiters.push(done);
            return self.network.may_be_back();
        }
        if let Some(mut entry) = self.entries.remove(index) {
            entry.renew(self.limits.age, now);
            self.enqueue(entry, done);
        }
    }

    fn enqueue(&mut self, mut entry: Entry, done: Completer<Message>) {
        entry.waiters.push(done);
        self.report(&entry, OutboxState::Pending);
        self.entries.push_back(entry);
        self.is_unsaved = true;
        // A game that sends while messages wait receives the pause again.
        self.reported_pause = None;
    }

    fn discard(&mut self, muid: &str, done: Completer<()>) {
        let Some(index) = self.position(muid) else {
            return self.settle(done, Err(ChatError::not_in_outbox()));
        };
        self.give_attempt_up(index);
        let Some(entry) = self.entries.remove(index) else {
            return;
        };
        self.report(&entry, OutboxState::Discarded);
        for waiter in entry.waiters {
            self.settle(waiter, Err(ChatError::discarded()));
        }
        self.settle(done, Ok(()));
        self.is_unsaved = true;
    }

    fn sent(&mut self, index: usize, message: Message) {
        let Some(entry) = self.entries.remove(index) else {
            return;
        };
        self.newest = self.newest.max(message.id);
        self.report(&entry, OutboxState::Sent(message.clone()));
        for waiter in entry.waiters {
            self.settle(waiter, Ok(message.clone()));
        }
        self.is_unsaved = true;
    }

    fn fail(&mut self, index: usize, error: ChatError) {
        let entry = &mut self.entries[index];
        entry.stage = Stage::Failed(error.clone());
        let waiters = mem::take(&mut entry.waiters);
        let change = entry.change(OutboxState::Failed(error.clone()));
        self.outputs.push_back(Output::Changed(Box::new(change)));
        for waiter in waiters {
            self.settle(waiter, Err(error.clone()));
        }
        self.is_unsaved = true;
    }

    /// Cancels the attempt under way. Its result is ignored.
    fn give_attempt_up(&mut self, index: usize) {
        let attempt = self.entries[index].attempt().map(Output::GiveUp);
        self.outputs.extend(attempt);
    }

    fn give_overdue_up(&mut self, now: Now) {
        for index in 0..self.entries.len() {
            let entry = &self.entries[index];
            if entry.is_overdue(now) {
                let last = entry.last_error.clone();
                let error = match entry.unconfirmed {
                    Some(_) => ChatError::undecided(last),
                    None => ChatError::too_old(self.limits.age, last),
                };
                self.fail(index, error);
            }
        }
    }

    fn start_attempts(&mut self, now: Duration) {
        let mut requests = Vec::new();
        let mut under_way = self.under_way();
        for index in self.heads() {
            if under_way >= self.network.parallel() {
                break;
            }
            if self
                .starts_at(&self.entries[index])
                .is_some_and(|at| at <= now)
            {
                requests.push(self.start(index, now));
                under_way += 1;
            }
        }
        if mem::take(&mut self.is_unsaved) {
            self.outputs.push_back(Output::Save);
        }
        self.outputs.extend(requests);
    }

    fn start(&mut self, index: usize, now: Duration) -> Output {
        self.last_attempt = self.last_attempt.wrapping_add(1);
        let attempt = Attempt(self.last_attempt);
        self.network.started(now);
        let entry = &mut self.entries[index];
        if entry.unconfirmed.is_some() {
            entry.stage = Stage::LookingUp {
                attempt,
                since: now,
            };
            return Output::LookUp(attempt, entry.search());
        }
        self.pace.take(attempt, now);
        entry.stage = Stage::Posting(attempt);
        self.is_unsaved = true;
        Output::Post(attempt, entry.muid.clone(), entry.message.clone())
    }

    /// The entries whose turn it is: for each receiver, the first that has not failed.
    fn heads(&self) -> Vec<usize> {
        let mut receivers = HashSet::new();
        let entries = self.entries.iter().enumerate();
        entries
            .filter(|(_, entry)| !entry.has_failed() && receivers.insert(entry.receiver()))
            .map(|(index, _)| index)
            .collect()
    }

    /// The earliest start of the next attempt for an entry.
    fn starts_at(&self, entry: &Entry) -> Option<Duration> {
        let paced = match entry.unconfirmed {
            Some(_) => self.pace.open_at(),
            None => self.pace.free_at(),
        };
        let ready = self.network.ready_at().max(paced);
        entry.is_waiting().then(|| ready.max(entry.not_before))
    }

    fn under_way(&self) -> usize {
        let attempts = self.entries.iter().filter_map(Entry::attempt);
        attempts.count()
    }

    fn position(&self, muid: &str) -> Option<usize> {
        self.entries.iter().position(|entry| *entry.muid == *muid)
    }

    /// Reports a pause to the game when it begins, and again when it becomes longer.
    fn report_pause(&mut self, now: Duration) {
        let until = self.pace.free_at();
        let is_paused = until > now && self.entries.iter().any(Entry::is_waiting);
        if !is_paused {
            self.reported_pause = None;
        } else if self.reported_pause != Some(until) {
            self.reported_pause = Some(until);
            let pause = SendsPause {
                retry_in: until - now,
                error: self.pace.server_error().cloned(),
            };
            self.outputs.push_back(Output::Paused(pause));
        }
    }

    fn report(&mut self, entry: &Entry, state: OutboxState) {
        let change = Box::new(entry.change(state));
        self.outputs.push_back(Output::Changed(change));
    }

    fn settle<T: Clone + Send + 'static>(
        &mut self,
        done: Completer<T>,
        outcome: Result<T, ChatError>,
    ) {
        self.outputs.push_back(Output::Settle(done.settle(outcome)));
    }
}
