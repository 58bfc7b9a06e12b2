//! A server that answers a login and then sends what the [`Plan`] in the uid says, as fast as it is taken.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::{clock, frames::Frames, plan::Plan};

/// Where the members type.
pub(crate) const GROUP: &str = "guild";

/// How many messages come in a second once a game has what it is to hold.
const PER_SECOND: u32 = 60;
const CHUNK: usize = 64 * 1024;

/// Called with the first line of each request, and of each upgrade.
pub(crate) type OnRequest = fn(&str);

/// What the server's process does: prints its address and serves until it is killed.
pub(crate) fn serve(on_request: OnRequest) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    accept(&listener, on_request)
}

/// Serves until the listener fails.
pub(crate) fn accept(listener: &TcpListener, on_request: OnRequest) -> io::Result<()> {
    let address = listener.local_addr()?;
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || {
            // A client that leaves in the middle of a frame is no failure.
            let _left: io::Result<()> = answer(stream, address, on_request);
        });
    }
    Ok(())
}

fn answer(stream: TcpStream, address: SocketAddr, on_request: OnRequest) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut start = [0; 2048];
    let length = stream.peek(&mut start)?;
    if start[..length].starts_with(b"GET / ") {
        on_request("GET / HTTP/1.1");
        answer_socket(stream)
    } else {
        answer_http(stream, address, on_request)
    }
}

fn answer_http(stream: TcpStream, address: SocketAddr, on_request: OnRequest) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut uid = String::new();
    loop {
        let mut length = 0;
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some(path) = line.split(' ').nth(1).map(str::to_owned) else {
            return Ok(());
        };
        on_request(line.trim_end());
        while line.trim_end() != "" {
            line.clear();
            reader.read_line(&mut line)?;
            let line = line.to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            if let Some(value) = line.strip_prefix("authtoken:") {
                uid = value.trim().to_owned();
            }
        }
        reader.read_exact(&mut vec![0; length])?;
        let data = match path.strip_suffix("/auth_tokens") {
            Some(user) => {
                let uid = user.rsplit('/').next();
                json!({"uid": uid, "authToken": uid})
            }
            None if path.ends_with("/me") => me(&uid, address),
            None => json!([]),
        };
        let body = json!({ "data": data }).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        reader.get_mut().write_all((head + &body).as_bytes())?;
    }
}

fn me(uid: &str, address: SocketAddr) -> Value {
    json!({
        "uid": uid,
        "name": "Bench",
        "authToken": uid,
        "jwt": "jwt",
        "settings": {
            "CHAT_HOST": address.ip(),
            "CHAT_WSS_PORT": address.port(),
            "CLIENT_API_HOST": address,
            "CHAT_API_VERSION": "v3.0",
            "APP_VERSION": 4,
            "ANALYTICS_PING_DISABLED": true,
        },
    })
}

fn answer_socket(stream: TcpStream) -> io::Result<()> {
    let mut socket =
        tungstenite::accept(stream).map_err(|error| io::Error::other(error.to_string()))?;
    let auth = socket.read().map_err(io::Error::other)?;
    let auth: Value = serde_json::from_slice(&auth.into_data())?;
    let uid = auth["sender"].as_str().unwrap_or_default();
    let plan = uid.parse().map_err(io::Error::other)?;
    let accepted = r#"{"type":"auth","body":{"code":"200","status":"OK"}}"#;
    socket
        .send(Message::text(accepted))
        .map_err(io::Error::other)?;
    match plan {
        Plan::Flood(messages) => flood(&Frames::of_few_users(uid), messages, socket.get_mut())?,
        Plan::Distinct(messages) => {
            flood(&Frames::of_distinct_users(uid), messages, socket.get_mut())?;
        }
        Plan::Filled(messages) => {
            let frames = Frames::of_few_users(uid);
            flood(&frames, messages, socket.get_mut())?;
            pace(&frames, messages, PER_SECOND, socket.get_mut())?;
        }
        Plan::FilledDistinct(messages) => {
            let frames = Frames::of_distinct_users(uid);
            flood(&frames, messages, socket.get_mut())?;
            pace(&frames, messages, PER_SECOND, socket.get_mut())?;
        }
        Plan::Paced(per_second) => {
            pace(&Frames::of_few_users(uid), 0, per_second, socket.get_mut())?;
        }
        Plan::Typing(users) => type_on(&mut socket, users)?,
        Plan::Idle => {}
    }
    answer_pings(socket)
}

fn flood(frames: &Frames, messages: u32, stream: &mut TcpStream) -> io::Result<()> {
    let mut chunk = Vec::with_capacity(2 * CHUNK);
    for number in 0..messages.into() {
        frames.write(number, 0, &mut chunk);
        if chunk.len() >= CHUNK {
            stream.write_all(&chunk)?;
            chunk.clear();
        }
    }
    stream.write_all(&chunk)
}

/// Members of a group type, each with an indicator a second, until the client leaves.
fn type_on(socket: &mut WebSocket<TcpStream>, users: u32) -> io::Result<()> {
    loop {
        for number in 0..users {
            let uid = format!("typist-{number}");
            let frame = json!({
                "appId": "bench",
                "receiver": GROUP,
                "receiverType": "group",
                "deviceId": "other",
                "type": "typing_indicator",
                "sender": uid,
                "body": {"action": "started", "user": {"uid": uid, "name": uid}},
            });
            socket
                .send(Message::text(frame.to_string()))
                .map_err(io::Error::other)?;
            thread::sleep(Duration::from_secs(1) / users);
        }
    }
}

/// Sends messages at a steady pace, numbered from `first` on.
fn pace(frames: &Frames, first: u32, per_second: u32, stream: &mut TcpStream) -> io::Result<()> {
    let first = u64::from(first);
    let start = clock::monotonic_ns();
    let mut chunk = Vec::new();
    let mut number = first;
    loop {
        thread::sleep(Duration::from_millis(1));
        let now = clock::monotonic_ns();
        let due = (now - start) * u64::from(per_second) / 1_000_000_000;
        while number < first + due {
            frames.write(number, now, &mut chunk);
            number += 1;
        }
        stream.write_all(&chunk)?;
        chunk.clear();
    }
}

fn answer_pings(mut socket: WebSocket<TcpStream>) -> io::Result<()> {
    loop {
        let frame = socket.read().map_err(io::Error::other)?;
        if frame.is_text() {
            socket
                .send(Message::text(r#"{"action":"pong"}"#))
                .map_err(io::Error::other)?;
        }
    }
}
