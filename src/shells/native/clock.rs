use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::connection::Now;

/// The clocks, which nothing but the driver reads.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Now {
        Now {
            monotonic: self.start.elapsed(),
            wall: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
            uptime: self.uptime(),
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn uptime(&self) -> Duration {
        let uptime = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        uptime.try_into().unwrap_or_else(|_| self.start.elapsed())
    }

    /// Elsewhere the monotonic clock runs on by itself, or nothing does but the wall clock, which can be set.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn uptime(&self) -> Duration {
        self.start.elapsed()
    }

    /// The instant that the connection knows as `monotonic`; `None` when it is too far off to ever come.
    pub(super) fn instant(&self, monotonic: Duration) -> Option<Instant> {
        self.start.checked_add(monotonic)
    }
}
