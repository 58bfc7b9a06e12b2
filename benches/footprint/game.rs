//! The games that are measured.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use bevy::{app::TaskPoolPlugin, diagnostic::FrameCountPlugin, prelude::*, time::TimePlugin};
use bevy_cometchat::{
    AppSettings, AppStateSource, AuthKey, AuthToken, ChatHistory, ChatHistoryPlugin, CometChat,
    CometChatPlugin, CometChatSettings, CometChatSystems, Credentials, MessageReceived,
    connection::AppState, history::HistoryLimits,
};

use crate::{
    clock::{Display, thread_cpu_ns},
    plan::Plan,
};

/// How long the game waits for what the server sends.
const PATIENCE: Duration = Duration::from_secs(30);
/// Frames of a run at 60 Hz.
const FRAMES: usize = 180;

/// A game that does nothing.
pub(crate) fn empty() -> App {
    let mut app = App::new();
    app.add_plugins((TaskPoolPlugin::default(), FrameCountPlugin, TimePlugin));
    app
}

/// A game that logs in. It saves its session in the user's folder, as games do.
pub(crate) fn with_plugin(server: SocketAddr, plan: Plan) -> App {
    with_login(server, AuthKey::new(plan.to_string().as_str(), "key"))
}

/// The same with a token that the game's own server made, as released games do.
pub(crate) fn with_token(server: SocketAddr, plan: Plan) -> App {
    with_login(server, AuthToken::new(plan.to_string()))
}

fn with_login(server: SocketAddr, credentials: impl Into<Credentials>) -> App {
    let mut app = empty();
    let settings = AppSettings::builder().local_server(server, None).build();
    let credentials = credentials.into();
    app.add_plugins(
        CometChatPlugin::new("bench", settings).with_app_state_source(AppStateSource::Manual),
    )
    .add_systems(Startup, move |chat: Res<CometChat>| {
        let _runs_on = chat.login(credentials.clone());
    });
    app
}

/// The same with a history, which counts what it receives.
pub(crate) fn with_history(server: SocketAddr, plan: Plan, limits: HistoryLimits) -> App {
    let mut app = with_plugin(server, plan);
    app.add_plugins(ChatHistoryPlugin { limits })
        .init_resource::<Received>()
        .add_systems(PreUpdate, count.after(CometChatSystems::Receive));
    app
}

/// The limits of a history that holds whatever comes.
pub(crate) fn no_limits() -> HistoryLimits {
    let mut limits = HistoryLimits::default();
    limits.conversations = usize::MAX;
    limits.messages = usize::MAX;
    limits.bytes = usize::MAX;
    limits
}

/// How many messages have come.
#[derive(Default, Resource)]
struct Received(usize);

fn count(mut messages: MessageReader<MessageReceived>, mut received: ResMut<Received>) {
    received.0 += messages.read().count();
}

pub(crate) fn start(app: &mut App) {
    app.finish();
    app.cleanup();
    app.update();
}

pub(crate) fn go_to_background(app: &mut App) {
    let mut settings = app.world_mut().resource_mut::<CometChatSettings>();
    settings.set_app_state(AppState::Background);
}

/// Updates until that many messages have come, or the history holds what `is_there` looks for.
pub(crate) fn run_until(app: &mut App, messages: usize, is_there: impl Fn(&ChatHistory) -> bool) {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        app.update();
        let world = app.world();
        if world.resource::<Received>().0 >= messages && is_there(world.resource()) {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Updates at 60 Hz for that long.
pub(crate) fn run_for(app: &mut App, time: Duration) {
    let (begin, mut display) = (Instant::now(), Display::new());
    while begin.elapsed() < time {
        display.wait();
        app.update();
    }
}

/// The median of the processor time of a frame, in microseconds.
pub(crate) fn frame_us(app: &mut App) -> f64 {
    let mut display = Display::new();
    let mut costs: Vec<_> = (0..FRAMES)
        .map(|_| {
            display.wait();
            let before = thread_cpu_ns();
            app.update();
            thread_cpu_ns() - before
        })
        .collect();
    costs.sort_unstable();
    costs[FRAMES / 2] as f64 / 1e3
}
