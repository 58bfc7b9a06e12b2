//! A headless game with the plugin, beside the pages.

use std::{
    collections::VecDeque,
    fmt::Debug,
    thread,
    time::{Duration, Instant},
};

use bevy::prelude::*;
use bevy_cometchat::{
    InteractionCompleted, PresenceSubscription, RawReceived, local_server::LocalServer, prelude::*,
};

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
            .outbox(|limits| limits.per_minute = None)
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
        hear::<LoggedOut>(&mut app);
        hear::<RawReceived>(&mut app);
        app.finish();
        app.cleanup();
        let mut game = Self { app };
        game.log_in(uid);
        game
    }

    /// Logs in, and waits until the connection is live.
    pub(super) fn log_in(&mut self, uid: &str) {
        self.does(|chat| chat.login(AuthKey::new(uid, KEY)));
        self.does(|chat| chat.connect());
    }

    /// The next message of that type that the game gets.
    #[track_caller]
    pub(super) fn next<M: Message>(&mut self) -> M {
        let what = std::any::type_name::<M>();
        self.wait_for(what, |world| world.resource_mut::<Heard<M>>().0.pop_front())
    }

    /// What comes of a request, which succeeds.
    #[track_caller]
    pub(super) fn does<T: Clone + Send + 'static, R: Into<Request<T>>>(
        &mut self,
        ask: impl FnOnce(&CometChat) -> R,
    ) -> T {
        self.outcome(ask).expect("the request succeeds")
    }

    /// The code of the error that a request ends with.
    #[track_caller]
    pub(super) fn refused<T: Clone + Debug + Send + 'static, R: Into<Request<T>>>(
        &mut self,
        ask: impl FnOnce(&CometChat) -> R,
    ) -> ErrorCode {
        self.outcome(ask).expect_err("the request is refused").code
    }

    /// That the game got no message of that type so far: ask only after something that comes later.
    #[track_caller]
    pub(super) fn heard_no<M: Message + Debug>(&mut self) {
        let heard = &self.app.world().resource::<Heard<M>>().0;
        assert!(heard.is_empty(), "the game got {heard:?}");
    }

    #[track_caller]
    fn outcome<T: Clone + Send + 'static, R: Into<Request<T>>>(
        &mut self,
        ask: impl FnOnce(&CometChat) -> R,
    ) -> Result<T, ChatError> {
        let request = ask(self.app.world().resource()).into();
        self.wait_for("an outcome", |_| request.outcome())
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
