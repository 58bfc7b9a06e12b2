//! What the chat box costs per frame: idle and with 20 messages a second, with few and with many messages in its
//! history. Next to it, in the same run and in turns, the *floor*: the same game without it, with as much UI as the
//! smallest has; what Bevy takes for as many bare texts as the box has; and three boxes. Prints `name value` lines, in µs.
//!
//! `cargo bench --bench chat_box --features demo`

#[path = "../tests/chat_box/windowless.rs"]
mod windowless;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bevy::{
    camera::{RenderTarget, visibility::VisibilityPlugin},
    mesh::{MeshPlugin, skinning::SkinnedMeshInverseBindposes},
    picking::pointer::{Location, PointerId, PointerLocation},
    prelude::*,
    window::PrimaryWindow,
};
use bevy_cometchat::{
    chat_box::{
        ChatBox, ChatBoxCorner, ChatBoxPlugin, ChatBoxReadOnly, ChatBoxTabs, ChatBoxTheme,
        ChatTabs, OwnChatTheme,
    },
    model::{Group, GroupKind, Receiver},
    prelude::*,
    test_util::{ScriptedChat, text_message},
};

const FRAME: Duration = Duration::from_micros(16_667);
/// How many frames of each game are measured, and how many are let go before.
const FRAMES: usize = 3_000;
const WARM_UP: usize = 300;
/// The frames of a turn: the games take turns, so that whatever else the machine does hits all of them.
const TURN: usize = 50;
/// 20 messages a second, in a game of 60 frames a second.
const FRAMES_PER_MESSAGE: usize = 3;

fn main() {
    for held in [100, 10_000] {
        for (load, is_busy) in [("idle", false), ("busy", true)] {
            measure(load, is_busy, held);
        }
    }
}

fn measure(load: &str, is_busy: bool, held: usize) {
    let mut with_box = Game::new(Scene::ChatBox, held);
    let texts = with_box.texts();
    let mut floor = Game::new(Scene::Floor, held);
    let mut bare = Game::new(Scene::Texts(texts), held);
    let mut with_three = Game::new(Scene::ThreeBoxes, held);
    for _ in 0..(WARM_UP + FRAMES) / TURN {
        for game in [&mut floor, &mut bare, &mut with_box, &mut with_three] {
            game.run(is_busy, TURN);
        }
    }
    println!("{load}_{held}_texts {texts}");
    for (rank, percent) in [("p10", 10), ("p50", 50), ("p99", 99)] {
        let floor = floor.rank(percent);
        let (bare, frame) = (bare.rank(percent), with_box.rank(percent));
        println!("{load}_{held}_floor_{rank}_us {floor:.1}");
        println!("{load}_{held}_frame_{rank}_us {frame:.1}");
        println!("{load}_{held}_cost_{rank}_us {:.1}", frame - floor);
        println!("{load}_{held}_bare_cost_{rank}_us {:.1}", bare - floor);
        println!("{load}_{held}_ratio_{rank} {:.2}", frame / floor);
        let three = with_three.rank(percent);
        println!("three_boxes_{load}_{held}_frame_{rank}_us {three:.1}");
        println!(
            "three_boxes_{load}_{held}_cost_{rank}_us {:.1}",
            three - floor
        );
        let to_one = (three - floor) / (frame - floor);
        println!("three_boxes_{load}_{held}_to_one_{rank} {to_one:.2}");
    }
}

/// What a game has on its screen.
enum Scene {
    Floor,
    /// So many texts, which never change.
    Texts(usize),
    ChatBox,
    /// One as in the other game, another one with all tabs, and a log without an input.
    ThreeBoxes,
}

struct Game {
    app: App,
    chat: ScriptedChat,
    group: Arc<Group>,
    sent: u64,
    frames: usize,
    times: Vec<Duration>,
}

