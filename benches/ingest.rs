//! From the socket to Bevy's messages: how fast, at what cost to the frame, in how much memory. Next to it, in the
//! same run, the *floor* (one thread that reads and parses, without an ECS), a client as a game would write it by
//! hand, and an empty game. Prints `name value` lines: medians over rounds in which the variants take turns, so
//! that what else the machine does hits all alike.
//!
//! `cargo bench --bench ingest`; a number after `--` is the number of rounds.

#[path = "shared/arguments.rs"]
mod arguments;
#[path = "ingest/clock.rs"]
mod clock;
#[path = "ingest/flood_server.rs"]
mod flood_server;
#[path = "ingest/frames.rs"]
mod frames;
#[path = "ingest/game.rs"]
mod game;
#[path = "ingest/owned.rs"]
mod owned;
#[path = "ingest/plan.rs"]
mod plan;
#[path = "shared/serving_process.rs"]
mod serving_process;
#[path = "ingest/tally.rs"]
mod tally;
#[path = "ingest/variant.rs"]
mod variant;

use std::error::Error;

use arguments::arguments;
use frames::Frames;
use serving_process::ServingProcess;
use variant::{Figures, Variant};

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => flood_server::serve(|_| {})?,
        ["measure", variant, server] => variant.parse::<Variant>()?.run(server.parse()?),
        [rounds] => compare(rounds.parse()?)?,
        _ => compare(ROUNDS)?,
    }
    Ok(())
}

fn compare(rounds: usize) -> Result<(), Box<dyn Error>> {
    let server = ServingProcess::start(["serve"])?;
    let rounds = (0..rounds)
        .map(|_| Round::run(&server))
        .collect::<Result<Vec<_>, _>>()?;
    let print = |name, figure: &dyn Fn(&Round) -> f64| {
        println!("{name} {:.3}", median(rounds.iter().map(figure)));
    };
    let (smallest, average, largest) = Frames::of_few_users("flood-200000").sizes();
    println!("frame_bytes_min {smallest}");
    println!("frame_bytes_average {average}");
    println!("frame_bytes_max {largest}");
    print("floor_msgs_per_s", &|round| round.floor["rate"]);
    print("ingest_msgs_per_s", &|round| round.plugin["rate"]);
    print("ingest_ratio_to_floor", &|round| {
        round.plugin["rate"] / round.floor["rate"]
    });
    print("ingest_ratio_distinct_users", &|round| {
        round.plugin_distinct["rate"] / round.floor_distinct["rate"]
    });
    print("ratio_to_hand_written", &|round| {
        round.plugin["rate"] / round.hand_written["rate"]
    });
    print(
        "worst_frame_ms_in_flood",
        &|round| round.at_60_hz["worst_ms"],
    );
    print(
        "worst_frame_cpu_ms_in_flood",
        &|round| round.at_60_hz["worst_cpu_ms"],
    );
    print("flood_memory_mib", &|round| {
        round.at_60_hz["memory"].max(round.plugin["memory"]) - round.empty["memory"]
    });
    print("state_over_empty_us_p50", &|round| {
        round.with_state["p50_us"] - round.empty["p50_us"]
    });
    print("idle_over_empty_us_p50", &|round| {
        round.idle["p50_us"] - round.empty["p50_us"]
    });
    print("frame_over_empty_us_p50_at_1k", &|round| {
        round.at_1k["p50_us"] - round.empty["p50_us"]
    });
    print("frame_over_empty_us_p50_at_10k", &|round| {
        round.at_10k["p50_us"] - round.empty["p50_us"]
    });
    print("wire_to_ecs_ms_p50", &|round| round.delays["p50_ms"]);
    print("wire_to_ecs_ms_p99", &|round| round.delays["p99_ms"]);
    println!("lost {}", rounds.iter().map(Round::lost).sum::<f64>());
    Ok(())
}

/// Each variant once.
struct Round {
    floor: Figures,
    plugin: Figures,
    hand_written: Figures,
    floor_distinct: Figures,
    plugin_distinct: Figures,
    at_60_hz: Figures,
    empty: Figures,
    with_state: Figures,
    idle: Figures,
    at_1k: Figures,
    at_10k: Figures,
    delays: Figures,
}

impl Round {
    fn run(server: &ServingProcess) -> std::io::Result<Self> {
        let measure = |variant: Variant| variant.measure(server.address);
        Ok(Self {
            floor: measure(Variant::Floor)?,
            plugin: measure(Variant::Plugin)?,
            hand_written: measure(Variant::HandWritten)?,
            floor_distinct: measure(Variant::FloorDistinct)?,
            plugin_distinct: measure(Variant::PluginDistinct)?,
            at_60_hz: measure(Variant::PluginFloodAt60Hz)?,
            empty: measure(Variant::Empty)?,
            with_state: measure(Variant::EmptyWithState)?,
            idle: measure(Variant::Idle)?,
            at_1k: measure(Variant::At1k)?,
            at_10k: measure(Variant::At10k)?,
            delays: measure(Variant::Delays)?,
        })
    }

    /// Messages that never came, or came out of order.
    fn lost(&self) -> f64 {
        [
            &self.plugin,
            &self.plugin_distinct,
            &self.at_60_hz,
            &self.at_1k,
            &self.at_10k,
        ]
        .iter()
        .flat_map(|figures| [figures.get("lost"), figures.get("out_of_order")])
        .flatten()
        .sum()
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
