//! What Linux says of this process and its threads.

use std::{fs, io, thread, time::Duration};

/// The memory of this process now, in MiB.
pub(crate) fn rss_mib() -> io::Result<f64> {
    Ok(field(&fs::read_to_string("/proc/self/status")?, "VmRSS:") as f64 / 1024.0)
}

/// How often this thread has read from a file or socket, or written to one.
pub(crate) fn reads_and_writes() -> io::Result<u64> {
    let io = fs::read_to_string("/proc/thread-self/io")?;
    Ok(field(&io, "syscr:") + field(&io, "syscw:"))
}

/// What a thread has done so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Thread {
    /// How often it slept and was woken.
    pub(crate) wakeups: u64,
    /// Its time on a processor.
    pub(crate) cpu: Duration,
}

impl Thread {
    /// The thread of this process with that name. Waits for it to start.
    pub(crate) fn named(name: &str) -> io::Result<Self> {
        loop {
            for task in fs::read_dir("/proc/self/task")? {
                let task = task?.path();
                if fs::read_to_string(task.join("comm"))?.trim_end() == name {
                    let status = fs::read_to_string(task.join("status"))?;
                    let schedule = fs::read_to_string(task.join("schedstat"))?;
                    let cpu = schedule.split(' ').next().and_then(|ns| ns.parse().ok());
                    return Ok(Self {
                        wakeups: field(&status, "voluntary_ctxt_switches:"),
                        cpu: Duration::from_nanos(cpu.unwrap_or_default()),
                    });
                }
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn field(text: &str, name: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    let number = value.and_then(|value| value.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}
