//! The main job with no display: a server and two headless games that chat over real sockets, one in auto mode and
//! one in manual mode, through the background timeout, a killed server and `disconnect()`. Prints a timeline of what each
//! sees, and exits with an error if anything it promises does not happen.
//!
//! `cargo run --example headless`

use std::{
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use bevy::prelude::*;
use bevy_cometchat::{
    connection::{Cause, Retry},
    local_server::{LocalServer, LocalServerConfig},
    prelude::*,
};

/// How long a connection outlasts the last sign of life of a backgrounded game. The rules say 30 s; shortened here.
const BACKGROUND_TIMEOUT: Duration = Duration::from_secs(3);
/// How long anything may take before it counts as not happening.
const PATIENCE: Duration = Duration::from_secs(15);

const APP: &str = "app123";
const KEY: &str = "key123";

fn main() -> ExitCode {
    match play() {
        Ok(()) => {
            println!("\nEverything that was promised happened.");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("\nBroken promise: {broken}");
            ExitCode::FAILURE
        }
    }
}

fn play() -> Result<(), String> {
    let start = Instant::now();
    let data = tempfile::tempdir().map_err(|error| error.to_string())?;
    let config = || {
        LocalServerConfig::new(APP, KEY)
            .user("ana")
            .user("ben")
            .data(data.path().join("chat.sqlite"))
    };
    let server = LocalServer::start(config()).map_err(|error| error.to_string())?;
    let address = server.address();
    println!("A server listens on {address}. Ana plays in auto mode, Ben in manual mode.");
    println!(
        "The background timeout is shortened from 30 s to {} s.",
        BACKGROUND_TIMEOUT.as_secs()
    );
    let mut stage = Stage {
        ana: Player::join("Ana", address, true, start),
        ben: Player::join("Ben", address, false, start),
        start,
    };

    stage.scene("Logging in: auto mode connects by itself, manual mode waits for connect()");
    stage.ana.chat().login(AuthKey::new("ana", KEY));
    stage.ben.chat().login(AuthKey::new("ben", KEY));
    stage.until("Ana is connected", |stage| stage.ana.is_connected())?;
    stage.until("Ben is logged in", |stage| {
        stage.ben.chat().logged_in_user().is_some()
    })?;
    stage.never("Ben is connected before he asks", 500, |stage| {
        stage.ben.is_connected()
    })?;
    stage.ben.chat().connect();
    stage.until("Ben is connected", |stage| stage.ben.is_connected())?;

    stage.scene("Chatting both ways");
    stage.ana.say("ben", "Meet me at the well?");
    stage.until("Ben hears Ana", |stage| {
        stage.ben.heard("Meet me at the well?")
    })?;
    stage.ben.say("ana", "On my way.");
    stage.until("Ana hears Ben", |stage| stage.ana.heard("On my way."))?;

    stage.scene(
        "Ben goes to the background and sends no ping: dropped after the background timeout",
    );
    stage.ben.go(AppState::Background);
    let left = Instant::now();
    stage.until("Ben is dropped", |stage| !stage.ben.is_connected())?;
    stage.ben.was_dropped_for(Cause::BackgroundTimeout)?;
    if left.elapsed() < BACKGROUND_TIMEOUT.mul_f32(0.9) {
        return Err(format!(
            "Ben was dropped after {:?} already",
            left.elapsed()
        ));
    }
    stage.ben.go(AppState::Foreground);
    stage.never("Ben reconnects by himself", 1_000, |stage| {
        stage.ben.is_connected()
    })?;
    stage.ben.chat().connect();
    stage.until("Ben is connected again", |stage| stage.ben.is_connected())?;

    stage.scene("Both go to the background and ping: kept for twice the background timeout");
    stage.ben.settings().keep_alive = Some(true);
    stage.ana.go(AppState::Background);
    stage.ben.go(AppState::Background);
    let twice = (BACKGROUND_TIMEOUT * 2).as_millis() as u64;
    stage.never("somebody is dropped", twice, |stage| {
        !stage.ana.is_connected() || !stage.ben.is_connected()
    })?;
    stage.ana.go(AppState::Foreground);
    stage.ben.go(AppState::Foreground);
    stage.ana.say("ben", "Still there?");
    stage.until("Ben hears Ana", |stage| stage.ben.heard("Still there?"))?;

    stage.scene("The server is killed, and comes back two seconds later");
    server.kill();
    stage.until("both notice", |stage| {
        !stage.ana.is_connected() && !stage.ben.is_connected()
    })?;
    stage.wait(2_000);
    let _server =
        LocalServer::start(config().listen(address)).map_err(|error| error.to_string())?;
    stage.until("both are back", |stage| {
        stage.ana.is_connected() && stage.ben.is_connected()
    })?;
    stage.ben.say("ana", "What was that?");
    stage.until("Ana hears Ben", |stage| stage.ana.heard("What was that?"))?;

    stage.scene("Ben disconnects: nothing but connect() brings him back");
    stage.ben.chat().disconnect();
    stage.until("Ben is disconnected", |stage| !stage.ben.is_connected())?;
    stage.ben.was_dropped_for(Cause::DisconnectCalled)?;
    stage.ben.go(AppState::Background);
    stage.ben.go(AppState::Foreground);
    stage.never("Ben reconnects by himself", 1_000, |stage| {
        stage.ben.is_connected()
    })?;
    stage.ben.chat().connect();
    stage.until("Ben is connected again", |stage| stage.ben.is_connected())?;

    stage.scene("Both leave");
    for player in [&mut stage.ana, &mut stage.ben] {
        player.leave()?;
    }
    Ok(())
}

/// The two games, stepped in turn.
struct Stage {
    ana: Player,
    ben: Player,
    start: Instant,
}

impl Stage {
    fn scene(&self, title: &str) {
        println!("\n[{:6.2} s] {title}", self.start.elapsed().as_secs_f32());
    }

    fn step(&mut self) {
        self.ana.app.update();
        self.ben.app.update();
        thread::sleep(Duration::from_millis(8));
    }

    fn until(&mut self, what: &str, happened: impl Fn(&Self) -> bool) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while !happened(self) {
            if Instant::now() > deadline {
                return Err(format!("{what}: not within {} s", PATIENCE.as_secs()));
            }
            self.step();
        }
        Ok(())
    }

    fn never(
        &mut self,
        what: &str,
        milliseconds: u64,
        happens: impl Fn(&Self) -> bool,
    ) -> Result<(), String> {
        let end = Instant::now() + Duration::from_millis(milliseconds);
        while Instant::now() < end {
            self.step();
            if happens(self) {
                return Err(format!("{what}: it happened"));
            }
        }
        Ok(())
    }

    fn wait(&mut self, milliseconds: u64) {
        let end = Instant::now() + Duration::from_millis(milliseconds);
        while Instant::now() < end {
            self.step();
        }
    }
}

