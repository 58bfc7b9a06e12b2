use std::{collections::VecDeque, time::Duration};

use super::{
    AppState, BackgroundPolicy, Backoff, Cause, ConnectionStatus, Failure, Input, LinkId, LinkLoss,
    Mode, Now, Output, Settled, StatusChange, Ticket, Timing,
    app_state::BackgroundTimer,
    clock::{Clock, Reading},
    keep_alive::{KeepAlive, Reminder},
    phase::{AttemptSeries, BackingOff, Live, Phase},
};

mod game;
mod link;

/// The connection of one client, as a pure state machine.
///
/// It never panics, whatever the input: reports about unknown links, contradictory inputs, clocks that run backwards.
#[derive(Debug)]
pub(crate) struct ConnectionMachine {
    mode: Mode,
    background_policy: BackgroundPolicy,
    timing: Timing,
    clock: Clock,
    phase: Phase,
    background_timer: BackgroundTimer,
    keep_alive: KeepAlive,
    backoff: Backoff,
    /// The cause for which there is no connection, for the errors of requests.
    down_because: Cause,
    next_link: u64,
    outputs: VecDeque<Output>,
}

impl ConnectionMachine {
    /// A disconnected client with nobody logged in, in the foreground. `seed` decides the jitter of the back-off.
    pub(crate) fn new(
        mode: Mode,
        background_policy: BackgroundPolicy,
        timing: Timing,
        seed: u64,
    ) -> Self {
        let timing = timing.with_floors();
        Self {
            mode,
            background_policy,
            clock: Clock::default(),
            phase: Phase::SignedOut,
            background_timer: BackgroundTimer::Stopped,
            keep_alive: KeepAlive::new(mode),
            backoff: Backoff::new(&timing, seed),
            timing,
            down_because: Cause::NotYetConnected,
            next_link: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Handles what happened at `now`. [`poll_output`](Self::poll_output) returns the actions that follow from it.
    ///
    /// Deadlines that passed are handled too, whatever the input. An input at the very moment of a deadline, and a
    /// frame of the server that is read late, count before the deadline. Only the background timeout is strict.
    pub(crate) fn handle(&mut self, input: Input, now: Now) {
        let Reading { now, slept } = self.clock.read(now, self.timing.sleep_threshold);
        if self.background_ends_at().is_some_and(|end| end < now) {
            self.on_background_timeout();
        }
        if slept {
            self.on_wake(now);
        }
        self.handle_input(input, now);
        self.handle_deadlines(now);
    }

    /// The next action, in order.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The monotonic time of the next [`Input::Tick`], unless another input comes first.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        let deadlines = [
            self.background_ends_at(),
            self.link_lost_at(),
            self.retry_at(),
            self.connect_times_out_at(),
            self.heartbeat_due(),
            self.keep_alive_due(),
        ];
        deadlines.into_iter().flatten().min()
    }

    pub(crate) const fn status(&self) -> ConnectionStatus {
        self.phase.status()
    }

    /// The link that is live, to send on.
    pub(crate) const fn live_link(&self) -> Option<LinkId> {
        match &self.phase {
            Phase::Live(live) => Some(live.link),
            _ => None,
        }
    }

    /// The link that is being attempted or live. Reports about any other are ignored.
    pub(crate) const fn open_link(&self) -> Option<LinkId> {
        self.phase.link()
    }

    /// Whether a user is logged in, according to the inputs.
    #[cfg(test)]
    pub(super) const fn is_signed_in(&self) -> bool {
        self.phase.is_signed_in()
    }

    /// Whether there is a connection, or the client will open one of its own accord.
    #[cfg(test)]
    pub(super) const fn is_wanted(&self) -> bool {
        self.phase.is_wanted()
    }

    /// The app's state, according to the inputs.
    #[cfg(test)]
    pub(super) const fn app_state(&self) -> AppState {
        self.background_timer.app_state()
    }

    fn handle_input(&mut self, input: Input, now: Duration) {
        match input {
            Input::SessionOpened(origin) => self.open_session(origin, now),
            Input::SessionClosed(cause) => self.close_session(cause),
            Input::Connect(ticket) => self.connect(ticket, now),
            Input::Disconnect(ticket) => self.disconnect(ticket),
            Input::Ping(ticket) => self.ping(ticket, now),
            Input::AppState(AppState::Foreground) => self.on_foreground(now),
            Input::AppState(AppState::Background) => self.on_background(now),
            Input::KeepAlive(enabled) => self.switch_keep_alive(enabled, now),
            Input::LinkLive(link) => self.on_link_live(link, now),
            Input::LinkLost(link, loss) => self.on_link_lost(link, loss, now),
            Input::Inbound(link) => self.on_frame(link, now),
            Input::Pong(link) => self.on_pong(link, now),
            Input::Paused(link, paused) => self.on_reading_paused(link, paused, now),
            Input::Frozen => self.on_freeze(now),
            Input::Online => self.on_wake(now),
            Input::CredentialsRenewed => self.skip_backoff(now),
            Input::Tick => {}
            Input::Shutdown => self.shut_down(),
        }
    }

