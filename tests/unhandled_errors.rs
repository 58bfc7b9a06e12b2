//! A failed request that nobody looks at is logged, with what to do next and without secrets. Nor do the libraries below
//! log any.

use std::{
    fmt::{Debug, Write},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bevy::prelude::*;
use bevy_cometchat::{
    client::{self, Client},
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
    test_util::ScriptedChat,
};
use futures_lite::future::block_on;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// One test at a time reads the log.
static TURN: Mutex<()> = Mutex::new(());

/// Keeps the crate's warnings.
struct Log;

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("bevy_cometchat") && *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        log().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, _: &Field, value: &dyn Debug) {
        write!(self.0, "{value:?}").expect("a string takes everything");
    }
}

fn log() -> MutexGuard<'static, Vec<String>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to keep the log. Until the guard is dropped, no other test does.
fn listen() -> MutexGuard<'static, ()> {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // Only the first call has an effect, and needs one.
    let _ = tracing::subscriber::set_global_default(Log);
    log().clear();
    turn
}

fn wait_for_line() -> String {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(line) = log().pop() {
            return line;
        }
        assert!(Instant::now() < deadline, "nothing was logged in time");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_login_with_a_wrong_key_is_logged_without_the_key() {
    let _turn = listen();
    let config = LocalServerConfig::new("app123", "key123").user("alice");
    let server = LocalServer::start(config).expect("a free port");
    let settings = AppSettings::builder()
        .local_server(server.address(), None)
        .session_in_memory()
        .build();
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, CometChatPlugin::new("app123", settings)))
        .add_systems(Startup, |chat: Res<CometChat>| {
            chat.login(AuthKey::new("alice", "a-wrong-key"));
        });
    let deadline = Instant::now() + Duration::from_secs(10);
    while log().is_empty() {
        assert!(Instant::now() < deadline, "nothing was logged in time");
        app.update();
        std::thread::sleep(Duration::from_millis(5));
    }
    let line = wait_for_line();
    assert!(line.contains("login()"), "{line}");
    assert!(line.contains("AUTH_ERR_APIKEY_NOT_FOUND"), "{line}");
    assert!(line.contains("auth key"), "what to do: {line}");
    assert!(!line.contains("a-wrong-key"), "{line}");
}

#[test]
fn a_client_without_an_app_logs_it_as_well() {
    let _turn = listen();
    let (client, _events) = Client::start().expect("a thread");
    client.connect();
    let line = wait_for_line();
    assert!(line.contains("connect()"), "{line}");
    assert!(line.contains("Call init() first"), "{line}");
}

#[test]
fn whoever_looks_at_a_failure_or_does_not_care_has_it_unlogged() {
    let _turn = listen();
    let (client, _events) = Client::start().expect("a thread");
    assert!(block_on(client.connect()).is_err());
    client.connect().ignore_errors();
    client
        .send_message(TextMessage::to_user("bob", ""))
        .ignore_errors();
    let polled = client.connect();
    while polled.outcome().is_none() {
        std::thread::yield_now();
    }
    drop(polled);
    drop(client);

    let script = ScriptedChat::new();
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, script.uninitialized_plugin()));
    let chat = app.world().resource::<CometChat>();
    chat.connect().on_error(|_: In<ChatError>| {});
    chat.ping().on_success(|_: In<Duration>| {});
    for _ in 0..3 {
        script.update(&mut app);
    }
    let lines = std::mem::take(&mut *log());
    assert_eq!(lines.len(), 1, "success is no failure: {lines:?}");
    assert!(lines[0].contains("ping()"), "{lines:?}");
}

#[test]
fn a_failure_before_and_after_the_request_is_dropped_is_logged_once() {
    let _turn = listen();
    let script = ScriptedChat::new();
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, script.uninitialized_plugin()));
    let kept = app.world().resource::<CometChat>().connect();
    for _ in 0..3 {
        script.update(&mut app);
    }
    assert!(log().is_empty(), "it may still be looked at");
    assert!(!kept.is_open());
    drop(kept);
    assert_eq!(std::mem::take(&mut *log()).len(), 1);
}

/// What the libraries log that do so by the crate `log`.
static RECORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Records;

impl log::Log for Records {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{}: {}", record.target(), record.args());
        records().push(line);
    }

    fn flush(&self) {}
}

fn records() -> MutexGuard<'static, Vec<String>> {
    RECORDS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn no_library_logs_what_authenticates() {
    let _turn = listen();
    log::set_logger(&Records).expect("nobody else keeps them");
    log::set_max_level(log::LevelFilter::Trace);
    let config = LocalServerConfig::new("app123", "key123").user("alice");
    let server = LocalServer::start(config).expect("a free port");
    let folder = tempfile::tempdir().expect("a directory");
    let settings = AppSettings::builder()
        .local_server(server.address(), None)
        .session_directory(folder.path())
        .build();
    let (client, mut events) = Client::start().expect("a thread");
    block_on(client.init("app123", settings)).expect("an unused directory");
    block_on(client.login(AuthKey::new("alice", "key123"))).expect("alice logs in");
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        assert!(Instant::now() < deadline, "it never connected");
        match events.try_next() {
            Some(client::Event::StatusChanged(change))
                if change.to == ConnectionStatus::Connected =>
            {
                break;
            }
            Some(_) => {}
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    log::set_max_level(log::LevelFilter::Off);

    let session = std::fs::read_to_string(folder.path().join("session.json")).expect("a session");
    let session: serde_json::Value = serde_json::from_str(&session).expect("JSON");
    let records = std::mem::take(&mut *records());
    let is_of_socket = |line: &&String| line.starts_with("tungstenite");
    assert!(
        records.iter().any(|line| is_of_socket(&line)),
        "{records:?}"
    );
    for secret in [
        "key123",
        session["session"]["auth_token"].as_str().expect("a token"),
        session["session"]["jwt"].as_str().expect("a credential"),
    ] {
        let line = records.iter().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
