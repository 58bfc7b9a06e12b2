//! The local server under load: how many frames a second it delivers and how late, in how much memory it holds
//! connections, how soon a message is stored, and how long a page of history takes. Next to each, in the same run,
//! the *floor*: what the same work costs on this machine without a server. Prints `name value` lines.
//!
//! The server runs in a process of its own, with a data file on disk. `cargo bench --bench server`;
//! with names of parts after `--`, those.

#[path = "server/acknowledgement.rs"]
mod acknowledgement;
#[path = "shared/arguments.rs"]
mod arguments;
#[path = "server/crowd.rs"]
mod crowd;
#[path = "server/fan_out.rs"]
mod fan_out;
#[path = "shared/file_limit.rs"]
mod file_limit;
#[path = "server/floor.rs"]
mod floor;
#[path = "server/history.rs"]
mod history;
#[path = "server/http.rs"]
mod http;
#[path = "server/idle.rs"]
mod idle;
#[path = "server/mark.rs"]
mod mark;
#[path = "server/player.rs"]
mod player;
#[path = "server/sender.rs"]
mod sender;
#[path = "server/server_process.rs"]
mod server_process;
#[path = "shared/serving_process.rs"]
mod serving_process;

use std::{error::Error, path::Path};

use arguments::arguments;
use player::Player;

/// Connections that do nothing.
const IDLE: usize = 5_000;
/// How many files the bench needs, and its server.
const FILES: usize = IDLE + 200;
/// Members of the group that one of them talks to.
const MEMBERS: usize = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", data] => server_process::serve(Path::new(data)),
        ["floor", sockets, messages, length] => {
            floor::serve(sockets.parse()?, messages.parse()?, length.parse()?)
        }
        _ => measure(&arguments),
    }
}

/// Measures those parts, or all.
fn measure(parts: &[&str]) -> Result<(), Box<dyn Error>> {
    file_limit::raise(FILES)?;
    // Not the system's folder for such files, which may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let data = folder.path().join("chat.sqlite");
    let server = server_process::start(&data)?;
    let players = Player::log_in_all(server.address)?;
    player::form_group(server.address, &players)?;
    drop(server);

    let wants = |part| parts.is_empty() || parts.contains(&part);
    let mut lost = 0;
    if wants("idle") {
        lost += idle::measure(&data, &players)?;
    }
    if wants("fan_out") {
        lost += fan_out::measure(&data, &players)?;
    }
    if wants("history") {
        history::measure(&data, &players)?;
    }
    if wants("acknowledgement") {
        lost += acknowledgement::measure(&data, &players)?;
    }
    println!("lost {lost}");
    Ok(())
}

/// The value below which so large a part of the values is.
fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let index = (values.len() as f64 * part) as usize;
    let last = values.len().saturating_sub(1);
    values.get(index.min(last)).copied().unwrap_or_default()
}

fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}
