//! The browser that all tests share, behind the script that drives it.

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

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use serde::Deserialize;
use serde_json::{Value, json};

/// How long anything may take on a slow machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

static SHARED: LazyLock<Browser> = LazyLock::new(|| Browser::start(&[]));

/// A running driver. It ends by itself when the process that started it does.
pub(super) struct Browser {
    commands: Mutex<ChildStdin>,
    lines: &'static Lines,
    next_id: AtomicU64,
    driver: Mutex<Child>,
}

/// Where the driver's lines go.
#[derive(Default)]
struct Lines {
    outcomes: Mutex<HashMap<u64, Sender<Outcome>>>,
    reports: Mutex<HashMap<String, Sender<Report>>>,
}

pub(super) type Outcome = Result<Value, SdkError>;

/// What the SDK rejected a promise with.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SdkError {
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: Option<String>,
}

/// A call of one of a page's listeners.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Report {
    pub(super) name: String,
    pub(super) args: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Report {
        page: String,
        #[serde(flatten)]
        report: Report,
    },
    Failure {
        id: u64,
        error: SdkError,
    },
    Success {
        id: u64,
        value: Value,
    },
}

impl Browser {
    pub(super) fn shared() -> &'static Self {
        &SHARED
    }

    /// A browser with arguments of its own.
    pub(super) fn start(arguments: &[String]) -> Self {
        let modules = std::env::var("INTEROP_MODULES")
            .expect("started by tests/interop/run, which installs what these tests need");
        let mut driver = Command::new("node")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/interop/driver.mjs"
            ))
            .env("INTEROP_MODULES", modules)
            .env("CHROMIUM_ARGS", json!(arguments).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let commands = driver.stdin.take().expect("a pipe to the driver");
        let output = driver.stdout.take().expect("a pipe from the driver");
        let lines: &'static Lines = Box::leak(Box::default());
        thread::spawn(move || lines.read(output));
        Self {
            commands: Mutex::new(commands),
            lines,
            next_id: AtomicU64::new(0),
            driver: Mutex::new(driver),
        }
    }

    /// What the page of that name reports from now on.
    pub(super) fn reports(&self, page: &str) -> Receiver<Report> {
        let (sender, reports) = unbounded();
        let mut pages = self.lines.reports.lock().unwrap();
        pages.insert(page.to_owned(), sender);
        reports
    }

    /// Has the driver do something, and waits for the outcome.
    pub(super) fn command(&self, command: &str, mut rest: Value) -> Outcome {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        rest["id"] = id.into();
        rest["command"] = command.into();
        let (sender, outcome) = bounded(1);
        self.lines.outcomes.lock().unwrap().insert(id, sender);
        writeln!(self.commands.lock().unwrap(), "{rest}").expect("the driver takes commands");
        outcome
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("no outcome in time: {rest}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let mut driver = self.driver.lock().unwrap();
        let _ = driver.kill();
        let _ = driver.wait();
    }
}

impl Lines {
    fn read(&self, output: ChildStdout) {
        for line in BufReader::new(output).lines() {
            let line = line.expect("the driver's output is text");
            match serde_json::from_str(&line).unwrap_or_else(|_| panic!("no such line: {line}")) {
                Line::Report { page, report } => {
                    if let Some(page) = self.reports.lock().unwrap().get(&page) {
                        let _closed = page.send(report);
                    }
                }
                Line::Failure { id, error } => self.end(id, Err(error)),
                Line::Success { id, value } => self.end(id, Ok(value)),
            }
        }
        // Whoever waits is told that nothing will come.
        self.outcomes.lock().unwrap().clear();
        self.reports.lock().unwrap().clear();
    }

    fn end(&self, id: u64, outcome: Outcome) {
        if let Some(waiting) = self.outcomes.lock().unwrap().remove(&id) {
            let _gave_up = waiting.send(outcome);
        }
    }
}
