//! Headless games: an empty one, one with the plugin, and one with what a good programmer would write by hand.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use bevy::{
    app::TaskPoolPlugin, diagnostic::FrameCountPlugin, prelude::*, state::app::StatesPlugin,
    time::TimePlugin,
};
use bevy_cometchat::{AppSettings, AuthKey, CometChat, CometChatPlugin, MessageReceived};
use crossbeam_channel::{Receiver, unbounded};

use crate::{
    clock::{Display, thread_cpu_ns},
    owned::{OwnedMessage, OwnedMessages},
    plan::Plan,
    tally::Tally,
};

/// A game that does nothing but look for messages of its own that never come: what it costs to be told of messages is
/// the game's cost, not the plugin's.
pub(crate) fn empty() -> App {
    #[derive(Message)]
    struct Never;

    let mut app = headless();
    app.add_message::<Never>().add_systems(
        Update,
        |mut never: MessageReader<Never>, mut tally: ResMut<Tally>| {
            tally.count(never.read().map(|Never| 0));
        },
    );
    app
}

/// An empty game with one Bevy state, whose transitions are looked for in each frame. The plugin has one, too: the
/// connection's.
pub(crate) fn with_state() -> App {
    #[derive(States, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    enum Scene {
        #[default]
        Title,
    }

    let mut app = empty();
    app.init_state::<Scene>();
    app
}

/// What each game has that is made with `DefaultPlugins`, as far as it runs without a window.
fn headless() -> App {
    let mut app = App::new();
    app.add_plugins((
        TaskPoolPlugin::default(),
        FrameCountPlugin,
        TimePlugin,
        StatesPlugin,
    ))
    .init_resource::<Tally>();
    app
}

/// A game that uses the plugin and is logged in and connected.
pub(crate) fn with_plugin(server: SocketAddr, plan: Plan) -> App {
    let mut app = headless();
    let settings = AppSettings::builder()
        .local_server(server, None)
        .session_in_memory()
        .build();
    app.add_plugins(CometChatPlugin::new("bench", settings))
        .add_systems(Startup, move |chat: Res<CometChat>| {
            let _runs_on = chat.login(AuthKey::new(plan.to_string().as_str(), "key"));
        })
        .add_systems(Update, count);
    app
}

fn count(mut received: MessageReader<MessageReceived>, mut tally: ResMut<Tally>) {
    tally.count(received.read().map(|message| message.id.0));
}

/// Has the game measure how long messages were on their way.
pub(crate) fn measure_delays(app: &mut App) {
    #[derive(serde::Deserialize)]
    struct Metadata {
        sent: String,
    }
    app.add_systems(
        Update,
        |mut received: MessageReader<MessageReceived>, mut tally: ResMut<Tally>| {
            for message in received.read() {
                let metadata = message
                    .metadata
                    .as_ref()
                    .map(|json| json.parse::<Metadata>());
                let Some(Ok(Metadata { sent })) = metadata else {
                    continue;
                };
                tally.note_delay(sent.parse().unwrap_or_default());
            }
        },
    );
}

/// A game with a thread that reads and parses, a channel, and a system that writes Bevy messages.
pub(crate) fn hand_written(server: SocketAddr, plan: Plan) -> App {
    #[derive(Resource)]
    struct Inbox(Receiver<OwnedMessage>);
    #[derive(Message)]
    struct Arrived(OwnedMessage);

    let (sender, receiver) = unbounded();
    let mut messages = OwnedMessages::connect(server, plan);
    thread::spawn(move || while sender.send(messages.next()).is_ok() {});

    let mut app = headless();
    app.add_message::<Arrived>()
        .insert_resource(Inbox(receiver))
        .add_systems(
            PreUpdate,
            |inbox: Res<Inbox>, mut arrived: MessageWriter<Arrived>| {
                arrived.write_batch(inbox.0.try_iter().map(Arrived));
            },
        )
        .add_systems(
            Update,
            |mut arrived: MessageReader<Arrived>, mut tally: ResMut<Tally>| {
                tally.count(arrived.read().map(|Arrived(message)| message.number()));
            },
        );
    app
}

/// Gets ready to be updated by hand.
pub(crate) fn start(app: &mut App) {
    app.finish();
    app.cleanup();
}

/// Updates as fast as it can until it has received `messages` messages, or none has come for a while.
pub(crate) fn run_until_received(app: &mut App, messages: u64) {
    let mut progress = (0, Instant::now());
    loop {
        app.update();
        let received = app.world().resource::<Tally>().received;
        if received > progress.0 {
            progress = (received, Instant::now());
        } else if progress.1.elapsed() > PATIENCE {
            return;
        } else {
            thread::sleep(Duration::from_micros(500));
        }
        if received >= messages {
            return;
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(2);

/// What the updates of a game cost.
#[derive(Default)]
pub(crate) struct UpdateCosts {
    /// From call to return, in nanoseconds.
    pub(crate) wall: Vec<u64>,
    /// On the processor, in nanoseconds.
    pub(crate) cpu: Vec<u64>,
}

/// Updates at 60 Hz for at most `frames` frames, and stops when it has received `messages` messages.
pub(crate) fn run_at_60_hz(app: &mut App, frames: usize, messages: u64) -> UpdateCosts {
    let mut costs = UpdateCosts::default();
    let mut display = Display::new();
    for _ in 0..frames {
        display.wait();
        let (start, cpu) = (Instant::now(), thread_cpu_ns());
        app.update();
        costs.cpu.push(thread_cpu_ns() - cpu);
        costs.wall.push(start.elapsed().as_nanos() as u64);
        if app.world().resource::<Tally>().received >= messages {
            break;
        }
    }
    costs
}
