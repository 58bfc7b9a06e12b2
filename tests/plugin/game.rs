//! A headless game under test.

use std::time::Duration;

use bevy::{
    ecs::system::{IntoSystem, RunSystemOnce},
    prelude::*,
};
use bevy_cometchat::{SessionSetAside, prelude::*, test_util::ScriptedChat};

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn auto_mode() -> AppSettings {
    AppSettings::default()
}

pub(crate) fn manual() -> AppSettings {
    AppSettings::builder()
        .auto_establish_socket_connection(false)
        .build()
}

/// An app with the plugin, everything it wrote, and the script behind it.
pub(crate) struct Game {
    pub(crate) app: App,
    pub(crate) script: ScriptedChat,
}

/// What the game was told, in words, in order.
#[derive(Resource, Default, Debug)]
pub(crate) struct Told(pub(crate) Vec<String>);

impl Game {
    pub(crate) fn new(settings: AppSettings) -> Self {
        Self::with(ScriptedChat::new(), settings, |plugin| plugin)
    }

    pub(crate) fn with(
        script: ScriptedChat,
        settings: AppSettings,
        options: impl FnOnce(CometChatPlugin) -> CometChatPlugin,
    ) -> Self {
        let plugin = options(script.plugin("app", settings));
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, plugin))
            .init_resource::<Told>()
            .add_systems(Update, keep_record);
        Self { app, script }
    }

    /// With alice logged in; in auto mode also connected.
    pub(crate) fn logged_in(settings: AppSettings) -> Self {
        let mut game = Self::new(settings);
        game.log_in();
        game
    }

    /// With alice logged in and connected.
    pub(crate) fn connected(settings: AppSettings) -> Self {
        let mut game = Self::logged_in(settings);
        if game.status() != ConnectionStatus::Connected {
            game.chat().connect();
            game.settle();
        }
        assert_eq!(game.status(), ConnectionStatus::Connected);
        game
    }

    pub(crate) fn log_in(&mut self) {
        self.chat().login(AuthKey::new("alice", "key"));
        self.settle();
        assert!(self.chat().logged_in_user().is_some());
    }

    pub(crate) fn chat(&self) -> &CometChat {
        self.app.world().resource::<CometChat>()
    }

    pub(crate) fn status(&self) -> ConnectionStatus {
        self.chat().connection_status()
    }

    pub(crate) fn last_cause(&self) -> Cause {
        self.chat().last_change().expect("the status changed").cause
    }

    /// Lets requests and their outcomes come and go, in no time.
    pub(crate) fn settle(&mut self) {
        for _ in 0..3 {
            self.script.update(&mut self.app);
        }
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.script.advance(&mut self.app, duration);
    }

    pub(crate) fn advance_at(&mut self, duration: Duration, frame: Duration) {
        self.script.advance_at(&mut self.app, duration, frame);
    }

    pub(crate) fn sleep(&mut self, duration: Duration) {
        self.script.sleep(&mut self.app, duration);
    }

    pub(crate) fn freeze(&mut self, duration: Duration) {
        self.script.freeze(&mut self.app, duration);
    }

    pub(crate) fn settings(&mut self) -> Mut<'_, CometChatSettings> {
        self.app.world_mut().resource_mut::<CometChatSettings>()
    }

    pub(crate) fn set_app_state(&mut self, state: AppState) {
        self.settings().set_app_state(state);
    }

    pub(crate) fn background(&mut self) {
        self.set_app_state(AppState::Background);
        self.settle();
    }

    pub(crate) fn foreground(&mut self) {
        self.set_app_state(AppState::Foreground);
        self.settle();
    }

    pub(crate) fn told(&self) -> &[String] {
        &self.app.world().resource::<Told>().0
    }

    pub(crate) fn forget(&mut self) {
        self.app.world_mut().resource_mut::<Told>().0.clear();
    }

    pub(crate) fn run<T: 'static, M>(&mut self, system: impl IntoSystem<(), T, M>) -> T {
        self.app
            .world_mut()
            .run_system_once(system)
            .expect("the system runs")
    }
}

fn keep_record(
    mut told: ResMut<Told>,
    mut logins: MessageReader<LoggedIn>,
    mut logouts: MessageReader<LoggedOut>,
    mut changes: MessageReader<ConnectionChanged>,
    mut messages: MessageReader<MessageReceived>,
    mut typing: MessageReader<TypingChanged>,
    mut set_aside: MessageReader<SessionSetAside>,
) {
    let told = &mut told.0;
    told.extend(set_aside.read().map(|_| "session set aside".to_owned()));
    told.extend(
        logins
            .read()
            .map(|login| format!("{} in ({:?})", login.user.uid, login.origin)),
    );
    told.extend(
        messages
            .read()
            .map(|message| message.text().unwrap_or("?").to_owned()),
    );
    told.extend(
        typing
            .read()
            .map(|typing| format!("{} types: {}", typing.user.uid, typing.typing)),
    );
    told.extend(
        changes
            .read()
            .map(|change| format!("{} ({:?})", change.to, change.cause)),
    );
    told.extend(
        logouts
            .read()
            .map(|logout| format!("{} out ({:?})", logout.user.uid, logout.cause)),
    );
}
