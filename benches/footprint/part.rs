//! What is measured, each in a process of its own.

use std::{
    collections::HashMap,
    io,
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    str::FromStr,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

use bevy::prelude::App;
use bevy_cometchat::{ChatHistory, history::HistoryLimits, model::ReceiverId};

use crate::{
    clock::thread_cpu_ns,
    flood_server, game,
    plan::Plan,
    proc::{self, Thread},
};

/// How long a game takes at most to log in and to settle.
const WARM_UP: Duration = Duration::from_secs(4);
/// How long until a client that is left alone has pinged once and saved how far it has come.
const SETTLING: Duration = Duration::from_secs(20);
/// Of how many users the client says that they type.
const MAX_TYPISTS: usize = 256;
const CLIENT_THREAD: &str = "cometchat";

/// How often the server was asked for something over HTTP, and how often for a connection.
static REQUESTS: AtomicUsize = AtomicUsize::new(0);
static UPGRADES: AtomicUsize = AtomicUsize::new(0);

macro_rules! parts {
    ($($name:ident),*) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Part { $($name),* }

        impl FromStr for Part {
            type Err = io::Error;

            fn from_str(name: &str) -> io::Result<Self> {
                match name {
                    $(stringify!($name) => Ok(Self::$name),)*
                    _ => Err(io::Error::other(format!("{name:?} is not a part"))),
                }
            }
        }
    };
}

parts!(
    EmptyStartup,
    Startup,
    Login,
    LoginWithToken,
    Empty,
    History,
    Conversations,
    Messages,
    DefaultLimits,
    Typing,
    Foreground,
    Background
);

/// What the process of a part measured.
pub(crate) type Figures = HashMap<String, f64>;

/// A part that is being measured.
pub(crate) struct Measuring {
    process: Child,
    /// Goes last: the game's session is in it.
    _folder: tempfile::TempDir,
}

impl Measuring {
    pub(crate) fn finish(self) -> io::Result<Figures> {
        let output = self.process.wait_with_output()?;
        if !output.status.success() {
            return Err(io::Error::other("a part failed"));
        }
        let lines = String::from_utf8(output.stdout).map_err(io::Error::other)?;
        let figure = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Ok(lines.lines().filter_map(figure).collect())
    }
}

impl Part {
    pub(crate) fn measure(self, seconds: u64) -> io::Result<Figures> {
        self.start(seconds)?.finish()
    }

    /// Measures in a new process, whose user has an empty folder.
    pub(crate) fn start(self, seconds: u64) -> io::Result<Measuring> {
        let folder = tempfile::tempdir()?;
        let process = Command::new(std::env::current_exe()?)
            .args(["measure", &format!("{self:?}"), &seconds.to_string()])
            .env("XDG_DATA_HOME", folder.path())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Measuring {
            process,
            _folder: folder,
        })
    }

    /// What the new process does.
    pub(crate) fn run(self, seconds: u64) -> io::Result<()> {
        let server = serve()?;
        match self {
            Self::EmptyStartup => start_up(game::empty),
            Self::Startup => start_up(|| game::with_plugin(server, Plan::Idle)),
            Self::Login => log_in(game::with_plugin(server, Plan::Idle)),
            Self::LoginWithToken => log_in(game::with_token(server, Plan::Idle)),
            Self::Empty => empty(game::empty()),
            Self::History => {
                let game = game::with_history(server, Plan::Filled(0), game::no_limits());
                hold(game, 1, messages)
            }
            Self::Conversations => {
                let plan = Plan::FilledDistinct(10_000);
                let game = game::with_history(server, plan, game::no_limits());
                hold(game, 10_000, |history| history.conversations().count())
            }
            Self::Messages => {
                let game = game::with_history(server, Plan::Filled(100_000), game::no_limits());
                hold(game, 100_000, messages)
            }
            Self::DefaultLimits => {
                let limits = HistoryLimits::default();
                let game = game::with_history(server, Plan::Filled(100_000), limits);
                hold(game, 100_000, messages)
            }
            Self::Typing => {
                let mut game =
                    game::with_history(server, Plan::Typing(500), HistoryLimits::default());
                game::start(&mut game);
                game::run_until(&mut game, 0, |history| typists(history) >= MAX_TYPISTS);
                report(&mut game, typists)
            }
            Self::Foreground => idle(game::with_plugin(server, Plan::Idle), seconds, false),
            Self::Background => idle(game::with_plugin(server, Plan::Idle), seconds, true),
        }
    }
}

fn serve() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || flood_server::accept(&listener, count));
    Ok(address)
}

fn count(request: &str) {
    if request.starts_with("GET / ") {
        UPGRADES.fetch_add(1, SeqCst);
    } else {
        REQUESTS.fetch_add(1, SeqCst);
    }
}

/// From nothing to the end of the first frame.
fn start_up(game: impl FnOnce() -> App) -> io::Result<()> {
    let (begin, cpu, io) = (Instant::now(), thread_cpu_ns(), proc::reads_and_writes()?);
    let mut app = game();
    game::start(&mut app);
    println!("ms {}", begin.elapsed().as_secs_f64() * 1e3);
    println!("cpu_ms {}", (thread_cpu_ns() - cpu) as f64 / 1e6);
    println!("reads_and_writes {}", proc::reads_and_writes()? - io);
    Ok(())
}

fn log_in(mut app: App) -> io::Result<()> {
    game::start(&mut app);
    game::run_for(&mut app, WARM_UP);
    println!("requests {}", REQUESTS.load(SeqCst));
    println!("upgrades {}", UPGRADES.load(SeqCst));
    Ok(())
}

fn empty(mut app: App) -> io::Result<()> {
    game::start(&mut app);
    println!("p50_us {}", game::frame_us(&mut app));
    println!("rss_mib {}", proc::rss_mib()?);
    Ok(())
}

/// Receives that many messages, and then one in each frame.
fn hold(mut app: App, received: usize, held: fn(&ChatHistory) -> usize) -> io::Result<()> {
    game::start(&mut app);
    game::run_until(&mut app, received, |_| true);
    report(&mut app, held)
}

fn report(app: &mut App, held: fn(&ChatHistory) -> usize) -> io::Result<()> {
    println!("held {}", held(app.world().resource()));
    println!("p50_us {}", game::frame_us(app));
    println!("rss_mib {}", proc::rss_mib()?);
    Ok(())
}

fn messages(history: &ChatHistory) -> usize {
    let conversations = history.conversations();
    conversations
        .map(|conversation| conversation.iter().count())
        .sum()
}

fn typists(history: &ChatHistory) -> usize {
    let group = ReceiverId::Group(flood_server::GROUP.into());
    history.typing(&group).count()
}

fn idle(mut app: App, seconds: u64, in_background: bool) -> io::Result<()> {
    game::start(&mut app);
    game::run_for(&mut app, SETTLING);
    if in_background {
        game::go_to_background(&mut app);
        game::run_for(&mut app, WARM_UP);
    }
    let before = Thread::named(CLIENT_THREAD)?;
    let time = Duration::from_secs(seconds);
    game::run_for(&mut app, time);
    let after = Thread::named(CLIENT_THREAD)?;
    let wakeups = (after.wakeups - before.wakeups) as f64;
    println!("wakeups_per_30s {}", wakeups * 30.0 / time.as_secs_f64());
    let cpu = (after.cpu - before.cpu).as_secs_f64() / time.as_secs_f64();
    println!("cpu_percent {}", cpu * 100.0);
    println!("rss_mib {}", proc::rss_mib()?);
    Ok(())
}
