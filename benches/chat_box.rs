//! What the chat box costs per frame: idle and with 20 messages a second, with few and with many messages in its
//! history; next to it, in the same run, the *floor*: the same app without it. Prints `name value` lines, in µs.
//!
//! `cargo bench --bench chat_box --features chat-box`

#[path = "../tests/chat_box/windowless.rs"]
mod windowless;

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{ChatBoxPlugin, ChatTabs},
    model::{Group, GroupKind},
    prelude::*,
    test_util::{ScriptedChat, text_message},
};

const FRAME: Duration = Duration::from_micros(16_667);
/// How many frames are measured, and how many are let go before.
const FRAMES: usize = 3_000;
const WARM_UP: usize = 300;
/// 20 messages a second, in a game of 60 frames a second.
const FRAMES_PER_MESSAGE: usize = 3;

fn main() {
    for (name, held) in [("100", 100), ("10000", 10_000)] {
        for (load, is_busy) in [("idle", false), ("busy", true)] {
            let floor = Game::new(false, held).run(is_busy);
            let with_box = Game::new(true, held).run(is_busy);
            for (rank, percent) in [("p50", 50), ("p99", 99)] {
                let (floor, with_box) = (floor.rank(percent), with_box.rank(percent));
                println!("{load}_{name}_floor_{rank}_us {floor:.1}");
                println!("{load}_{name}_frame_{rank}_us {with_box:.1}");
                println!("{load}_{name}_cost_{rank}_us {:.1}", with_box - floor);
            }
        }
    }
}

struct Game {
    app: App,
    chat: ScriptedChat,
    group: std::sync::Arc<Group>,
    sent: u64,
}

impl Game {
    fn new(has_box: bool, held: usize) -> Self {
        let chat = ScriptedChat::new();
        let mut app = windowless::app();
        let settings = AppSettings::builder().region("us").build();
        app.add_plugins((
            chat.plugin("app", settings),
            ChatHistoryPlugin {
                limits: windowless::roomy(),
            },
        ));
        if has_box {
            app.add_plugins(ChatBoxPlugin::default());
            let mut tabs = app.world_mut().resource_mut::<ChatTabs>();
            tabs.set_conversation(ChatTabs::ZONE, Some(Guid::from("zone").into()));
        }
        app.finish();
        app.cleanup();
        let mut game = Self {
            app,
            chat,
            group: Group::new("zone", "Zone", GroupKind::Public).into(),
            sent: 0,
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
        game
    }

    fn run(mut self, is_busy: bool) -> Times {
        let mut times = Vec::with_capacity(FRAMES);
        for frame in 0..WARM_UP + FRAMES {
            if is_busy && frame % FRAMES_PER_MESSAGE == 0 {
                self.hear();
            }
            let time = self.frame();
            if frame >= WARM_UP {
                times.push(time);
            }
        }
        times.sort_unstable();
        Times(times)
    }

    fn hear(&mut self) {
        self.sent += 1;
        let uid = format!("user-{}", self.sent % 20);
        let text = format!(
            "The gates close at nightfall, so be back by then ({})",
            self.sent
        );
        let message = text_message(
            self.sent,
            User::new(uid.as_str(), uid.as_str()).into(),
            Receiver::Group(self.group.clone()),
            text,
        );
        assert!(self.chat.receive(message));
    }

    fn frame(&mut self) -> Duration {
        let start = Instant::now();
        self.chat.advance_at(&mut self.app, FRAME, FRAME);
        start.elapsed()
    }
}

struct Times(Vec<Duration>);

impl Times {
    /// In µs.
    fn rank(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len() - 1);
        self.0[at].as_secs_f64() * 1e6
    }
}
