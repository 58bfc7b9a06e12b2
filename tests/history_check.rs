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
//!
//! There are two servers: the local server as it is, and behind a fake cloud, `fake_cloud.rs`, which does on purpose what
//! clouds do. `HISTORY_FAULTS` says which of that, as a list of names (`throttle,close`) or `all`; without it, all:
//!
//! | name | is |
//! |---|---|
//! | `unreadable` | rows and frames that can't be read, or only in part |
//! | `actions` | rows of actions that are unknown or incomplete |
//! | `again` | rows of actions that report an edit again |
//! | `calls` | rows of calls |
//! | `withheld` | ids that become visible out of order: a message is missing from lists for a while, and its frame comes late |
//! | `clock` | the server's clock jumps, forwards and back |
//! | `throttle` | 429 and 503 in recovery, lookups and sends, with a wait in seconds, as a date or as a reset time, with and without JSON |
//! | `close` | a kept-alive connection is closed as a request goes out |
//! | `shapes` | members of other types than documented, missing ones, unknown ones, PHP's lists; frames of unknown types |
//! | `pages` | every page says that it is the only one |
//! | `jwt` | a socket credential that was good is refused once |
//! | `receipts` | receipts that don't say whose they are |

mod history_check {
    pub(crate) mod checker;
    mod checker_tests;
    pub(crate) mod fake_cloud;
    pub(crate) mod game;
    pub(crate) mod history;
    pub(crate) mod plan;
    pub(crate) mod server;
    pub(crate) mod state;
    pub(crate) mod world;
}

use std::{env, fs, path::Path, str::FromStr};

use history_check::{checker, fake_cloud::Faults, history::History, plan::Plan, world::World};

/// Some seconds' worth.
const STEPS: usize = 900;
/// The cloud makes games wait.
const CLOUD_STEPS: usize = 500;

#[test]
fn every_acknowledged_message_is_in_every_members_view_exactly_once_and_in_order() {
    check("local", STEPS, None);
}

#[test]
fn so_it_is_behind_a_cloud_that_does_what_clouds_do() {
    let names = env::var("HISTORY_FAULTS").ok();
    check("cloud", CLOUD_STEPS, Some(Faults::read(names.as_deref())));
}

fn check(server: &str, steps: usize, faults: Option<Faults>) {
    let seed = variable("HISTORY_SEED").unwrap_or_else(|| fastrand::u64(..));
    let steps = variable("HISTORY_STEPS").unwrap_or(steps);
    println!("{server}: HISTORY_SEED={seed} HISTORY_STEPS={steps}");
    let history = World::start(seed, faults).live_through(Plan::new(seed, steps));
    println!("{server}: {}", history.summary());
    let violations = checker::violations(&history);
    let file = write_down(&history, server, seed);
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

fn write_down(history: &History, server: &str, seed: u64) -> String {
    let name = format!("history-{server}-{seed}.txt");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, history.to_string()).expect("the history can be written");
    file.display().to_string()
}
