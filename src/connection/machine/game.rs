//! Inputs of the game: sessions, requests about the connection, and the state of the app.

use std::time::Duration;

use super::{
    AttemptSeries, BackgroundPolicy, BackgroundTimer, Cause, ConnectionMachine, Failure, LinkLoss,
    Mode, Phase, Reminder, Settled, Ticket,
};
use crate::connection::SessionOrigin;

impl ConnectionMachine {
    /// A login or a restored session. Auto mode connects, even after a `disconnect()`.
    pub(super) fn open_session(&mut self, origin: SessionOrigin, now: Duration) {
        if let Phase::Exited = self.phase {
            return;
        }
        self.close_session(Cause::LoggedOut);
        self.backoff.succeeded();
        self.down_because = Cause::NotYetConnected;
        self.background_timer
            .restart(now, self.timing.background_timeout);
        match self.mode {
            Mode::Manual => self.phase = Phase::Disconnected,
            Mode::Auto if self.stays_closed_in_background() => {
                self.phase = Phase::AwaitingForeground;
            }
            Mode::Auto => {
                let cause = match origin {
                    SessionOrigin::Login => Cause::LoggedIn,
                    SessionOrigin::Restored => Cause::SessionRestored,
                };
                let earliest = self.backoff.earliest_when_asked(now);
                self.attempt_at(earliest, cause, AttemptSeries::default(), now);
            }
        }
    }

    /// The session ends: a logout, another user's login, or the server's decision.
    pub(super) fn close_session(&mut self, cause: Cause) {
        if self.phase.is_signed_in() {
            self.close(Phase::SignedOut, LinkLoss::new(cause));
        }
    }

    pub(super) fn shut_down(&mut self) {
        self.close(Phase::Exited, LinkLoss::new(Cause::Exiting));
    }

    /// Skips the back-off. In the background the timeout starts over.
    pub(super) fn connect(&mut self, ticket: Ticket, now: Duration) {
        if let Err(failure) = self.require_session() {
            return self.settle(ticket, Err(failure));
        }
        self.background_timer
            .restart(now, self.timing.background_timeout);
        let times_out_at = now.saturating_add(self.timing.connect_timeout);
        match std::mem::replace(&mut self.phase, Phase::Disconnected) {
            Phase::Live(live) => {
                self.phase = Phase::Live(live);
                self.settle(ticket, Ok(Settled::Connected));
            }
            Phase::Attempting(mut attempt) => {
                attempt.series.pending.push(ticket, times_out_at);
                self.phase = Phase::Attempting(attempt);
            }
            Phase::BackingOff(backing_off) => {
                let mut series = AttemptSeries {
                    count: 0,
                    ..backing_off.series
                };
                series.pending.push(ticket, times_out_at);
                self.attempt_as_asked(series, now);
            }
            Phase::SignedOut | Phase::Disconnected | Phase::AwaitingForeground | Phase::Exited => {
                let mut series = AttemptSeries::default();
                series.pending.push(ticket, times_out_at);
                self.backoff.start_over();
                self.attempt_as_asked(series, now);
            }
        }
    }

    /// Succeeds also if there is nothing to close. Fails without a user.
    pub(super) fn disconnect(&mut self, ticket: Ticket) {
        if let Phase::SignedOut = self.phase {
            return self.settle(ticket, Err(Failure::NotLoggedIn));
        }
        if self.phase.is_signed_in() {
            self.close(Phase::Disconnected, LinkLoss::new(Cause::DisconnectCalled));
        }
        self.settle(ticket, Ok(Settled::Disconnected));
    }

    /// The game pings. In the background the timeout starts over.
    pub(super) fn ping(&mut self, ticket: Ticket, now: Duration) {
        if let Err(failure) = self.require_session() {
            return self.settle(ticket, Err(failure));
        }
        let Phase::Live(live) = &mut self.phase else {
            let failure = Failure::NotConnected {
                cause: self.down_because,
                reason: None,
            };
            return self.settle(ticket, Err(failure));
        };
        let frame = live.health.ping(ticket, now, &self.timing);
        let link = live.link;
        self.keep_alive.on_ping(&mut live.reminder, now);
        self.background_timer
            .restart(now, self.timing.background_timeout);
        self.send_ping(frame, link);
    }

