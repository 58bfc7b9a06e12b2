use std::time::Duration;

use web_time::{Instant, SystemTime};

use crate::connection::Now;

/// The clocks, which only the event loop reads.
#[derive(Clone, Copy)]
pub(in crate::shells) struct Clock {
    start: Instant,
}

impl Clock {
    pub(in crate::shells) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    pub(in crate::shells) fn now(&self) -> Now {
        let monotonic = self.start.elapsed();
        Now {
            monotonic,
            wall: wall_clock(),
            // Browsers have no clock that counts sleep.
            uptime: monotonic,
        }
    }
}

/// The time since 1970.
pub(crate) fn wall_clock() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}
