use std::{
    error::Error,
    thread,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

use crate::{
    crowd::{Connected, Crowd},
    figures::{print, quantile_ms, worst_100ms_share},
    rules::{self, STABLE},
    server_process::ServerProcess,
};

pub(crate) const CLIENTS: usize = 2_000;
/// How long the server stays away, beside what its start takes.
const PAUSES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// The server is killed, with everybody connected, and is back a little later.
pub(crate) fn measure() -> Result<(), Box<dyn Error>> {
    let mut server = ServerProcess::start()?;
    let crowd = Crowd::log_in(server.address, CLIENTS)?;
    print("clients", CLIENTS as f64);
    let mut worst = 0.0_f64;
    for pause in PAUSES {
        thread::sleep(STABLE);
        let restart = Restart::of(&mut server, &crowd, pause)?;
        restart.report(pause.as_secs());
        worst = worst.max(worst_100ms_share(&restart.live));
    }
    print("worst_100ms_share", worst);
    Ok(())
}

struct Restart {
    down: Duration,
    /// When each client began the attempt that succeeded, and when it was live again, counted from the kill.
    began: Vec<Duration>,
    live: Vec<Duration>,
    /// The processor time of all clients, from the kill until the last one was live.
    cpu: Duration,
}

impl Restart {
    fn of(server: &mut ServerProcess, crowd: &Crowd, pause: Duration) -> std::io::Result<Self> {
        let cpu_before = process_cpu();
        let killed = Instant::now();
        server.kill();
        thread::sleep(pause);
        server.start_again()?;
        let down = killed.elapsed();
        let connected = crowd.all_live()?;
        let since_kill = |moment: fn(&Connected) -> Instant| {
            connected
                .iter()
                .map(|client| moment(client) - killed)
                .collect()
        };
        Ok(Self {
            down,
            began: since_kill(|client| client.began),
            live: since_kill(|client| client.live),
            cpu: process_cpu() - cpu_before,
        })
    }

    fn report(&self, pause: u64) {
        let print = |name: &str, figure| print(&format!("{name}_after_{pause}s"), figure);
        let relive = |share| {
            quantile_ms(
                self.live.iter().map(|at| at.saturating_sub(self.down)),
                share,
            )
        };
        let rules: Vec<_> = (0..CLIENTS as u64)
            .map(|seed| rules::live_after(self.down, seed))
            .collect();
        print("down_ms", self.down.as_secs_f64() * 1e3);
        print("crowd_cpu_s", self.cpu.as_secs_f64());
        print("crowd_relive_ms_p50", relive(0.5));
        print("crowd_relive_ms_p95", relive(0.95));
        print("worst_100ms_share", worst_100ms_share(&self.live));
        print("attempts_worst_100ms_share", worst_100ms_share(&self.began));
        print("rules_worst_100ms_share", worst_100ms_share(&rules));
    }
}

fn process_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