/// One headless game.
struct Player {
    app: App,
}

/// What a game has seen.
#[derive(Resource)]
struct Seen {
    name: &'static str,
    start: Instant,
    texts: Vec<String>,
    last_loss: Option<Cause>,
}

impl Seen {
    fn tell(&self, what: std::fmt::Arguments) {
        println!(
            "[{:6.2} s]   {}: {what}",
            self.start.elapsed().as_secs_f32(),
            self.name
        );
    }
}

impl Player {
    fn join(name: &'static str, server: std::net::SocketAddr, auto: bool, start: Instant) -> Self {
        let settings = AppSettings::builder()
            .local_server(server, None)
            .auto_establish_socket_connection(auto)
            .session_in_memory()
            .timing(|timing| timing.background_timeout = BACKGROUND_TIMEOUT)
            .build();
        let mut app = App::new();
        app.add_plugins((
            MinimalPlugins,
            CometChatPlugin::new(APP, settings).with_app_state_source(AppStateSource::Manual),
        ))
        .insert_resource(Seen {
            name,
            start,
            texts: Vec::new(),
            last_loss: None,
        })
        .add_systems(Update, (see_changes, see_messages));
        app.finish();
        app.cleanup();
        Self { app }
    }

    fn chat(&self) -> &CometChat {
        self.app.world().resource()
    }

    fn settings(&mut self) -> Mut<'_, CometChatSettings> {
        self.app.world_mut().resource_mut()
    }

    fn seen(&self) -> &Seen {
        self.app.world().resource()
    }

    fn is_connected(&self) -> bool {
        self.chat().connection_status() == ConnectionStatus::Connected
    }

    fn heard(&self, text: &str) -> bool {
        self.seen().texts.iter().any(|heard| heard == text)
    }

    fn was_dropped_for(&self, cause: Cause) -> Result<(), String> {
        match self.seen().last_loss {
            Some(last) if last == cause => Ok(()),
            other => Err(format!(
                "{} was dropped for {other:?}, not {cause:?}",
                self.seen().name
            )),
        }
    }

    fn say(&self, to: &str, text: &str) {
        self.seen().tell(format_args!("says to {to}: {text}"));
        self.chat().send_message(TextMessage::to_user(to, text));
    }

    fn go(&mut self, state: AppState) {
        self.seen().tell(format_args!("goes to the {state:?}"));
        self.settings().set_app_state(state);
    }

    fn leave(&mut self) -> Result<(), String> {
        let begin = Instant::now();
        self.app.world_mut().write_message(AppExit::Success);
        self.app.update();
        let took = begin.elapsed();
        self.seen().tell(format_args!("left within {took:.0?}"));
        if took < Duration::from_secs(5) {
            Ok(())
        } else {
            Err(format!("leaving took {took:?}"))
        }
    }
}

fn see_changes(mut changes: MessageReader<ConnectionChanged>, mut seen: ResMut<Seen>) {
    for change in changes.read() {
        let next = match change.retry {
            Retry::After(delay) => format!("; next attempt in {delay:.1?}"),
            _ => String::new(),
        };
        seen.tell(format_args!("{} ({}{next})", change.to, change.cause));
        if change.to == ConnectionStatus::Disconnected {
            seen.last_loss = Some(change.cause);
        }
    }
}

fn see_messages(mut received: MessageReader<MessageReceived>, mut seen: ResMut<Seen>) {
    for message in received.read() {
        let text = message.text().unwrap_or_default();
        seen.tell(format_args!("hears {}: {text}", message.sender.name));
        seen.texts.push(text.to_owned());
    }
}
