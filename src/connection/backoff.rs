use std::time::Duration;

use super::{Timing, jitter::Jitter};

/// When the next attempt may start: full jitter, spacing, the slow pace and the server's wish (rules R1 and R3).
#[derive(Debug)]
pub(super) struct Backoff {
    /// Counts the retries since the connection was last stable.
    jitter: Jitter,
    failing_since: Option<Duration>,
    last_start: Option<Duration>,
    /// Until when the server asked not to be bothered.
    server_wait: Option<Duration>,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            jitter: Jitter::new(seed),
            failing_since: None,
            last_start: None,
            server_wait: None,
        }
    }

    pub(super) const fn attempt_started(&mut self, now: Duration) {
        self.last_start = Some(now);
    }

    /// The server accepted the connection: it no longer asks to wait.
    pub(super) const fn accepted(&mut self) {
        self.server_wait = None;
    }

    /// The count starts over. Spacing and the server's wish stay in force.
    pub(super) const fn start_over(&mut self) {
        self.jitter.start_over();
        self.failing_since = None;
    }

    /// An accepted connection was given up on purpose: opening the next one is no retry that must keep its distance.
    pub(super) const fn forget_last_start(&mut self) {
        self.last_start = None;
    }

    /// Nothing that another user's session went through counts any more, except the spacing.
    pub(super) const fn forget_session(&mut self) {
        self.start_over();
        self.server_wait = None;
    }

    /// When an attempt that the game asks for may start.
    pub(super) fn earliest_when_asked(&self, now: Duration, timing: &Timing) -> Duration {
        self.last_start
            .map_or(now, |start| start.saturating_add(timing.attempt_spacing))
            .max(now)
    }

    /// When an attempt that nobody asked for may start.
    pub(super) fn earliest(&self, now: Duration, timing: &Timing) -> Duration {
        self.earliest_when_asked(now, timing)
            .max(self.server_wait.unwrap_or_default())
    }

    /// A connection or an attempt failed at `now`: when to try again.
    pub(super) fn next_retry(
        &mut self,
        now: Duration,
        retry_after: Option<Duration>,
        timing: &Timing,
    ) -> Duration {
        if let Some(wait) = retry_after {
            self.server_wait = Some(now.saturating_add(wait.min(timing.retry_after_cap)));
        }
        let failing_since = *self.failing_since.get_or_insert(now);
        let paced = if now.saturating_sub(failing_since) < timing.slow_after {
            now.saturating_add(self.jitter.draw(timing.backoff_base, timing.backoff_cap))
        } else {
            self.last_start
                .unwrap_or(now)
                .saturating_add(self.slow_pace(timing))
        };
        paced.max(self.earliest(now, timing))
    }

    fn slow_pace(&mut self, timing: &Timing) -> Duration {
        let fifth = timing.slow_interval / 5;
        let slack = self.jitter.up_to(fifth.saturating_mul(2));
        fifth.saturating_mul(4).saturating_add(slack)
    }
}
