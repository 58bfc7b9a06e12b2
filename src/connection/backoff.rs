use std::time::Duration;

use super::Timing;

/// When to try again after a failure. The connection, the outbox and the recovery use the same one.
///
/// The first retry comes after a random delay in `[0, backoff_first]`. Each later one comes `attempt_spacing` plus a
/// random delay in `[0, c - attempt_spacing]` after the failure before it. The ceiling `c` is `backoff_base` for
/// `backoff_repeats` retries, and doubles with each retry after them, up to `backoff_cap`. After `slow_after` of
/// failure there is one retry every `slow_interval` ± 20 %. A server's Retry-After is honoured up to `retry_after_cap`.
///
/// The owner reports [`started`](Self::started), then [`failed`](Self::failed) or [`succeeded`](Self::succeeded), and
/// keeps the time that `failed` returns as the deadline of the next attempt.
#[derive(Debug)]
pub(crate) struct Backoff {
    timing: Timing,
    rng: fastrand::Rng,
    /// Failures since the sequence started over.
    failures: u32,
    failing_since: Option<Duration>,
    last_start: Option<Duration>,
    /// The end of the wait that the server asked for.
    server_wait_ends: Option<Duration>,
}

impl Backoff {
    pub(crate) fn new(timing: &Timing, seed: u64) -> Self {
        Self {
            timing: timing.clone(),
            rng: fastrand::Rng::with_seed(seed),
            failures: 0,
            failing_since: None,
            last_start: None,
            server_wait_ends: None,
        }
    }

    /// An attempt starts.
    pub(crate) const fn started(&mut self, now: Duration) {
        self.last_start = Some(now);
    }

    /// An attempt, or what it had achieved, failed. Returns when to try again.
    pub(crate) fn failed(&mut self, now: Duration, retry_after: Option<Duration>) -> Duration {
        self.honour(now, retry_after);
        let failing_since = *self.failing_since.get_or_insert(now);
        let retry_at = if now.saturating_sub(failing_since) < self.timing.slow_after {
            now.saturating_add(self.delay())
        } else {
            let last_start = self.last_start.unwrap_or(now);
            last_start.saturating_add(self.slow_interval())
        };
        retry_at.max(self.earliest(now))
    }

    /// The server asks to wait, which it can do with any answer. The sequence of retries does not change.
    pub(crate) fn honour(&mut self, now: Duration, retry_after: Option<Duration>) {
        if let Some(wait) = retry_after {
            let wait = wait.min(self.timing.retry_after_cap);
            self.server_wait_ends = Some(now.saturating_add(wait));
        }
    }

    /// The server answered: it no longer asks to wait. The sequence goes on until [`start_over`](Self::start_over).
    pub(crate) const fn accepted(&mut self) {
        self.server_wait_ends = None;
    }

    /// The sequence starts over. The spacing of attempts and the server's wait stay in force.
    pub(crate) const fn start_over(&mut self) {
        self.failures = 0;
        self.failing_since = None;
    }

    /// A request succeeded. A connection reports [`accepted`](Self::accepted), as it has to last for some time.
    pub(crate) const fn succeeded(&mut self) {
        self.accepted();
        self.start_over();
    }

    /// When an attempt may start that skips the back-off: the spacing and the server's wait still hold.
    pub(crate) fn earliest(&self, now: Duration) -> Duration {
        self.earliest_when_asked(now)
            .max(self.server_wait_ends.unwrap_or_default())
    }

    /// When an attempt may start that the game asks for: the spacing still holds.
    pub(crate) fn earliest_when_asked(&self, now: Duration) -> Duration {
        self.last_start
            .map_or(now, |start| {
                start.saturating_add(self.timing.attempt_spacing)
            })
            .max(now)
    }

    /// An accepted connection was closed on purpose: the next one is no retry that must keep its distance.
    pub(super) const fn forget_last_start(&mut self) {
        self.last_start = None;
    }

    fn delay(&mut self) -> Duration {
        let failures = self.failures;
        self.failures = failures.saturating_add(1);
        if failures == 0 {
            let ceiling = self.timing.backoff_first.min(self.timing.backoff_cap);
            return self.up_to(ceiling);
        }
        let doublings = failures.saturating_sub(self.timing.backoff_repeats);
        let ceiling = self
            .timing
            .backoff_base
            .saturating_mul(2_u32.saturating_pow(doublings))
            .min(self.timing.backoff_cap);
        let spacing = self.timing.attempt_spacing;
        let random = self.up_to(ceiling.saturating_sub(spacing));
        spacing.saturating_add(random)
    }

    fn slow_interval(&mut self) -> Duration {
        let fifth = self.timing.slow_interval / 5;
        let random = self.up_to(fifth.saturating_mul(2));
        fifth.saturating_mul(4).saturating_add(random)
    }

    fn up_to(&mut self, ceiling: Duration) -> Duration {
        let nanos = u64::try_from(ceiling.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.rng.u64(0..=nanos))
    }
}
