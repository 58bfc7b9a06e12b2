use std::time::Duration;

use super::{Cause, ConnectionMachine, Failure, Mode, Output, Phase};
use crate::connection::{
    keep_alive::Prompt,
    phase::{Live, Pursuit, Waiting},
};

impl ConnectionMachine {
    /// Every deadline of the present state.
    pub(super) fn deadlines(&self) -> [Option<Duration>; 5] {
        [
            self.grace_ends(),
            self.phase_ends(),
            self.heartbeat_due(),
            self.keep_alive_due(),
            self.phase
                .pursuit()
                .and_then(|pursuit| pursuit.waiters.next_timeout()),
        ]
    }

    /// The grace is over once its end has passed; at its very end the game's ping still counts.
    pub(super) fn end_overdue_grace(&mut self, now: Duration) {
        if self.grace_ends().is_some_and(|end| end < now) {
            self.time_out_in_background();
        }
    }

    /// Does what has its time at `now`. Each kind once: what it leads to lies in the future.
    pub(super) fn meet_deadlines(&mut self, now: Duration) {
        let is_due = |deadline: Option<Duration>| deadline.is_some_and(|at| at <= now);

        if is_due(self.grace_ends()) {
            self.time_out_in_background();
        }
        if is_due(self.link_verdict()) {
            self.pass_verdict(now);
        }
        if is_due(self.retry_at()) {
            self.retry(now);
        }
        self.time_out_waiters(now);
        if is_due(self.heartbeat_due()) {
            self.beat(now);
        }
        if is_due(self.keep_alive_due()) {
            self.prompt_game(now);
        }
    }

    fn phase_ends(&self) -> Option<Duration> {
        self.link_verdict().or(self.retry_at())
    }

    fn grace_ends(&self) -> Option<Duration> {
        self.presence.grace_ends().filter(|_| self.phase.is_busy())
    }

    /// When the link counts as failed or lost. A socket that nobody reads gives no verdict.
    fn link_verdict(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Attempting(attempt) => Some(attempt.gives_up_at),
            Phase::Live(live) if !live.paused => live.health.verdict(),
            _ => None,
        }
    }

    fn retry_at(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Waiting(waiting) => Some(waiting.retry_at),
            _ => None,
        }
    }

    fn heartbeat_due(&self) -> Option<Duration> {
        let beats = self.mode == Mode::Auto || self.presence.is_foreground();
        match &self.phase {
            Phase::Live(live) if beats && !live.paused => live.health.heartbeat_due(&self.timing),
            _ => None,
        }
    }

    fn keep_alive_due(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Live(live) => {
                self.keep_alive
                    .due(live.prompt, self.presence.grace_ends(), &self.timing)
            }
            _ => None,
        }
    }

    fn pass_verdict(&mut self, now: Duration) {
        let cause = match self.phase {
            Phase::Live(_) => Cause::PongTimeout,
            _ => Cause::AttemptTimeout,
        };
        self.abandon_link(cause, now);
    }

    fn retry(&mut self, now: Duration) {
        if let Phase::Waiting(Waiting { cause, pursuit, .. }) = &mut self.phase {
            let (cause, pursuit) = (*cause, std::mem::take(pursuit));
            self.attempt(cause, pursuit, now);
        }
    }

    fn time_out_waiters(&mut self, now: Duration) {
        while let Some(Pursuit {
            waiters,
            last_failure,
            ..
        }) = self.phase.pursuit_mut()
            && let Some(ticket) = waiters.pop_timed_out(now)
        {
            let last = last_failure.unwrap_or(Cause::AttemptTimeout);
            self.settle(ticket, Err(Failure::TimedOut { last }));
        }
    }

    fn beat(&mut self, now: Duration) {
        if let Phase::Live(live) = &mut self.phase {
            let frame = live.health.beat(now, &self.timing);
            let link = live.link;
            self.send_ping(frame, link);
        }
    }

    fn prompt_game(&mut self, now: Duration) {
        if let Phase::Live(Live { prompt, .. }) = &mut self.phase {
            *prompt = Prompt::Given { at: now };
            self.outputs.push_back(Output::KeepAliveDue);
        }
    }
}
