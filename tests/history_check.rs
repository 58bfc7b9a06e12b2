//! The history check, in the manner of Jepsen: several games on real sockets send, edit and delete at random while
//! networks and the server fail, games go to the background and restart, and users change. Everything that the games learn is written
//! down, and then checked: each acknowledged message is there exactly once in the view of every member, in order, and
//! none of another session's.
//!
//! What happens follows from a seed, which a failure prints. By hand, and longer:
//!
//! ```sh
//! HISTORY_SEED=7 HISTORY_STEPS=20000 cargo test --test history_check -- --nocapture
//! ```
//!
//! The same seed gives the same steps and the same jitter; how threads take turns meanwhile is the machine's choice.

mod history_check {
    pub(crate) mod checker;
    mod checker_tests;
    pub(crate) mod game;
    pub(crate) mod history;
    pub(crate) mod plan;
    pub(crate) mod server;
    pub(crate) mod state;
    pub(crate) mod world;
}

use std::{env, fs, path::Path, str::FromStr};

use history_check::{checker, history::History, plan::Plan, world::World};

/// Some seconds' worth.
const STEPS: usize = 900;

#[test]
fn every_acknowledged_message_is_in_every_members_view_exactly_once_and_in_order() {
    let seed = variable("HISTORY_SEED").unwrap_or_else(|| fastrand::u64(..));
    let steps = variable("HISTORY_STEPS").unwrap_or(STEPS);
    println!("HISTORY_SEED={seed} HISTORY_STEPS={steps}");
    let history = World::start(seed).live_through(Plan::new(seed, steps));
    println!("{}", history.summary());
    let violations = checker::violations(&history);
    let file = write_down(&history, seed);
    assert!(
        violations.is_empty(),
        "{} violations; all that happened is in {file}:\n{}",
        violations.len(),
        violations.join("\n")
    );
}

fn variable<T: FromStr>(name: &str) -> Option<T> {
    let value = env::var(name).ok()?;
    let parsed = value.parse();
    assert!(parsed.is_ok(), "{name} is no number: {value}");
    parsed.ok()
}

fn write_down(history: &History, seed: u64) -> String {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("history-{seed}.txt"));
    fs::write(&file, history.to_string()).expect("the history can be written");
    file.display().to_string()
}
