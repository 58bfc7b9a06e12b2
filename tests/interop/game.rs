//! A headless game with the plugin, beside the pages.

use std::{
    collections::VecDeque,
    thread,
    time::{Duration, Instant},
};

use bevy::prelude::*;
use bevy_cometchat::{local_server::LocalServer, prelude::*};

use super::{
    browser::PATIENCE,
    stage::{APP, KEY},
};

/// How long a frame of the game takes.
const FRAME: Duration = Duration::from_millis(5);

pub(super) struct Game {
    app: App,
}

/// What the game was told.
#[derive(Resource, Default)]
struct Heard {
    messages: VecDeque<MessageReceived>,
    typing: VecDeque<TypingChanged>,
}

impl Game {
    pub(super) fn join(server: &LocalServer, uid: &str) -> Self {
        let settings = AppSettings::builder()
            .local_server(server.address(), server.certificate_pem())
            .session_in_memory()
            .build();
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, CometChatPlugin::new(APP, settings)))
            .init_resource::<Heard>()
            .add_systems(Update, hear);
        app.finish();
        app.cleanup();
        let mut game = Self { app };
        game.chat().login(AuthKey::new(uid, KEY));
        game.wait_until_connected();
        game
    }

    pub(super) fn chat(&self) -> &CometChat {
        self.app.world().resource()
    }

    pub(super) fn wait_until_connected(&mut self) {
        self.wait_for("a connection", |game| {
            let status = game.chat().connection_status();
            (status == ConnectionStatus::Connected).then_some(())
        });
    }

    /// The next message that arrives.
    pub(super) fn next_message(&mut self) -> MessageReceived {
        self.wait_for("a message", |game| game.heard().messages.pop_front())
    }

    /// The next news of who is typing.
    pub(super) fn next_typing(&mut self) -> TypingChanged {
        self.wait_for("typing", |game| game.heard().typing.pop_front())
    }

    fn heard(&mut self) -> Mut<'_, Heard> {
        self.app.world_mut().resource_mut()
    }

    fn wait_for<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.app.update();
            if let Some(found) = look(self) {
                return found;
            }
            assert!(Instant::now() < deadline, "the game got no {what} in time");
            thread::sleep(FRAME);
        }
    }
}

fn hear(
    mut messages: MessageReader<MessageReceived>,
    mut typing: MessageReader<TypingChanged>,
    mut heard: ResMut<Heard>,
) {
    heard.messages.extend(messages.read().cloned());
    heard.typing.extend(typing.read().cloned());
}
