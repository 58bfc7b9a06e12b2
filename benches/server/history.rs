use std::{error::Error, io, net::SocketAddr, path::Path, time::Instant};

use rusqlite::{Connection as Database, OpenFlags, Row};

use crate::{
    http::Connection,
    median,
    player::{GROUP, Player},
    quantile, sender, server_process,
};

/// How many messages are stored, at least.
const MESSAGES: usize = 1_000_000;
/// How many of those that were sent stand for all.
const TEMPLATES: usize = 50;
/// How many messages a page has: the official SDKs' default, and their most.
const PER_PAGE: usize = 30;
const MAX_PER_PAGE: usize = 100;
const PAGES: usize = 1_000;

/// Pages here and there in a long history, one after the other.
pub(crate) fn measure(data: &Path, players: &[Player]) -> Result<(), Box<dyn Error>> {
    let server = server_process::start(data)?;
    let mut connection = Connection::open(server.address)?;
    for player in &players[..TEMPLATES] {
        sender::post(
            &mut connection,
            player,
            "group",
            GROUP,
            "Good evening to all of you.",
        )?;
    }
    drop(server);
    fill(data)?;
    let floor = median(&mut floor(data)?);

    let server = server_process::start(data)?;
    let mut times = pages(server.address, &players[0], PER_PAGE)?;
    let p50 = median(&mut times);
    let large_p50 = median(&mut pages(server.address, &players[0], MAX_PER_PAGE)?);
    println!("history_page_ms_p50 {p50:.3}");
    println!("history_page_ms_p99 {:.3}", quantile(&mut times, 0.99));
    println!("history_page_of_{MAX_PER_PAGE}_ms_p50 {large_p50:.3}");
    println!("history_page_floor_ms_p50 {floor:.3}");
    println!("history_page_ratio_to_floor {:.2}", p50 / floor);
    Ok(())
}

/// Stores what the group was told last over and over, in the server's own tables.
fn fill(data: &Path) -> rusqlite::Result<()> {
    let database = Database::open(data)?;
    // Nobody waits for this to be durable.
    database.pragma_update(None, "journal_mode", "OFF")?;
    database.pragma_update(None, "synchronous", "OFF")?;
    let columns: String = database.query_row(
        "SELECT group_concat(name) FROM pragma_table_info('messages') WHERE name NOT IN ('id', 'muid')",
        (),
        |row| row.get(0),
    )?;
    database.execute(
        &format!(
            "WITH RECURSIVE round (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM round LIMIT ?1)
             INSERT INTO messages ({columns}) SELECT {columns}
             FROM round, (SELECT * FROM messages WHERE category = 'message' ORDER BY id DESC LIMIT ?2)"
        ),
        (MESSAGES / TEMPLATES, TEMPLATES),
    )?;
    Ok(())
}

/// How long pages take by SQL alone, in milliseconds.
fn floor(data: &Path) -> rusqlite::Result<Vec<f64>> {
    let database = Database::open_with_flags(data, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = database.prepare(
        "SELECT * FROM messages WHERE receiver_type = 'group' AND receiver = ?1 AND id < ?2
         ORDER BY id DESC LIMIT ?3",
    )?;
    anchors()
        .map(|anchor| {
            let began = Instant::now();
            let data = |row: &Row<'_>| row.get::<_, String>("data");
            let page = statement.query_map((GROUP, anchor, PER_PAGE), data)?;
            let page = page.collect::<rusqlite::Result<Vec<_>>>()?;
            assert_eq!(page.len(), PER_PAGE);
            Ok(began.elapsed().as_secs_f64() * 1e3)
        })
        .collect()
}

/// How long the server takes, in milliseconds.
fn pages(server: SocketAddr, player: &Player, per_page: usize) -> io::Result<Vec<f64>> {
    let mut connection = Connection::open(server)?;
    let credential = ("authToken", &*player.token);
    anchors()
        .map(|anchor| {
            let route =
                format!("groups/{GROUP}/messages?per_page={per_page}&affix=prepend&id={anchor}");
            let began = Instant::now();
            let page = connection.request("GET", &route, credential, "")?;
            let time = began.elapsed().as_secs_f64() * 1e3;
            // Once in each message, and in the cursor.
            assert_eq!(page.matches(r#""sentAt""#).count(), per_page + 1);
            Ok(time)
        })
        .collect()
}

/// Ids all over the history, the same in each run.
fn anchors() -> impl Iterator<Item = usize> {
    let mut random = fastrand::Rng::with_seed(1);
    (0..PAGES).map(move |_| random.usize(MESSAGES / 10..MESSAGES))
}
