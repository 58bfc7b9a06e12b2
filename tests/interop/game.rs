//! A headless game with the plugin, beside the pages.

use std::{
    collections::VecDeque,
    thread,
    time::{Duration, Instant},
};

use bevy::prelude::*;
use bevy_cometchat::{PresenceSubscription, local_server::LocalServer, prelude::*};

use super::{
    browser::PATIENCE,
    stage::{APP, KEY},
};

/// How long a frame of the game takes.
const FRAME: Duration = Duration::from_millis(5);

pub(super) struct Game {
    app: App,
}

/// What the game was told and did not look at yet.
#[derive(Resource)]
struct Heard<M>(VecDeque<M>);

impl Game {
    pub(super) fn join(server: &LocalServer, uid: &str) -> Self {
        let settings = AppSettings::builder()
            .local_server(server.address(), server.certificate_pem())
            .subscribe_presence(PresenceSubscription::AllUsers)
            .session_in_memory()
            .build();
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, CometChatPlugin::new(APP, settings)));
        hear::<MessageReceived>(&mut app);
        hear::<MessageEdited>(&mut app);
        hear::<MessageDeleted>(&mut app);
        hear::<ReactionChanged>(&mut app);
        hear::<TransientReceived>(&mut app);
        hear::<TypingChanged>(&mut app);
        hear::<ReceiptReceived>(&mut app);
        hear::<InteractionCompleted>(&mut app);
        hear::<PresenceChanged>(&mut app);
        hear::<GroupChanged>(&mut app);
        app.finish();
        app.cleanup();
        let mut game = Self { app };
        game.does(|chat| chat.login(AuthKey::new(uid, KEY)));
        game.does(|chat| chat.connect());
        game
    }

    /// The next message of that type that the game gets.
    #[track_caller]
    pub(super) fn next<M: Message>(&mut self) -> M {
        let what = std::any::type_name::<M>();
        self.wait_for(what, |world| world.resource_mut::<Heard<M>>().0.pop_front())
    }

    /// What comes of a request, which succeeds.
    #[track_caller]
    pub(super) fn does<T: Clone + Send + 'static>(
        &mut self,
        ask: impl FnOnce(&CometChat) -> Request<T>,
    ) -> T {
        let request = ask(self.app.world().resource());
        let outcome = self.wait_for("an outcome", |_| request.outcome());
        outcome.expect("the request succeeds")
    }

    #[track_caller]
    fn wait_for<T>(&mut self, what: &str, mut look: impl FnMut(&mut World) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.app.update();
            if let Some(found) = look(self.app.world_mut()) {
                return found;
            }
            assert!(Instant::now() < deadline, "the game got no {what} in time");
            thread::sleep(FRAME);
        }
    }
}

fn hear<M: Message + Clone>(app: &mut App) {
    app.insert_resource(Heard::<M>(VecDeque::new()))
        .add_systems(Update, keep::<M>);
}

fn keep<M: Message + Clone>(mut messages: MessageReader<M>, mut heard: ResMut<Heard<M>>) {
    heard.0.extend(messages.read().cloned());
}
