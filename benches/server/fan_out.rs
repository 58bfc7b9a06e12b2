use std::{
    io,
    net::{SocketAddr, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    MEMBERS,
    crowd::{Crowd, Progress, Received},
    floor, median,
    player::Player,
    quantile,
    sender::{self, Pace},
    server_process,
};

const ROUNDS: usize = 3;
/// Messages of a round.
const MESSAGES: usize = 400;
/// Messages that are on their way at a time, at full speed.
const WINDOW: usize = 32;
/// Messages until caches are warm.
const WARM_UP: usize = 20;
/// How long messages are sent at half the speed.
const CALM: Duration = Duration::from_secs(6);

/// One sender, and [`MEMBERS`] sockets that get what is sent. The rounds take turns with those of the floor. Returns
/// how many messages were lost.
pub(crate) fn measure(data: &Path, players: &[Player]) -> io::Result<usize> {
    let server = server_process::start(data)?;
    let mut run = Run {
        server: server.address,
        sender: &players[0],
        sockets: Player::connect_all(server.address, &players[..MEMBERS])?,
        lost: 0,
    };
    let frame_length = run.at_full_speed(WARM_UP)?.frame_length;
    let (mut rates, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        rates.push(rate(MESSAGES, &run.at_full_speed(MESSAGES)?));
        floors.push(rate(MESSAGES, &floor::measure(MESSAGES, frame_length)?));
    }
    let (rate, floor) = (median(&mut rates), median(&mut floors));
    let mut delays_ms = run.at(rate / 2.0)?.delays_ms;
    println!("frame_bytes {frame_length}");
    println!("deliveries_per_s {rate:.0}");
    println!("deliveries_floor_per_s {floor:.0}");
    println!("deliveries_ratio_to_floor {:.2}", rate / floor);
    println!("p50_ms {:.2}", median(&mut delays_ms));
    println!("p99_ms {:.2}", quantile(&mut delays_ms, 0.99));
    Ok(run.lost)
}

/// Deliveries a second.
fn rate(messages: usize, received: &Received) -> f64 {
    (messages * MEMBERS) as f64 / received.took.as_secs_f64()
}

struct Run<'a> {
    server: SocketAddr,
    sender: &'a Player,
    sockets: Vec<TcpStream>,
    lost: usize,
}

impl Run<'_> {
    fn at_full_speed(&mut self, messages: usize) -> io::Result<Received> {
        let progress = Progress::default();
        self.run(
            messages,
            &Pace::Window(WINDOW, MEMBERS, &progress),
            progress.clone(),
        )
    }

    fn at(&mut self, deliveries_per_second: f64) -> io::Result<Received> {
        let interval = Duration::from_secs_f64(MEMBERS as f64 / deliveries_per_second);
        let messages = CALM.div_duration_f64(interval) as usize;
        self.run(messages, &Pace::Every(interval), Progress::default())
    }

    fn run(
        &mut self,
        messages: usize,
        pace: &Pace<'_>,
        progress: Progress,
    ) -> io::Result<Received> {
        let start = Instant::now();
        let sockets = std::mem::take(&mut self.sockets);
        let crowd = Crowd::read(sockets, messages, start, progress);
        sender::send(self.server, self.sender, messages, start, pace)?;
        let (received, sockets) = crowd.join()?;
        self.sockets = sockets;
        self.lost += received.lost;
        Ok(received)
    }
}
