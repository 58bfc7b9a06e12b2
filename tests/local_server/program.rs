use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
};

use super::client::{APP, Api, KEY};

pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_cometchat-local");

/// What is attacked: this version of the program, or another that is to be compared with it.
fn attacked_program() -> String {
    std::env::var("COMETCHAT_LOCAL").unwrap_or_else(|_| PROGRAM.to_owned())
}

/// The program on a free port, with the tests' app and auth key.
pub(super) fn command() -> Command {
    let mut command = Command::new(PROGRAM);
    command.args([
        "--listen",
        "127.0.0.1:0",
        "--app-id",
        APP,
        "--auth-key",
        KEY,
    ]);
    command
}

pub(super) struct KilledOnDrop(pub(super) Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program with its whole log.
pub(super) struct TracedProgram {
    pub(super) api: Api,
    program: KilledOnDrop,
    output: BufReader<ChildStdout>,
    log: thread::JoinHandle<String>,
}

impl TracedProgram {
    /// Starts it for alice and bob, with these arguments in addition.
    pub(super) fn start(args: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["--listen", "127.0.0.1:0", "--app-id", APP, "--log", "trace"])
            .args(["--user", "alice", "--user", "bob"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        });
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let program = KilledOnDrop(child);
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://");
        Self {
            api: Api::at(address.unwrap().parse().unwrap()),
            program,
            output,
            log,
        }
    }

    /// Ends it. Returns the rest of its output, and its log.
    pub(super) fn end(mut self) -> (String, String) {
        drop(self.program);
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (rest, self.log.join().unwrap())
    }
}

#[test]
fn the_program_says_where_it_listens() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("certificate.pem");
    let child = Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0", "--tls", "--app-id", APP])
        .args(["--auth-key", KEY, "--user", "alice", "--user", "bob:Bob"])
        .arg("--certificate-out")
        .arg(&certificate)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = KilledOnDrop(child);
    let mut line = String::new();
    let output = program.0.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();

    let address = line.trim_end().strip_prefix("listening on https://");
    let port = address.unwrap().strip_prefix("127.0.0.1:").unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    let pem = std::fs::read_to_string(certificate).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn the_program_says_what_to_do_when_it_cannot_start() {
    let output = Command::new(PROGRAM)
        .args(["--listen", "0.0.0.0:0", "--app-id", APP, "--auth-key", KEY])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("--allow-public"), "{error}");
    assert!(!error.contains(KEY), "{error}");
}

#[test]
fn the_program_moderates_extends_and_makes_groups_as_it_is_told() {
    let (_program, api) = start(&[
        "--disapprove=goblin",
        "--hold-and-approve=maybe:1",
        "--hold-and-disapprove=perhaps:1",
        r#"--extension=link-preview={"links":[]}"#,
        "--group=square:The square",
    ]);
    let alice = api.log_in("alice", "a1");
    let mut at_alice = alice.connect();
    let status = |message: &serde_json::Value| message["data"]["moderation"]["status"].clone();
    for (text, verdict) in [
        ("fine", "approved"),
        ("you Goblin", "disapproved"),
        ("maybe", "pending"),
        ("perhaps", "pending"),
    ] {
        let sent = alice.send("group", "square", text).data();
        assert_eq!(status(&sent), verdict);
        let injected = &sent["data"]["metadata"]["@injected"]["extensions"];
        assert_eq!(injected["link-preview"]["links"], serde_json::json!([]));
    }
    for verdict in ["approved", "disapproved"] {
        assert_eq!(status(&at_alice.next()["body"]), verdict);
    }
}

#[test]
fn the_program_limits_the_credential_of_sockets_alone() {
    let (_program, api) = start(&["--jwt-lifetime=0"]);
    let alice = api.log_in("alice", "a1");
    let mut socket = api.socket();
    socket.send(&alice.auth_frame());
    assert_eq!(socket.next()["body"]["code"], "401");
    assert_eq!(alice.get("me").status, 200);
}

