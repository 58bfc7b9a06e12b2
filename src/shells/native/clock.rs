use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
        Now {
            monotonic: self.start.elapsed(),
            wall: wall_clock(),
            uptime: self.uptime(),
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn uptime(&self) -> Duration {
        let uptime = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        uptime.try_into().unwrap_or_else(|_| self.start.elapsed())
    }

    /// On other systems the monotonic clock counts sleep itself, or only the wall clock does, which can be set.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn uptime(&self) -> Duration {
        self.start.elapsed()
    }
}

/// The time since 1970.
pub(crate) fn wall_clock() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
