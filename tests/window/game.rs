//! The game on a desktop, and what it reports.

use std::{
    env,
    fmt::Write,
    io::{BufRead, BufReader},
    process::{ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use super::desktop::{Desktop, Program, Window};

/// How long anything may take on a loaded machine that draws without a graphics card.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);
/// How long the connection outlasts the last sign of life of the game in the background.
pub(super) const BACKGROUND_TIMEOUT: Duration = Duration::from_secs(4);

/// What comes back over the connection when the player greets Mira.
pub(super) const ANSWER: &str = "Mira, in Fountain Square: Hello, dear!";

/// The argument with which a game joins another.
pub(super) const JOIN: &str = "--join";

pub(super) struct Game {
    // Ends before the desktop does.
    program: Program,
    pub(super) window: Window,
    pub(super) desktop: Desktop,
    /// Where others join it; `None` if it has joined another itself.
    pub(super) address: Option<String>,
    reports: Receiver<Report>,
    /// Everything that was reported so far.
    so_far: Vec<Report>,
}

/// A line of the game's.
#[derive(Clone, Debug)]
pub(super) struct Report {
    /// When it was written, since the start of the game.
    pub(super) at: Duration,
    pub(super) what: String,
}

impl Game {
    /// A game whose player is logged in, connected and in the chat of the square.
    #[track_caller]
    pub(super) fn start(args: &[&str]) -> Self {
        let desktop = Desktop::start();
        let path = env::var_os("WINDOW_GAME").expect("tests/window/run says where the game is");
        let mut command = desktop.command(path);
        command
            .args([
                "--background-timeout",
                &BACKGROUND_TIMEOUT.as_secs().to_string(),
            ])
            .args(args)
            .env("WGPU_BACKEND", "vulkan")
            .env("VK_LOADER_DRIVERS_SELECT", "*lvp*")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut program = Program(command.spawn().expect("the game starts"));
        let output = BufReader::new(program.0.stdout.take().unwrap());
        let (tell, reports) = mpsc::channel();
        thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            lines
                .filter_map(|line| Report::parse(&line))
                .try_for_each(|report| tell.send(report))
        });
        let window = desktop.window("A village with chat");
        let mut game = Self {
            program,
            window,
            desktop,
            address: None,
            reports,
            so_far: Vec::new(),
        };
        if !args.contains(&JOIN) {
            let line = game.reports(JOIN).what;
            game.address = line.split_once(' ').map(|(_, address)| address.to_owned());
        }
        game.reports("connected: the server accepted the connection");
        game.reports("in the chat of Fountain Square");
        game.desktop.click(&game.window);
        game
    }

    /// Waits for the next report that starts with `what`.
    #[track_caller]
    pub(super) fn reports(&mut self, what: &str) -> Report {
        let mut reports = self.reports_until(what, |report| report.what.starts_with(what));
        reports.pop().unwrap()
    }

    /// The reports from now on, up to and with the first that `is_last` holds for.
    #[track_caller]
    pub(super) fn reports_until(
        &mut self,
        what: &str,
        mut is_last: impl FnMut(&Report) -> bool,
    ) -> Vec<Report> {
        let from = self.so_far.len();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.reports.recv_timeout(left) {
                Ok(report) => {
                    self.so_far.push(report.clone());
                    if is_last(&report) {
                        return self.so_far[from..].to_vec();
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {what:?} in time:{}", self.story()),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the game ended without {what:?}:{}", self.story())
                }
            }
        }
    }

    /// The reports from now on, up to the first villager who is heard over the connection at `since + later` or after.
    #[track_caller]
    pub(super) fn hears_villagers_after(&mut self, since: &Report, later: Duration) -> Vec<Report> {
        self.reports_until("speech of a villager", |report| {
            report.at >= since.at + later && report.is_of_villager()
        })
    }

    /// Opens the chat line, types, and sends.
    #[track_caller]
    pub(super) fn say(&mut self, text: &str) {
        self.desktop.press("Return");
        self.desktop.type_text(text);
        self.desktop.press("Return");
        self.reports(&format!("Robin, in Fountain Square: {text}"));
    }

    /// Switches to manual mode and connects.
    #[track_caller]
    pub(super) fn connect_manually(&mut self) {
        self.desktop.press("F2");
        self.reports("disconnected");
        self.desktop.press("F3");
        self.reports("connected");
    }

    /// How the game ends, which it does by itself.
    #[track_caller]
    pub(super) fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.program.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it goes on:{}", self.story());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn story(&self) -> String {
        self.so_far.iter().fold(String::new(), |mut story, report| {
            let _ = write!(story, "\n{:?} {}", report.at, report.what);
            story
        })
    }
}

impl Report {
    /// `[   1.25 s] what`, or how to join the game; other lines are not reports.
    fn parse(line: &str) -> Option<Self> {
        if let Some(at) = line.find(JOIN) {
            return Some(Self {
                at: Duration::ZERO,
                what: line[at..].to_owned(),
            });
        }
        let (seconds, what) = line.strip_prefix('[')?.split_once(" s] ")?;
        Some(Self {
            at: Duration::from_secs_f64(seconds.trim().parse().ok()?),
            what: what.to_owned(),
        })
    }

    /// Somebody else than the player speaks.
    pub(super) fn is_of_villager(&self) -> bool {
        let speaker = self.what.split_once(", in ").map(|(speaker, _)| speaker);
        speaker.is_some_and(|speaker| speaker != "Robin")
    }

    /// There was no frame for more than a second.
    pub(super) fn is_of_sleep(&self) -> bool {
        self.what.starts_with("slept for")
    }

    /// The status of the connection changed.
    pub(super) fn is_of_status(&self) -> bool {
        let statuses = ["disconnected: ", "connecting: ", "connected: "];
        statuses.iter().any(|status| self.what.starts_with(status))
    }
}

/// The reports that tell of the connection.
pub(super) fn status_changes(reports: &[Report]) -> Vec<&str> {
    let changes = reports.iter().filter(|report| report.is_of_status());
    changes.map(|report| &*report.what).collect()
}
