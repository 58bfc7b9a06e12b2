use std::{
    fs,
    io::{self, Read, Write},
    net::TcpStream,
    path::Path,
};

use crate::{IDLE, player::Player, server_process, serving_process::ServingProcess};

/// `{"action":"ping","ack":"true"}` in a frame of a client, under a mask that changes nothing.
const PING: &[u8] = b"\x81\x9e\0\0\0\0{\"action\":\"ping\",\"ack\":\"true\"}";
/// The answer, in a frame of a server.
const PONG: &[u8] = b"\x81\x11{\"action\":\"pong\"}";

/// The server's memory for connections that authenticated, are alive, and do nothing. Returns how many did not last.
pub(crate) fn measure(data: &Path, players: &[Player]) -> io::Result<usize> {
    let server = server_process::start(data)?;
    drop(Player::connect_all(server.address, &players[..1])?);
    let before = rss_kb(&server)?;
    let mut sockets = Player::connect_all(server.address, &players[..IDLE])?;
    let dead = sockets.iter_mut().filter_map(|socket| ping(socket).err());
    let lost = dead.count();
    let of_each = (rss_kb(&server)? - before) / IDLE as f64;
    println!("rss_kb_per_idle_connection {of_each:.1}");
    Ok(lost)
}

/// The memory that it has, in KiB.
fn rss_kb(server: &ServingProcess) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process.id()))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
        .and_then(|kib| kib.parse().ok())
        .ok_or_else(|| io::Error::other("Linux tells a process's memory"))
}

fn ping(socket: &mut TcpStream) -> io::Result<()> {
    socket.write_all(PING)?;
    let mut answer = [0; PONG.len()];
    socket.read_exact(&mut answer)?;
    if answer == PONG {
        Ok(())
    } else {
        Err(io::Error::other("something else than a pong"))
    }
}
