//! What is measured, each in a process of its own, so that no variant inherits another's memory.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    process::{Command, Stdio},
    str::FromStr,
};

use crate::{
    clock::peak_memory_mib,
    game::{self, UpdateCosts},
    owned::OwnedMessages,
    plan::Plan,
    tally::Tally,
};

/// Messages in a flood.
pub(crate) const MESSAGES: u32 = 200_000;
/// Frames until a game has logged in and settled.
const WARM_UP: usize = 90;
/// Frames of a run at 60 Hz.
const FRAMES: usize = 180;

macro_rules! variants {
    ($($name:ident),*) => {
        /// A way to take messages in, and what is sent to it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Variant { $($name),* }

        impl FromStr for Variant {
            type Err = io::Error;

            fn from_str(name: &str) -> io::Result<Self> {
                match name {
                    $(stringify!($name) => Ok(Self::$name),)*
                    _ => Err(io::Error::other(format!("{name:?} is not a variant"))),
                }
            }
        }
    };
}

variants!(
    Floor,
    FloorDistinct,
    HandWritten,
    Plugin,
    PluginDistinct,
    PluginFloodAt60Hz,
    Empty,
    EmptyWithState,
    Idle,
    At1k,
    At10k,
    Delays
);

/// What a variant's process measured.
pub(crate) type Figures = HashMap<String, f64>;

impl Variant {
    /// Measures in a new process.
    pub(crate) fn measure(self, server: SocketAddr) -> io::Result<Figures> {
        let output = Command::new(std::env::current_exe()?)
            .args(["measure", &format!("{self:?}"), &server.to_string()])
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(io::Error::other(format!("{self:?} failed")));
        }
        let lines = String::from_utf8(output.stdout).map_err(io::Error::other)?;
        let figure = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Ok(lines.lines().filter_map(figure).collect())
    }

    /// What the new process does.
    pub(crate) fn run(self, server: SocketAddr) {
        let flood = Plan::Flood(MESSAGES);
        let distinct = Plan::Distinct(MESSAGES);
        match self {
            Self::Floor => read_all(OwnedMessages::connect(server, flood)),
            Self::FloorDistinct => read_all(OwnedMessages::connect(server, distinct)),
            Self::HandWritten => take_flood(game::hand_written(server, flood)),
            Self::Plugin => take_flood(game::with_plugin(server, flood)),
            Self::PluginDistinct => take_flood(game::with_plugin(server, distinct)),
            Self::PluginFloodAt60Hz => take_flood_at_60_hz(game::with_plugin(server, flood)),
            Self::Empty => update(game::empty()),
            Self::EmptyWithState => update(game::with_state()),
            Self::Idle => update(game::with_plugin(server, Plan::Idle)),
            Self::At1k => update(game::with_plugin(server, Plan::Paced(1_000))),
            Self::At10k => update(game::with_plugin(server, Plan::Paced(10_000))),
            Self::Delays => time_delays(game::with_plugin(server, Plan::Paced(1_000))),
        }
        println!("memory {}", peak_memory_mib());
    }
}

fn read_all(mut messages: OwnedMessages) {
    let mut tally = Tally::default();
    for _ in 0..MESSAGES {
        tally.count([messages.next().number()].into_iter());
    }
    report(&tally);
}

fn take_flood(mut app: bevy::prelude::App) {
    game::start(&mut app);
    game::run_until_received(&mut app, MESSAGES.into());
    report(app.world().resource());
}

fn take_flood_at_60_hz(mut app: bevy::prelude::App) {
    game::start(&mut app);
    // The first update sets everything up; it is not one of the flood.
    app.update();
    let costs = game::run_at_60_hz(&mut app, 60 * 20, MESSAGES.into());
    report(app.world().resource());
    println!("worst_ms {}", percentile(costs.wall, 100) / 1e6);
    println!("worst_cpu_ms {}", percentile(costs.cpu, 100) / 1e6);
}

fn update(mut app: bevy::prelude::App) {
    game::start(&mut app);
    game::run_at_60_hz(&mut app, WARM_UP, u64::MAX);
    let UpdateCosts { cpu, .. } = game::run_at_60_hz(&mut app, FRAMES, u64::MAX);
    println!("p50_us {}", percentile(cpu, 50) / 1e3);
    println!(
        "out_of_order {}",
        app.world().resource::<Tally>().out_of_order
    );
}

fn time_delays(mut app: bevy::prelude::App) {
    game::start(&mut app);
    game::measure_delays(&mut app);
    game::run_at_60_hz(&mut app, WARM_UP, u64::MAX);
    app.world_mut().resource_mut::<Tally>().delays.clear();
    game::run_at_60_hz(&mut app, FRAMES, u64::MAX);
    let delays = app.world().resource::<Tally>().delays.clone();
    println!("p50_ms {}", percentile(delays.clone(), 50) / 1e6);
    println!("p99_ms {}", percentile(delays, 99) / 1e6);
}

fn report(tally: &Tally) {
    println!("rate {}", tally.rate());
    println!("lost {}", u64::from(MESSAGES) - tally.received);
    println!("out_of_order {}", tally.out_of_order);
}

fn percentile(mut values: Vec<u64>, percent: usize) -> f64 {
    values.sort_unstable();
    let at = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or_default() as f64
}
