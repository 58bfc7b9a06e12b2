use std::time::Duration;

/// Full jitter: the n-th delay is random in `[0, min(cap, base · 2^n)]` (rule R1).
#[derive(Debug)]
pub(crate) struct Jitter {
    rng: fastrand::Rng,
    /// Delays drawn since the count started over.
    step: u32,
}

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: fastrand::Rng::with_seed(seed),
            step: 0,
        }
    }

    pub(crate) const fn start_over(&mut self) {
        self.step = 0;
    }

    /// The next delay.
    pub(crate) fn draw(&mut self, base: Duration, cap: Duration) -> Duration {
        let doubled = 2_u32.saturating_pow(self.step);
        self.step = self.step.saturating_add(1);
        self.up_to(base.saturating_mul(doubled).min(cap))
    }

    pub(crate) fn up_to(&mut self, ceiling: Duration) -> Duration {
        let nanos = u64::try_from(ceiling.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.rng.u64(0..=nanos))
    }
}
