//! What the plugin costs a game that does nothing with it: at startup, at a login, while nothing happens, and with much
//! in the history. Each part runs in a process of its own, headless, next to the same game without the plugin. Prints
//! `name value` lines.
//!
//! `cargo bench --bench footprint`; a number after `--` is the seconds of idling (default: 60).

#[path = "shared/arguments.rs"]
mod arguments;
#[allow(dead_code, reason = "other benches use the rest")]
#[path = "ingest/clock.rs"]
mod clock;
#[allow(dead_code, reason = "other benches use the rest")]
#[path = "ingest/flood_server.rs"]
mod flood_server;
#[allow(dead_code, reason = "other benches use the rest")]
#[path = "ingest/frames.rs"]
mod frames;
#[path = "footprint/game.rs"]
mod game;
#[path = "footprint/part.rs"]
mod part;
#[allow(dead_code, reason = "other benches use the rest")]
#[path = "ingest/plan.rs"]
mod plan;
#[path = "footprint/proc.rs"]
mod proc;

use std::error::Error;

use arguments::arguments;
use part::{Figures, Part};

/// How often the short parts are measured.
const ROUNDS: usize = 9;
const IDLE_SECONDS: u64 = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["measure", part, seconds] => part.parse::<Part>()?.run(seconds.parse()?)?,
        [seconds] => report(seconds.parse()?)?,
        _ => report(IDLE_SECONDS)?,
    }
    Ok(())
}

fn report(seconds: u64) -> Result<(), Box<dyn Error>> {
    let idle = [Part::Foreground, Part::Background].map(|part| part.start(seconds));
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push((Part::EmptyStartup.measure(0)?, Part::Startup.measure(0)?));
    }
    let added = |name: &str| median(rounds.iter().map(|(empty, with)| with[name] - empty[name]));
    println!("startup_ms {:.3}", added("ms"));
    println!("startup_cpu_ms {:.3}", added("cpu_ms"));
    println!("startup_reads_and_writes {:.0}", added("reads_and_writes"));

    print("login", &Part::Login.measure(0)?);
    print("login_with_token", &Part::LoginWithToken.measure(0)?);
    let empty = Part::Empty.measure(0)?;
    let mut of_history = None;
    for (name, part) in [
        ("history", Part::History),
        ("conversations_10000", Part::Conversations),
        ("messages_100000", Part::Messages),
        ("messages_100000_default_limits", Part::DefaultLimits),
        ("typing_500", Part::Typing),
    ] {
        let figures = part.measure(0)?;
        let frame = figures["p50_us"] - empty["p50_us"];
        let memory = figures["rss_mib"] - empty["rss_mib"];
        println!("{name}_held {:.0}", figures["held"]);
        println!("{name}_memory_mib {memory:.1}");
        println!("{name}_frame_us_p50 {frame:.1}");
        let of_history = *of_history.get_or_insert(frame);
        println!("{name}_frame_ratio_to_history {:.2}", frame / of_history);
    }
    for (name, part) in ["foreground", "background"].into_iter().zip(idle) {
        let mut figures = part?.finish()?;
        if let Some(rss) = figures.remove("rss_mib") {
            figures.insert("memory_mib".to_owned(), rss - empty["rss_mib"]);
        }
        print(name, &figures);
    }
    Ok(())
}

fn print(part: &str, figures: &Figures) {
    let mut figures: Vec<_> = figures.iter().collect();
    figures.sort_by_key(|(name, _)| *name);
    for (name, figure) in figures {
        println!("{part}_{name} {figure:.3}");
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
