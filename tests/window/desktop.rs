//! A desktop of its own for each test: X server, window manager, mouse and keyboard.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::game::PATIENCE;

/// Larger than the game's window, so that the other one has a place beside it.
const SCREEN: &str = "1700x900x24";
/// Where the other window is.
const ASIDE: &str = "240x180+1420+40";
/// How often to look again for what nothing tells of.
const GLANCE: Duration = Duration::from_millis(50);

pub(super) struct Desktop {
    name: String,
    /// The X server last, so that it outlives the others.
    programs: Vec<Program>,
}

/// A window, by its id.
#[derive(Clone)]
pub(super) struct Window(String);

/// A child process that ends with the test.
pub(super) struct Program(pub(super) Child);

impl Desktop {
    /// With a window of another program, beside the place for the game's.
    pub(super) fn start() -> Self {
        let mut server = Command::new("Xvfb");
        server.args([
            "-displayfd",
            "1",
            "-nolisten",
            "tcp",
            "-screen",
            "0",
            SCREEN,
        ]);
        server.stderr(Stdio::null());
        let (server, number) = Program::start_and_hear(&mut server);
        let mut desktop = Self {
            name: format!(":{number}"),
            programs: Vec::new(),
        };
        let mut manager = desktop.command("openbox");
        manager.args(["--sm-disable", "--startup", "echo ready"]);
        let (manager, _) = Program::start_and_hear(&mut manager);
        let mut other = desktop.command("xev");
        other.args(["-name", "Another window", "-geometry", ASIDE]);
        other.stdout(Stdio::null());
        let other = Program(other.spawn().expect("xev starts"));
        desktop.programs.extend([other, manager, server]);
        desktop
    }

    /// A program that will be on this desktop.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// The window with that title, as soon as it is to be seen.
    #[track_caller]
    pub(super) fn window(&self, title: &str) -> Window {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let search = ["search", "--onlyvisible", "--name", title];
            let output = self.command("xdotool").args(search).output();
            let found = String::from_utf8(output.expect("xdotool starts").stdout).unwrap();
            if let Some(id) = found.lines().next() {
                return Window(id.to_owned());
            }
            assert!(Instant::now() < deadline, "no window {title:?} in time");
            thread::sleep(GLANCE);
        }
    }

    #[track_caller]
    pub(super) fn click(&self, window: &Window) {
        self.xdotool(&[
            "mousemove",
            "--window",
            &window.0,
            "120",
            "90",
            "click",
            "1",
        ]);
    }

    #[track_caller]
    pub(super) fn minimize(&self, window: &Window) {
        self.xdotool(&["windowminimize", &window.0]);
    }

    /// Brings a window to the front, and gives it the focus.
    #[track_caller]
    pub(super) fn activate(&self, window: &Window) {
        self.xdotool(&["windowactivate", &window.0]);
    }

    /// Presses and releases a key in whichever window has the focus.
    #[track_caller]
    pub(super) fn press(&self, key: &str) {
        self.xdotool(&["key", key]);
    }

    /// Holds a key down for that long.
    #[track_caller]
    pub(super) fn hold(&self, key: &str, time: Duration) {
        let seconds = time.as_secs_f64().to_string();
        self.xdotool(&["keydown", key, "sleep", &seconds, "keyup", key]);
    }

    #[track_caller]
    pub(super) fn type_text(&self, text: &str) {
        self.xdotool(&["type", "--delay", "20", text]);
    }

    #[track_caller]
    fn xdotool(&self, args: &[&str]) {
        let status = self.command("xdotool").args(args).status();
        assert!(status.expect("xdotool starts").success(), "{args:?}");
    }
}

impl Program {
    /// Starts it, and waits for the first line that it prints.
    fn start_and_hear(command: &mut Command) -> (Self, String) {
        let child = command.stdout(Stdio::piped()).spawn();
        let mut program = Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}")));
        let mut line = String::new();
        let output = program.0.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "{command:?} did not start");
        (program, line.trim_end().to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
