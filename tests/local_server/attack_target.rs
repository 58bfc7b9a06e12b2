//! A server in a process of its own that is attacked: what that costs another player, and how much memory the server
//! takes. Who attacks before they are logged in comes from another address than the player.

use std::{
    cell::Cell,
    io::Write,
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::json;
use socket2::{Domain, Socket, Type};

use super::{
    attacks::{MAX_MEDIAN, median},
    client::{APP, Api, Login, Reply},
    program::{self, KilledOnDrop},
};

pub(super) const MIB: usize = 1 << 20;

/// The server that is attacked, and who plays on it meanwhile.
pub(super) struct Target {
    program: KilledOnDrop,
    pub(super) api: Api,
    pub(super) player: Login,
}

impl Target {
    pub(super) fn start(arguments: &[&str]) -> Self {
        let more = [&["--user", "carol", "--user", "dave"], arguments].concat();
        let (program, api) = program::start(&more);
        let player = api.log_in("bob", "b1");
        Self {
            program,
            api,
            player,
        }
    }

    /// How many bytes of memory the process has, by `VmRSS`, or had at most, by `VmHWM`.
    fn memory(&self, which: &str) -> usize {
        let status = format!("/proc/{}/status", self.program.0.id());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status.lines().find(|line| line.starts_with(which)).unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<usize>()
            .unwrap()
            * 1_024
    }

    /// Asserts that the player is served while and after `attack` runs, which calls what it is given when it is under
    /// way, and that the process never had `max_memory` bytes more than before.
    pub(super) fn assert_withstands(
        &self,
        name: &str,
        max_memory: usize,
        attack: impl FnOnce(&dyn Fn()),
    ) {
        let alone = median(&self.player);
        let before = self.memory("VmRSS");
        let during = Cell::new(None);
        attack(&|| during.set(Some(median(&self.player))));
        let during = during.get().expect("the attack was under way");
        let after = median(&self.player);
        let grown = self.memory("VmHWM").saturating_sub(before);
        println!(
            "{name}: GET me takes {alone:?} alone, {during:?} during and {after:?} after it; {} KiB of memory",
            grown >> 10
        );
        assert!(during < MAX_MEDIAN, "{name}: {during:?}");
        assert!(after < MAX_MEDIAN, "{name}: {after:?}");
        assert!(grown < max_memory, "{name}: {} KiB", grown >> 10);
    }
}

pub(super) type Attack = Box<dyn FnMut() -> bool + Send>;

/// Connections that are made anew whenever the server ends them, and on which `send` sends.
pub(super) fn flood<S>(
    mut connect: impl FnMut() -> S + Send + 'static,
    mut send: impl FnMut(&mut S) -> std::io::Result<()> + Send + 'static,
) -> Attack
where
    S: Write + Send + 'static,
{
    let mut stream = None;
    Box::new(move || {
        if send(stream.get_or_insert_with(&mut connect)).is_err() {
            stream = None;
        }
        true
    })
}

/// A connection from another address of this machine, on which nothing waits for long.
pub(super) fn connect_from(host: u8, api: &Api) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let source = SocketAddr::from(([127, 0, 0, host], 0));
    socket.bind(&source.into()).unwrap();
    socket.connect(&api.address.into()).unwrap();
    let stream = TcpStream::from(socket);
    let patience = Some(Duration::from_millis(500));
    stream.set_write_timeout(patience).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

pub(super) fn request_from(host: u8, api: &Api, head: &str, body: &str) -> Reply {
    let mut stream = connect_from(host, api);
    let request = format!(
        "{head}\r\nHost: x\r\nappId: {APP}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    Reply::read(stream)
}

/// Sends a file with a message.
pub(super) fn upload(user: &Login, content: &str) -> Reply {
    let message = json!({"text": "caption"});
    let mut form = String::new();
    for (name, value) in [
        ("type", "file"),
        ("receiverType", "user"),
        ("category", "message"),
        ("data", &message.to_string()),
        ("receiver", "alice"),
    ] {
        form +=
            &format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    form += &format!(
        "--x\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"f\"\r\n\r\n{content}\r\n--x--\r\n"
    );
    let headers = [
        ("appId", APP),
        ("authToken", &*user.token),
        ("Content-Type", "multipart/form-data; boundary=x"),
    ];
    user.api.raw("POST", "/v3.0/messages", &headers, &form)
}