    /// The app is in the foreground again: a live connection is probed, and a wanted one is opened without a back-off.
    pub(super) fn on_foreground(&mut self, now: Duration) {
        if self.background_timer.is_foreground() {
            return;
        }
        self.background_timer = BackgroundTimer::Stopped;
        match &mut self.phase {
            Phase::Live(live) => {
                let frame = live.health.probe(now, &self.timing);
                let link = live.link;
                self.send_ping(frame, link);
            }
            Phase::AwaitingForeground => {
                self.backoff.start_over();
                let earliest = self.backoff.earliest(now);
                let series = AttemptSeries::default();
                self.attempt_at(earliest, Cause::Foregrounded, series, now);
            }
            Phase::BackingOff(backing_off) => {
                backing_off.cause = Cause::Foregrounded;
                self.skip_backoff(now);
            }
            Phase::SignedOut | Phase::Disconnected | Phase::Attempting(_) | Phase::Exited => {}
        }
    }

    /// The background timeout starts, or the connection is closed at once.
    pub(super) fn on_background(&mut self, now: Duration) {
        if !self.background_timer.is_foreground() {
            return;
        }
        self.background_timer = BackgroundTimer::start(now, self.timing.background_timeout);
        if self.closes_in_background() {
            let loss = LinkLoss::new(Cause::Backgrounded);
            return self.close(Phase::AwaitingForeground, loss);
        }
        if let Phase::Live(live) = &mut self.phase {
            live.reminder.on_background(now);
        }
    }

    /// A frozen app can't see the background timeout pass: it passes now.
    pub(super) fn on_freeze(&mut self, now: Duration) {
        self.on_background(now);
        if self.phase.is_busy() {
            self.on_background_timeout();
        }
    }

    /// The machine slept: the connection may be lost without a report.
    pub(super) fn on_wake(&mut self, now: Duration) {
        match &mut self.phase {
            Phase::Live(live) => {
                let frame = live.health.probe_after_sleep(now, &self.timing);
                let link = live.link;
                self.send_ping(frame, link);
            }
            Phase::BackingOff(_) if self.background_timer.is_foreground() => self.skip_backoff(now),
            _ => {}
        }
    }

    pub(super) fn switch_keep_alive(&mut self, enabled: bool, now: Duration) {
        let changed = self.keep_alive.switch(enabled);
        if let Phase::Live(live) = &mut self.phase
            && changed
        {
            live.reminder = Reminder::Scheduled { since: now };
        }
    }

    fn require_session(&self) -> Result<(), Failure> {
        match self.phase {
            Phase::SignedOut => Err(Failure::NotLoggedIn),
            Phase::Exited => Err(Failure::NotConnected {
                cause: Cause::Exiting,
                reason: None,
            }),
            _ => Ok(()),
        }
    }

    fn attempt_as_asked(&mut self, series: AttemptSeries, now: Duration) {
        let earliest = self.backoff.earliest_when_asked(now);
        self.attempt_at(earliest, Cause::ConnectCalled, series, now);
    }

    /// Retries as soon as the spacing of attempts and the server's Retry-After allow.
    pub(super) fn skip_backoff(&mut self, now: Duration) {
        if let Phase::BackingOff(backing_off) = &mut self.phase {
            let earliest = self.backoff.earliest(now);
            backing_off.retry_at = backing_off.retry_at.min(earliest);
        }
    }

    fn closes_in_background(&self) -> bool {
        self.mode == Mode::Auto
            && self.background_policy == BackgroundPolicy::DisconnectAtOnce
            && self.phase.is_busy()
    }

    fn stays_closed_in_background(&self) -> bool {
        self.background_policy == BackgroundPolicy::DisconnectAtOnce
            && !self.background_timer.is_foreground()
    }
}
