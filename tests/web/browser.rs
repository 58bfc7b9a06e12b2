//! The browser that all tests share, driven by the DevTools protocol over a pipe. It ends when this process does.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use crossbeam_channel::{Sender, bounded};
use serde_json::{Value, json};

use super::tab::Tab;

/// How long anything may take on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

static SHARED: LazyLock<Browser> = LazyLock::new(Browser::start);

pub(crate) struct Browser {
    commands: Mutex<ChildStdin>,
    answers: &'static Answers,
    next_id: AtomicU64,
    _process: Child,
}

type Answers = Mutex<HashMap<u64, Sender<Value>>>;

impl Browser {
    pub(crate) fn shared() -> &'static Self {
        &SHARED
    }

    fn start() -> Self {
        let profile = std::env::temp_dir().join(format!("web-test-{}", std::process::id()));
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".into());
        // The protocol is spoken over the descriptors 3 and 4.
        let mut process = Command::new("bash")
            .args([
                "-c",
                r#"exec "$@" 3<&0 4>&1 0</dev/null 1>&2"#,
                "bash",
                &program,
            ])
            .args([
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-unsafe-swiftshader",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP *.test 127.0.0.1",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let commands = process.stdin.take().expect("a pipe to the browser");
        let output = process.stdout.take().expect("a pipe from the browser");
        let answers: &'static Answers = Box::leak(Box::default());
        thread::spawn(move || read(output, answers));
        Self {
            commands: Mutex::new(commands),
            answers,
            next_id: AtomicU64::new(1),
            _process: process,
        }
    }

    /// Opens a page in a window of its own.
    pub(crate) fn open(&'static self, url: &str) -> Tab {
        Tab::open(self, url)
    }

    /// Has the browser, or the page with this session, do something, and waits for the result.
    pub(crate) fn command(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let result = self.try_command(session, method, params);
        result.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The same where it may fail.
    pub(crate) fn try_command(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, Value> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = bounded(1);
        self.answers.lock().unwrap().insert(id, sender);
        let mut command = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        let mut pipe = self.commands.lock().unwrap();
        write!(pipe, "{command}\0").expect("the browser takes commands");
        drop(pipe);
        let mut answer = answer
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("no answer in time to {method}"));
        if answer["error"].is_null() {
            Ok(answer["result"].take())
        } else {
            Err(answer["error"].take())
        }
    }
}

fn read(output: ChildStdout, answers: &Answers) {
    let mut output = BufReader::new(output);
    loop {
        let mut message = Vec::new();
        match output.read_until(0, &mut message) {
            Ok(1..) => message.pop(),
            _ => return answers.lock().unwrap().clear(),
        };
        let message: Value = serde_json::from_slice(&message).expect("the protocol is JSON");
        let id = message["id"].as_u64();
        let waiting = id.and_then(|id| answers.lock().unwrap().remove(&id));
        if let Some(waiting) = waiting {
            let _gave_up = waiting.send(message);
        }
    }
}