#[test]
fn the_program_refuses_what_it_cannot_read() {
    for (argument, needs) in [
        ("--hold-and-approve=maybe", "seconds"),
        ("--hold-and-disapprove=:1", "seconds"),
        ("--extension=links", "JSON"),
        ("--extension=links={", "EOF"),
        ("--group=a square", "group"),
    ] {
        let output = command().args(["--user=alice", argument]).output().unwrap();
        assert!(!output.status.success(), "{argument}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(needs), "{argument}: {error}");
    }
}

/// A program with a data file, and what to speak to it by.
fn start_with_data(data: &std::path::Path) -> (KilledOnDrop, Api) {
    start(&[
        OsStr::new("--no-rate-limits"),
        OsStr::new("--data"),
        data.as_os_str(),
    ])
}

pub(super) fn start(arguments: &[impl AsRef<OsStr>]) -> (KilledOnDrop, Api) {
    let child = Command::new(attacked_program())
        .args(["--listen", "127.0.0.1:0", "--app-id", APP])
        .args(["--auth-key", KEY, "--user", "alice", "--user", "bob"])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = KilledOnDrop(child);
    let mut line = String::new();
    let output = program.0.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on http://");
    (program, Api::at(address.unwrap().parse().unwrap()))
}

#[test]
fn what_was_acknowledged_survives_a_kill_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("chat.db");
    let (program, api) = start_with_data(&data);
    let (acknowledge, acknowledged) = mpsc::channel();
    let senders: Vec<_> = (0..4)
        .map(|number| {
            let alice = api.log_in("alice", &format!("a{number}"));
            let acknowledge = acknowledge.clone();
            thread::spawn(move || {
                for count in 0.. {
                    let text = format!("{number}-{count}");
                    let Some(reply) = alice.try_send("user", "bob", &text) else {
                        return;
                    };
                    let id = reply.data()["id"].as_str().unwrap().parse::<u64>().unwrap();
                    acknowledge.send((id, text)).unwrap();
                }
            })
        })
        .collect();
    drop(acknowledge);
    let mut expected: Vec<_> = acknowledged.iter().take(200).collect();
    // In the middle of it all, and without a chance to tidy up: SIGKILL.
    drop(program);
    expected.extend(acknowledged.iter());
    senders
        .into_iter()
        .for_each(|sender| sender.join().unwrap());
    expected.sort_unstable();

    let (_program, api) = start_with_data(&data);
    let bob = api.log_in("bob", "b1");
    let mut stored = std::collections::BTreeMap::new();
    loop {
        let last = stored.keys().next_back().copied().unwrap_or(0);
        let route = format!("messages?affix=append&per_page=100&id={last}");
        let page = bob.get(&route).data();
        let page = page.as_array().unwrap();
        if page.is_empty() {
            break;
        }
        for message in page {
            let id: u64 = message["id"].as_str().unwrap().parse().unwrap();
            let text = message["data"]["text"].as_str().unwrap();
            assert!(stored.insert(id, text.to_owned()).is_none());
        }
    }
    for (id, text) in expected {
        assert_eq!(stored.get(&id), Some(&text));
    }
}

#[test]
fn the_programs_limits_are_what_it_was_told() {
    let rates = ["--request-rate", "1:5", "--frame-rate", "100:100"];
    let (_program, api) = start(&[&rates[..], &["--max-connections", "64"]].concat());
    let alice = api.log_in("alice", "a1");
    let refused = (0..20)
        .map(|_| alice.get("me"))
        .find(|reply| reply.status != 200)
        .expect("a refusal");
    assert_eq!(refused.refusal(), (429, "ERR_TOO_MANY_REQUESTS".to_owned()));

    for bad in ["5", "5:", "0:5", "5:x"] {
        let output = Command::new(PROGRAM)
            .args(["--app-id", APP, "--auth-key", KEY, "--request-rate", bad])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{bad}");
    }
}

#[test]
fn nothing_secret_is_logged_and_stdout_says_only_where_it_listens() {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, "key-from-a-file\n").unwrap();
    let program = TracedProgram::start(&["--auth-key-file", key_file.to_str().unwrap()]);
    let api = program.api.clone();
    let reply = api.request(
        "POST",
        "users/alice/auth_tokens",
        &[("apiKey", "key-from-a-file")],
        &serde_json::json!({}),
    );
    let token = reply.data()["authToken"].as_str().unwrap().to_owned();
    let me = api.request(
        "GET",
        "me",
        &[("authToken", &token)],
        &serde_json::json!(null),
    );
    let jwt = me.data()["jwt"].as_str().unwrap().to_owned();
    let alice = super::client::Login {
        api,
        uid: "alice".to_owned(),
        device: "a1".to_owned(),
        token: token.clone(),
        jwt: jwt.clone(),
    };
    let mut socket = alice.connect();
    alice.send("user", "bob", "a private word").data();
    socket.expect_silence();
    drop(socket);

    let (rest, log) = program.end();
    assert_eq!(rest, "");
    assert!(log.contains("listens"), "{log}");
    for secret in [&*token, &*jwt, "key-from-a-file", "a private word"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[cfg(unix)]
#[test]
fn there_are_no_more_connections_than_the_process_may_open() {
    let start = format!(
        "ulimit -n 200; exec '{PROGRAM}' --listen 127.0.0.1:0 --app-id {APP} --auth-key {KEY} --user alice \
         --max-connections-per-address 200"
    );
    let mut child = Command::new("sh")
        .args(["-c", &start])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let _program = KilledOnDrop(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on http://");
    let api = Api::at(address.unwrap().parse().unwrap());
    let alice = api.log_in("alice", "a1");
    let _held: Vec<_> = (0..120).map(|_| api.stream()).collect();
    let refused = (0..20)
        .map(|_| alice.get("me"))
        .find(|reply| reply.status != 200)
        .expect("one too many is told so");
    assert_eq!(refused.refusal(), (429, "ERR_TOO_MANY_REQUESTS".to_owned()));
}
