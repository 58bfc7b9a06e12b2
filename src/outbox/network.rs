use std::time::Duration;

use crate::connection::{Backoff, Timing};

/// The maximum number of requests under way.
const PARALLEL: usize = 4;

/// The back-off after the server could not be reached.
#[derive(Debug)]
pub(super) struct Network {
    backoff: Backoff,
    /// `Some` after an attempt failed, until one is answered.
    retry_at: Option<Duration>,
}

impl Network {
    pub(super) fn new(timing: &Timing, seed: u64) -> Self {
        // A message is too old before the slow interval would begin.
        let timing = Timing {
            slow_after: Duration::MAX,
            ..timing.clone()
        };
        Self {
            backoff: Backoff::new(&timing, seed),
            retry_at: None,
        }
    }

    pub(super) const fn started(&mut self, now: Duration) {
        self.backoff.started(now);
    }

    /// An attempt got no answer. Parallel attempts count as one failure.
    pub(super) fn failed(&mut self, now: Duration, retry_after: Option<Duration>) {
        self.retry_at = match self.retry_at {
            Some(retry_at) if retry_at > now => {
                self.backoff.honour(now, retry_after);
                Some(retry_at.max(self.backoff.earliest(now)))
            }
            _ => Some(self.backoff.failed(now, retry_after)),
        };
    }

    /// An attempt was answered.
    pub(super) const fn works(&mut self) {
        self.retry_at = None;
        self.backoff.succeeded();
    }

    /// Skips the back-off.
    pub(super) fn may_be_back(&mut self) {
        self.backoff.start_over();
        self.retry_at = self
            .retry_at
            .map(|_| self.backoff.earliest_when_asked(Duration::ZERO));
    }

    pub(super) fn ready_at(&self) -> Duration {
        self.retry_at.unwrap_or_default()
    }

    /// The maximum number of requests under way: one while the server is unreachable.
    pub(super) const fn parallel(&self) -> usize {
        match self.retry_at {
            Some(_) => 1,
            None => PARALLEL,
        }
    }
}
