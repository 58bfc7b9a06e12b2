//! A failed request that nobody looks at is logged, with what to do next and without secrets.

use std::{
    fmt::{Debug, Write},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bevy::prelude::*;
use bevy_cometchat::{
    client::Client,
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