impl Game {
    fn new(scene: Scene, held: usize) -> Self {
        let chat = ScriptedChat::new();
        let mut app = app();
        let settings = AppSettings::builder().region("us").build();
        app.add_plugins((
            chat.plugin("app", settings),
            ChatHistoryPlugin {
                limits: windowless::roomy(),
            },
        ));
        match scene {
            Scene::Floor => {}
            Scene::Texts(count) => spawn_texts(app.world_mut(), count),
            Scene::ChatBox => add_box(&mut app),
            Scene::ThreeBoxes => {
                add_box(&mut app);
                add_two_boxes(app.world_mut());
            }
        }
        app.finish();
        app.cleanup();
        let mut game = Self {
            app,
            chat,
            group: Group::new("zone", "Zone", GroupKind::Public).into(),
            sent: 0,
            frames: 0,
            times: Vec::with_capacity(FRAMES),
        };
        game.frame();
        let client = game.app.world().resource::<CometChat>();
        client.login(AuthKey::new("me", "key"));
        while !game.chat.is_connected() {
            game.frame();
        }
        for number in 0..held {
            game.hear();
            if number % 100 == 0 {
                game.frame();
            }
        }
        for _ in 0..10 {
            game.frame();
        }
        game
    }

    fn run(&mut self, is_busy: bool, frames: usize) {
        for _ in 0..frames {
            if is_busy && self.frames.is_multiple_of(FRAMES_PER_MESSAGE) {
                self.hear();
            }
            let time = self.frame();
            self.frames += 1;
            if self.frames > WARM_UP {
                self.times.push(time);
            }
        }
    }

    fn hear(&mut self) {
        self.sent += 1;
        let uid = format!("user-{}", self.sent % 20);
        let message = text_message(
            self.sent,
            User::new(uid.as_str(), uid.as_str()).into(),
            Receiver::Group(self.group.clone()),
            sentence(self.sent),
        );
        assert!(self.chat.receive(message));
    }

    fn frame(&mut self) -> Duration {
        let start = Instant::now();
        self.chat.advance_at(&mut self.app, FRAME, FRAME);
        start.elapsed()
    }

    /// How many texts there are beside the one of every game.
    fn texts(&mut self) -> usize {
        let world = self.app.world_mut();
        world.query::<&Text>().iter(world).count() - 1
    }

    /// In µs.
    fn rank(&mut self, percent: usize) -> f64 {
        self.times.sort_unstable();
        let at = (self.times.len() * percent / 100).min(self.times.len() - 1);
        self.times[at].as_secs_f64() * 1e6
    }
}

/// A game with one text on its screen, and a mouse that is in the middle of it.
fn app() -> App {
    let mut app = windowless::app();
    app.add_plugins((MeshPlugin, VisibilityPlugin))
        .init_asset::<SkinnedMeshInverseBindposes>();
    let world = app.world_mut();
    world.spawn((Node::default(), children![Text::new("100 HP")]));
    let mut windows = world.query_filtered::<Entity, With<PrimaryWindow>>();
    let window = windows.single(world).ok();
    let target = RenderTarget::default()
        .normalize(window)
        .expect("there is a window");
    let position = Vec2::new(640.0, 360.0);
    let location = PointerLocation::new(Location { target, position });
    world.spawn((PointerId::Mouse, location));
    app
}

fn spawn_texts(world: &mut World, count: usize) {
    let column = Node {
        width: Val::Px(460.0),
        flex_direction: FlexDirection::Column,
        ..default()
    };
    let column = world.spawn(column).id();
    for number in 0..count {
        world.spawn((ChildOf(column), Text(sentence(number as u64))));
    }
}

/// It never fades out, so that all of it is seen.
fn add_box(app: &mut App) {
    app.add_plugins(ChatBoxPlugin::default());
    let world = app.world_mut();
    world.resource_mut::<ChatBoxTheme>().fade_after = None;
    let mut tabs = world.resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::ZONE, Guid::from("zone"));
}

/// They show the same lines as the first one, in other corners.
fn add_two_boxes(world: &mut World) {
    let at = |corner| {
        OwnChatTheme(ChatBoxTheme {
            corner,
            fade_after: None,
            ..default()
        })
    };
    let tabs = ChatBoxTabs::only([ChatTabs::ZONE]);
    world.spawn((ChatBox, Name::new("second"), at(ChatBoxCorner::TopRight)));
    let log = (ChatBox, Name::new("log"), ChatBoxReadOnly, tabs);
    world.spawn((log, at(ChatBoxCorner::TopLeft)));
}

fn sentence(number: u64) -> String {
    format!("The gates close at nightfall, so be back by then ({number})")
}
