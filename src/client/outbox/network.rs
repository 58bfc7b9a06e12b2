use std::time::Duration;

use crate::connection::{Timing, jitter::Jitter};

/// How many requests are under way at once.
const PARALLEL: usize = 4;

/// When the server may be tried again after it could not be reached (rules O3 and R1).
#[derive(Debug)]
pub(super) struct Network {
    jitter: Jitter,
    timing: Timing,
    last_start: Option<Duration>,
    /// `Some` since an attempt failed, until one is answered.
    retry_at: Option<Duration>,
}

impl Network {
    pub(super) fn new(timing: &Timing, seed: u64) -> Self {
        Self {
            jitter: Jitter::new(seed),
            timing: timing.clone(),
            last_start: None,
            retry_at: None,
        }
    }

    pub(super) const fn started(&mut self, now: Duration) {
        self.last_start = Some(now);
    }

    /// An attempt got no answer. Attempts that were under way together fail once.
    pub(super) fn failed(&mut self, now: Duration, retry_after: Option<Duration>) {
        let asked = retry_after.map_or(Duration::ZERO, |wait| {
            now.saturating_add(wait.min(self.timing.retry_after_cap))
        });
        let retry_at = match self.retry_at {
            Some(retry_at) if retry_at > now => retry_at,
            _ => self.draw(now),
        };
        self.retry_at = Some(retry_at.max(asked));
    }

    fn draw(&mut self, now: Duration) -> Duration {
        let Timing {
            backoff_base,
            backoff_cap,
            attempt_spacing,
            ..
        } = self.timing;
        let delay = self.jitter.draw(backoff_base, backoff_cap);
        let spaced = self
            .last_start
            .unwrap_or(now)
            .saturating_add(attempt_spacing);
        now.saturating_add(delay).max(spaced)
    }

    /// An attempt was answered.
    pub(super) const fn works(&mut self) {
        self.retry_at = None;
        self.jitter.start_over();
    }

    /// It is worth a try at once.
    pub(super) fn may_be_back(&mut self) {
        self.jitter.start_over();
        if self.retry_at.is_some() {
            let start = self.last_start.unwrap_or_default();
            self.retry_at = Some(start.saturating_add(self.timing.attempt_spacing));
        }
    }

    pub(super) fn ready_at(&self) -> Duration {
        self.retry_at.unwrap_or_default()
    }

    /// How many requests may be under way: one is enough to see whether it works again.
    pub(super) const fn parallel(&self) -> usize {
        match self.retry_at {
            Some(_) => 1,
            None => PARALLEL,
        }
    }
}
