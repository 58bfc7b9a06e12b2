use std::{error::Error, io, thread, time::Duration};

use crate::{
    figures::{print, quantile_ms},
    player::{Outage, Player},
    rules,
    server_process::ServerProcess,
};

const PLAYERS: usize = 100;
const ROUNDS: usize = 5;
/// Outages are evenly spread up to this.
const LONGEST: Duration = Duration::from_secs(5);
/// How often the rules are asked about each outage.
const SEEDS: u64 = 20;

/// Outages of many lengths, of many players at once: each has a network of its own, which refuses it.
pub(crate) fn measure() -> Result<(), Box<dyn Error>> {
    let server = ServerProcess::start()?;
    let players: Vec<_> = (0..PLAYERS)
        .map(|number| Player::log_in(number, server.address))
        .collect::<Result<_, _>>()?;
    let players = players.into_iter().enumerate();
    let threads: Vec<_> = players
        .map(|(number, player)| thread::spawn(move || have_outages(player, number as u64)))
        .collect();
    let mut outages = Vec::new();
    for thread in threads {
        outages.extend(
            thread
                .join()
                .expect("a thread of the bench does not panic")?,
        );
    }
    report(&outages);
    Ok(())
}

fn have_outages(mut player: Player, seed: u64) -> io::Result<Vec<Outage>> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..ROUNDS)
        .map(|_| player.have_outage(LONGEST.mul_f64(rng.f64())))
        .collect()
}

fn report(outages: &[Outage]) {
    let relive = |from: u64, to: u64, share: f64| {
        let within = |outage: &&Outage| (from..to).contains(&(outage.length.as_millis() as u64));
        let some = outages.iter().filter(within);
        quantile_ms(some.map(|outage| outage.relive), share)
    };
    print("outages", outages.len() as f64);
    print("relive_ms_p50", relive(0, u64::MAX, 0.5));
    print("relive_ms_p95", relive(0, u64::MAX, 0.95));
    print("relive_ms_p50_under_1s", relive(0, 1_000, 0.5));
    print("relive_ms_p50_1_to_2s", relive(1_000, 2_000, 0.5));
    print("relive_ms_p50_2_to_5s", relive(2_000, u64::MAX, 0.5));

    let rules: Vec<_> = outages
        .iter()
        .flat_map(|outage| {
            (0..SEEDS).map(|seed| rules::live_after(outage.length, seed) - outage.length)
        })
        .collect();
    let rules_p50 = quantile_ms(rules.iter().copied(), 0.5);
    print("rules_ms_p50", rules_p50);
    print("rules_ms_p95", quantile_ms(rules, 0.95));
    print(
        "relive_ratio_to_rules",
        relive(0, u64::MAX, 0.5) / rules_p50,
    );

    let attempt = quantile_ms(outages.iter().map(|outage| outage.attempt), 0.5);
    let floor = quantile_ms(outages.iter().map(|outage| outage.floor), 0.5);
    print("attempt_ms_p50", attempt);
    print("floor_ms_p50", floor);
    print("attempt_ratio_to_floor", attempt / floor);

    let sum = |count: fn(&Outage) -> usize| outages.iter().map(count).sum::<usize>() as f64;
    print("missed", sum(|outage| outage.missed));
    print("recovered", sum(|outage| outage.recovered));
    print("lost", sum(|outage| outage.missed - outage.recovered));
    print("doubled", sum(|outage| outage.doubled));
}
