use std::time::Duration;

/// A reading of the clocks.
///
/// All parts count from origins of the caller's choosing; only differences matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Now {
    /// Monotonic time: every deadline is measured against it.
    pub(crate) monotonic: Duration,
    /// Wall time: used only to notice that the machine slept, and across runs. It can be set, so it can jump.
    pub(crate) wall: Duration,
    /// Monotonic time that runs on while the machine sleeps, where the system has such a clock.
    pub(crate) uptime: Duration,
}

impl Now {
    /// Both clocks at `since_origin`, as on a machine that never sleeps.
    #[cfg(any(test, feature = "test-util"))]
    pub(crate) const fn at(since_origin: Duration) -> Self {
        Self {
            monotonic: since_origin,
            wall: since_origin,
            uptime: since_origin,
        }
    }
}

/// Remembers the last reading: keeps monotonic time from running backwards, and notices sleep.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<Now>,
}

/// The result of [`Clock::read`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Monotonic time, never less than at the previous reading.
    pub(super) now: Duration,
    /// Whether the machine slept since the previous reading.
    pub(super) slept: bool,
}

impl Clock {
    /// Takes a reading. The machine slept if wall time ran ahead of monotonic time by more than `threshold`.
    pub(super) fn read(&mut self, read: Now, threshold: Duration) -> Reading {
        let last = self.last.unwrap_or(read);
        let monotonic = read.monotonic.max(last.monotonic);
        self.last = Some(Now { monotonic, ..read });

        let awake = monotonic.saturating_sub(last.monotonic);
        let passed = read.wall.saturating_sub(last.wall);
        Reading {
            now: monotonic,
            slept: passed.saturating_sub(awake) > threshold,
        }
    }
}

/// The start and the units of virtual time, for tests.
#[cfg(test)]
pub(crate) mod virtual_time {
    use super::{Duration, Now};

    /// No clock starts at zero, and they differ.
    pub(crate) const START: Now = Now {
        monotonic: Duration::from_secs(1_000),
        wall: Duration::from_secs(1_700_000_000),
        uptime: Duration::from_secs(2_000),
    };

    pub(crate) const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    pub(crate) const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
}