    /// Handles each kind of deadline that is due, once: deadlines that follow from it are in the future.
    fn handle_deadlines(&mut self, now: Duration) {
        let is_due = |deadline: Option<Duration>| deadline.is_some_and(|at| at <= now);

        if is_due(self.background_ends_at()) {
            self.on_background_timeout();
        }
        if is_due(self.link_lost_at()) {
            self.on_link_timeout(now);
        }
        if is_due(self.retry_at()) {
            self.retry(now);
        }
        self.time_out_connects(now);
        if is_due(self.heartbeat_due()) {
            self.send_heartbeat(now);
        }
        if is_due(self.keep_alive_due()) {
            self.remind_game(now);
        }
    }

    fn background_ends_at(&self) -> Option<Duration> {
        self.background_timer
            .ends_at()
            .filter(|_| self.phase.is_busy())
    }

    /// When the attempt counts as failed, or the link as lost. A socket that is not read can't be judged.
    fn link_lost_at(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Attempting(attempt) => Some(attempt.times_out_at),
            Phase::Live(live) if !live.paused => live.health.lost_at(),
            _ => None,
        }
    }

    fn retry_at(&self) -> Option<Duration> {
        match &self.phase {
            Phase::BackingOff(backing_off) => Some(backing_off.retry_at),
            _ => None,
        }
    }

    fn connect_times_out_at(&self) -> Option<Duration> {
        self.phase.series()?.pending.next_timeout()
    }

    fn heartbeat_due(&self) -> Option<Duration> {
        let enabled = self.mode == Mode::Auto || self.background_timer.is_foreground();
        match &self.phase {
            Phase::Live(live) if enabled && !live.paused => live.health.heartbeat_due(&self.timing),
            _ => None,
        }
    }

    fn keep_alive_due(&self) -> Option<Duration> {
        let Phase::Live(live) = &self.phase else {
            return None;
        };
        self.keep_alive
            .due(live.reminder, self.background_timer.ends_at(), &self.timing)
    }

    fn retry(&mut self, now: Duration) {
        if let Phase::BackingOff(BackingOff { cause, series, .. }) = &mut self.phase {
            let (cause, series) = (*cause, std::mem::take(series));
            self.start_attempt(cause, series, now);
        }
    }

    fn time_out_connects(&mut self, now: Duration) {
        while let Some(AttemptSeries {
            pending,
            last_failure,
            ..
        }) = self.phase.series_mut()
            && let Some(ticket) = pending.pop_timed_out(now)
        {
            let last = last_failure.unwrap_or(Cause::AttemptTimeout);
            self.settle(ticket, Err(Failure::TimedOut { last }));
        }
    }

    fn send_heartbeat(&mut self, now: Duration) {
        if let Phase::Live(live) = &mut self.phase {
            let frame = live.health.heartbeat(now, &self.timing);
            let link = live.link;
            self.send_ping(frame, link);
        }
    }

    fn remind_game(&mut self, now: Duration) {
        if let Phase::Live(Live { reminder, .. }) = &mut self.phase {
            *reminder = Reminder::Sent { at: now };
            self.outputs.push_back(Output::KeepAliveDue);
        }
    }

    /// In auto mode the connection is closed only until the app is in the foreground again.
    fn on_background_timeout(&mut self) {
        let next = match self.mode {
            Mode::Auto => Phase::AwaitingForeground,
            Mode::Manual => Phase::Disconnected,
        };
        self.close(next, LinkLoss::new(Cause::BackgroundTimeout));
    }

    /// Ends the link, the attempt or the back-off from this side.
    fn close(&mut self, next: Phase, why: LinkLoss) {
        if let Some(link) = self.phase.link() {
            self.outputs.push_back(Output::CloseLink(link));
        }
        if let Phase::Live(_) = self.phase {
            self.backoff.forget_last_start();
        }
        self.stop(next, why);
    }

    /// Nothing is open any more, and no retry is pending: reports it, then fails the pending requests.
    fn stop(&mut self, next: Phase, why: LinkLoss) {
        let retry = next.retry_when_stopped();
        let ended = std::mem::replace(&mut self.phase, next);
        if !ended.is_wanted() {
            return;
        }
        self.down_because = why.cause;
        self.outputs.push_back(Output::Status(StatusChange {
            from: ended.status(),
            to: ConnectionStatus::Disconnected,
            cause: why.cause,
            close_code: why.close_code,
            reason: why.reason.clone(),
            retry,
            attempt: ended.attempts(),
        }));
        self.fail_all(ended.into_tickets(), &why);
    }

    fn fail_all(&mut self, tickets: Vec<Ticket>, loss: &LinkLoss) {
        for ticket in tickets {
            let failure = Failure::NotConnected {
                cause: loss.cause,
                reason: loss.reason.clone(),
            };
            self.settle(ticket, Err(failure));
        }
    }

    fn settle(&mut self, ticket: Ticket, result: Result<Settled, Failure>) {
        self.outputs.push_back(Output::Settle(ticket, result));
    }
}
