use std::{error::Error, path::Path, time::Instant};

use rusqlite::Connection as Database;
use serde_json::Value;

use crate::{
    http::Connection,
    mark::Mark,
    median,
    player::{self, Player},
    quantile, sender, server_process,
};

/// How many messages are sent.
const MESSAGES: usize = 1_000;
/// How many of them are sent before the clock starts.
const WARM_UP: usize = 250;

/// How long a message takes to be stored for good, one after the other; in turns with a bare insert that is as
/// durable. Returns how many were acknowledged and are not there.
pub(crate) fn measure(data: &Path, players: &[Player]) -> Result<usize, Box<dyn Error>> {
    let server = server_process::start(data)?;
    let mut connection = Connection::open(server.address)?;
    let (sender, receiver) = (&players[0], player::uid(1));
    let floor = open_floor(&data.with_file_name("floor.sqlite"))?;
    // Until the server's log is as long as the other is.
    for number in 0..WARM_UP {
        sender::post(&mut connection, sender, "user", &receiver, &text(number))?;
    }
    let (mut times, mut floors) = (Vec::new(), Vec::new());
    for number in WARM_UP..MESSAGES {
        let text = text(number);
        let began = Instant::now();
        sender::post(&mut connection, sender, "user", &receiver, &text)?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        let began = Instant::now();
        floor.execute("INSERT INTO messages (text) VALUES (?1)", [text])?;
        floors.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let (p50, floor_p50) = (median(&mut times), median(&mut floors));
    println!("send_ack_ms_p50 {p50:.3}");
    println!("send_ack_ms_p99 {:.3}", quantile(&mut times, 0.99));
    println!("send_ack_floor_ms_p50 {floor_p50:.3}");
    println!("send_ack_ratio_to_floor {:.2}", p50 / floor_p50);
    Ok(lost(&mut connection, sender, &receiver)?)
}

fn open_floor(path: &Path) -> rusqlite::Result<Database> {
    let floor = Database::open(path)?;
    floor.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    floor.pragma_update(None, "journal_mode", "WAL")?;
    floor.pragma_update(None, "synchronous", "FULL")?;
    floor.execute(
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
        (),
    )?;
    // As the server's, the log that it writes to is as long as it gets, and is used again from its start: a file
    // that grows takes far longer.
    floor.execute(
        "INSERT INTO messages (text) VALUES (hex(zeroblob(4000000)))",
        (),
    )?;
    floor.query_row("PRAGMA wal_checkpoint(RESTART)", (), |_| Ok(()))?;
    Ok(floor)
}

fn text(number: usize) -> String {
    let due = std::time::Duration::ZERO;
    Mark { number, due }.text()
}

/// How many of the messages are not in the history, read back page by page.
fn lost(connection: &mut Connection, sender: &Player, receiver: &str) -> std::io::Result<usize> {
    let credential = ("authToken", &*sender.token);
    let mut missing: Vec<_> = (0..MESSAGES).map(text).collect();
    let mut before = String::new();
    loop {
        let route = format!("users/{receiver}/messages?per_page=100&affix=prepend{before}");
        let page = connection.request("GET", &route, credential, "")?;
        missing.retain(|text| !page.contains(text));
        let rows: Value = serde_json::from_str(&page)?;
        match rows["data"][0]["id"].as_str() {
            Some(oldest) if !missing.is_empty() => before = format!("&id={oldest}"),
            _ => return Ok(missing.len()),
        }
    }
}
