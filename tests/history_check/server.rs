use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::history::{GROUP, NOISE, USERS, is_member};

pub(crate) const APP: &str = "app123";
pub(crate) const KEY: &str = "key123";

/// How long anything may take on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program `cometchat-local`, which is killed and started again on the same data and port.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    data: PathBuf,
    process: Option<Child>,
}

impl Server {
    /// Starts with the users, and the group with its members.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut server = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: folder.join("chat.sqlite"),
            process: None,
        };
        server.go_on();
        let members = USERS.into_iter().filter(|uid| is_member(&(*uid).into()));
        for uid in members.chain([NOISE]) {
            let token = server.log_in(uid);
            let route = if uid == USERS[0] {
                "groups".into()
            } else {
                format!("groups/{GROUP}/members")
            };
            let group = json!({"guid": GROUP, "name": "Hall", "type": "public"});
            server.post(&route, ("authToken", &token), &group);
        }
        server
    }

    /// Starts again, if it is not running.
    pub(crate) fn go_on(&mut self) {
        let start = Instant::now();
        while self.process.is_none() {
            assert!(start.elapsed() < PATIENCE, "the server does not start");
            self.try_to_start();
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("the server can be killed");
            process.wait().expect("the server is gone");
        }
    }

    fn try_to_start(&mut self) {
        let users = USERS.iter().chain([&NOISE]).flat_map(|uid| ["--user", uid]);
        let mut process = Command::new(env!("CARGO_BIN_EXE_cometchat-local"))
            .args(["--app-id", APP, "--auth-key", KEY, "--no-rate-limits"])
            .args(["--listen", &self.address.to_string()])
            .arg("--data")
            .arg(&self.data)
            .args(users)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program is there");
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("a line of text");
        match line.trim_end().strip_prefix("listening on http://") {
            Some(address) => {
                self.address = address.parse().expect("an address");
                self.process = Some(process);
            }
            // Somebody has the port for a moment.
            None => {
                process.wait().expect("the server is gone");
                thread::sleep(Duration::from_millis(50));
            }
        }
    }

    pub(crate) fn log_in(&self, uid: &str) -> String {
        let route = format!("users/{uid}/auth_tokens");
        let reply = self.post(&route, ("apiKey", KEY), &json!({}));
        reply["authToken"].as_str().expect("a token").to_owned()
    }

    /// The `data` of the reply.
    fn post(&self, route: &str, (name, value): (&str, &str), body: &Value) -> Value {
        let body = body.to_string();
        let request = format!(
            "POST /v3.0/{route} HTTP/1.1\r\nhost: {}\r\nappId: {APP}\r\n{name}: {value}\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("a reply");
        let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
        let mut body: Value = serde_json::from_str(body).expect("JSON");
        assert!(body.get("data").is_some(), "{route}: {body}");
        body["data"].take()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
