//! A lost connection: how soon a game is live again once the server is back, what it gets of the messages that it
//! missed, and how evenly a crowd comes back after the server was killed and started again. All clients are real
//! ones, each with its thread, on real sockets; the server runs in a process of its own, with a data file on disk.
//! Prints `name value` lines.
//!
//! Next to each figure of the client there is, in the same run, its floor: the same attempt to connect made by hand,
//! and what the rules of the back-off (R1) give if an attempt takes no time, which the same state machine says in
//! virtual time.
//!
//! `cargo bench --bench reconnect`; with names of parts after `--` (`outages`, `restarts`), those.

#[path = "shared/arguments.rs"]
mod arguments;
#[path = "reconnect/by_hand.rs"]
mod by_hand;
#[path = "reconnect/crowd.rs"]
mod crowd;
#[path = "reconnect/figures.rs"]
mod figures;
#[path = "shared/file_limit.rs"]
mod file_limit;
#[path = "server/http.rs"]
mod http;
#[path = "reconnect/outages.rs"]
mod outages;
#[path = "reconnect/player.rs"]
mod player;
#[path = "reconnect/restarts.rs"]
mod restarts;
#[path = "reconnect/rules.rs"]
mod rules;
#[path = "reconnect/server_process.rs"]
mod server_process;
#[path = "shared/serving_process.rs"]
mod serving_process;

use std::{error::Error, path::Path};

use arguments::arguments;
/// How many files the bench needs, and its server.
const FILES: usize = 3 * restarts::CLIENTS;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", data, address] => server_process::serve(Path::new(data), address.parse()?),
        _ => measure(&arguments),
    }
}

/// Measures those parts, or all.
fn measure(parts: &[&str]) -> Result<(), Box<dyn Error>> {
    file_limit::raise(FILES)?;
    let wants = |part| parts.is_empty() || parts.contains(&part);
    if wants("outages") {
        outages::measure()?;
    }
    if wants("restarts") {
        restarts::measure()?;
    }
    Ok(())
}
