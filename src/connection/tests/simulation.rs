//! How soon clients are live again after an outage, and how their attempts spread. Attempts take no time here.

use std::time::Duration;

use super::harness::millis;
use crate::connection::{
    BackgroundPolicy, Cause, ConnectionMachine, Input, LinkLoss, Mode, Now, Output, SessionOrigin,
    Timing,
};

/// How long a connection was live before it is lost, so that the back-off starts over.
const STABLE: Duration = Duration::from_millis(10_200);
const CLIENTS: u64 = 2_000;

/// How long after the loss a client is live again if the server is away for `outage`.
fn live_after(outage: Duration, seed: u64) -> Duration {
    let timing = Timing::default();
    let mut connection =
        ConnectionMachine::new(Mode::Auto, BackgroundPolicy::Timeout, timing, seed);
    let mut now = Duration::ZERO;
    connection.handle(Input::SessionOpened(SessionOrigin::Login), Now::at(now));
    let mut is_up = true;
    loop {
        while let Some(output) = connection.poll_output() {
            let Output::OpenLink(link) = output else {
                continue;
            };
            is_up |= now >= STABLE + outage;
            let input = if is_up {
                Input::LinkLive(link)
            } else {
                Input::LinkLost(link, LinkLoss::new(Cause::Unreachable))
            };
            connection.handle(input, Now::at(now));
        }
        match connection.live_link() {
            Some(_) if now >= STABLE => return now - STABLE,
            Some(link) => {
                now = STABLE;
                is_up = false;
                let loss = LinkLoss::new(Cause::ConnectionLost);
                connection.handle(Input::LinkLost(link, loss), Now::at(now));
            }
            None => {
                now = connection.next_deadline().expect("a retry is pending");
                connection.handle(Input::Tick, Now::at(now));
            }
        }
    }
}

#[test]
fn r1_short_outages_are_repaired_soon_after_they_end() {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut delays: Vec<_> = (0..20_000)
        .map(|seed| {
            let outage = millis(rng.u64(0..5_000));
            live_after(outage, seed) - outage
        })
        .collect();
    delays.sort_unstable();
    let quantile = |percent: usize| delays[delays.len() * percent / 100];
    let (p50, p95) = (quantile(50), quantile(95));
    assert!((millis(400)..=millis(550)).contains(&p50), "{p50:?}");
    assert!((millis(1_000)..=millis(1_250)).contains(&p95), "{p95:?}");
}

#[test]
fn r1_clients_that_lose_the_server_together_do_not_return_together() {
    for outage in (0..=5_000).step_by(100).map(millis) {
        let mut arrivals = [0_u64; 600];
        for seed in 0..CLIENTS {
            let tenths = live_after(outage, seed).as_millis() / 100;
            arrivals[tenths as usize] += 1;
        }
        let most = arrivals.into_iter().max().unwrap_or_default();
        let share = most as f64 / CLIENTS as f64;
        assert!(share <= 0.15, "{outage:?}: {share}");
    }
}
