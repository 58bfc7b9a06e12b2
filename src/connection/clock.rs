use std::time::Duration;

use super::Now;

/// Remembers the clocks' last readings: keeps monotonic time from running backwards, and notices sleep (rule W4).
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<Now>,
}

/// What one reading of the clocks says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Monotonic time, never less than at the reading before.
    pub(super) now: Duration,
    /// Whether the machine slept since the reading before (rule H3).
    pub(super) slept: bool,
}

impl Clock {
    /// Takes in a reading. The machine slept when wall time ran ahead of monotonic time by more than `threshold`.
    pub(super) fn read(&mut self, read: Now, threshold: Duration) -> Reading {
        let last = self.last.unwrap_or(read);
        let monotonic = read.monotonic.max(last.monotonic);
        self.last = Some(Now { monotonic, ..read });

        let awake = monotonic - last.monotonic;
        let passed = read.wall.saturating_sub(last.wall);
        Reading {
            now: monotonic,
            slept: passed.saturating_sub(awake) > threshold,
        }
    }
}
