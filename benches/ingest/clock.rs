//! What the bench reads time, processor time and memory from.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

const FRAME: Duration = Duration::from_nanos(16_666_667);

/// Nanoseconds of a clock that all processes share.
pub(crate) fn monotonic_ns() -> u64 {
    nanoseconds(ClockId::Monotonic)
}

/// Nanoseconds that this thread has spent on a processor.
pub(crate) fn thread_cpu_ns() -> u64 {
    nanoseconds(ClockId::ThreadCPUTime)
}

fn nanoseconds(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The most memory that this process ever had, in MiB.
pub(crate) fn peak_memory_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("the bench runs on Linux");
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
        .and_then(|kib| kib.parse::<f64>().ok())
        .expect("Linux tells the peak of a process");
    kib / 1024.0
}

/// A display of 60 Hz.
pub(crate) struct Display(Instant);

impl Display {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }

    /// Sleeps until the next refresh; refreshes that have passed are skipped.
    pub(crate) fn wait(&mut self) {
        let now = Instant::now();
        self.0 += FRAME;
        if self.0 < now {
            self.0 = now;
        }
        thread::sleep(self.0 - now);
    }
}
