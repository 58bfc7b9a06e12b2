use std::{fmt, sync::Arc};

use bevy::{
    app::AppExit,
    prelude::{App, AppExtStates, In, IntoScheduleConfigs, Last, Plugin, PreUpdate, on_message},
    state::app::StatesPlugin,
    window::{
        AppLifecycle, ExitSystems, RequestRedraw, WindowFocused, WindowOccluded, WindowResized,
    },
};
use tracing::error;

use super::{
    AppStateSource, CometChat, CometChatSettings, CometChatSystems, ConnectionState,
    app_state::{self, AppWatch},
    callbacks::Callbacks,
    comet_chat::stop_on_exit,
    connection_state,
    driver::{Backend, RunningDriver, default_backend},
    events,
    receive::{self, Inbox},
    settings, system_sets,
    wake::Waker,
    zones,
};
use crate::{
    client::{AppSettings, ChatError, Client},
    setters::setters,
    shells::queue::Outcomes,
};

/// Adds chat to an app.
///
/// ```no_run
/// use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// App::new()
///     .add_plugins((
///         DefaultPlugins,
///         CometChatPlugin::new("APP_ID", AppSettings::builder().region("us").build()),
///     ))
///     .add_systems(Startup, |chat: Res<CometChat>| {
///         chat.login(AuthKey::new("player-1", "AUTH_KEY"));
///     })
///     .add_systems(Update, |mut received: MessageReader<MessageReceived>| {
///         for message in received.read() {
///             println!("{}: {}", message.sender.name, message.text().unwrap_or("…"));
///         }
///     })
///     .run();
/// ```
///
/// Add it after `DefaultPlugins`, or after Bevy's `StatesPlugin`, which it adds to an app that lacks it.
///
/// The client runs on its own thread, and its connection is closed when the app exits. Several apps in one process are
/// independent.
pub struct CometChatPlugin {
    /// Returns the app id and the settings to initialise the client with, if any. Called when the plugin is built.
    init: Box<dyn InitFn>,
    settings: CometChatSettings,
    backend: Arc<dyn Backend>,
    waker: Waker,
}

/// A function that returns the app id and the settings to initialise the client with.
pub(super) trait InitFn:
    Fn(&mut App) -> Option<(String, AppSettings)> + Send + Sync + 'static
{
}

impl<F> InitFn for F where F: Fn(&mut App) -> Option<(String, AppSettings)> + Send + Sync + 'static {}

impl CometChatPlugin {
    /// Initialises the client at startup. An error is logged, and later requests fail with
    /// [`NotInitialized`](crate::ErrorCode::NotInitialized).
    pub fn new(app_id: impl Into<String>, settings: AppSettings) -> Self {
        let init = (app_id.into(), settings);
        Self::with_init(move |_| Some(init.clone()))
    }

    /// Does not initialise the client: the game calls [`Client::init`](crate::client::Client::init).
    pub fn uninitialized() -> Self {
        Self::with_init(|_| None)
    }

    pub(super) fn with_init(init: impl InitFn) -> Self {
        Self {
            init: Box::new(init),
            settings: CometChatSettings::default(),
            backend: default_backend(),
            waker: Waker::default(),
        }
    }

    setters! {
        /// The source of the app's state. Default: [`AppStateSource::WindowFocus`].
        with_app_state_source(source: AppStateSource) => settings.app_state_source = source;
        /// Switches the keep-alive service. Default: on in auto mode, off in manual mode.
        with_keep_alive(enabled: bool) => settings.keep_alive = Some(enabled);
        /// The maximum number of events processed per update, at least 1. The others follow in the next updates.
        /// Default: 1,024.
        with_event_budget(events: usize) => settings.event_budget = events.max(1);
    }

    #[cfg(feature = "test-util")]
    pub(crate) fn with_backend(mut self, backend: Arc<dyn Backend>) -> Self {
        self.backend = backend;
        self
    }
}

impl Plugin for CometChatPlugin {
    fn build(&self, app: &mut App) {
        add_messages(app);
        self.add_client(app);
        add_state(app);
        add_systems(app);
        zones::build(app);
    }

    fn finish(&self, app: &mut App) {
        self.waker.connect_to_event_loop(app.world());
    }
}

impl CometChatPlugin {
    fn add_client(&self, app: &mut App) {
        let wake = self.waker.clone();
        let (client, events, end) =
            Client::detached(Outcomes::InOrder, Box::new(move || wake.wake()));
        let callbacks = Callbacks::new(self.waker.clone());
        let client = client.with_attachment(callbacks.clone());
        let driver = self
            .backend
            .start(app, end, &self.waker)
            .inspect_err(|error| error!("chat does not work: its thread could not start: {error}"))
            .ok();
        let inbox = Inbox::new(events, callbacks, self.waker.clone());
        let driver = RunningDriver::new(client.clone(), driver);
        let chat = CometChat::new(client, driver);
        if let Some(enabled) = self.settings.keep_alive {
            chat.set_keep_alive(enabled);
        }
        if let Some((app_id, settings)) = (self.init)(app) {
            chat.init(app_id, settings).on_error(log_init_error);
        }
        app.insert_resource(chat)
            .insert_resource(inbox)
            .insert_resource(self.settings.clone())
            .init_resource::<AppWatch>()
            .register_type::<CometChatSettings>();
    }
}

fn log_init_error(error: In<ChatError>) {
    error!("chat could not be initialised: {}", *error);
}

fn add_messages(app: &mut App) {
    events::add_messages(app);
    // A headless app has no plugin that adds these.
    app.add_message::<AppLifecycle>()
        .add_message::<RequestRedraw>()
        .add_message::<WindowFocused>()
        .add_message::<WindowOccluded>()
        .add_message::<WindowResized>();
}

fn add_state(app: &mut App) {
    if !app.is_plugin_added::<StatesPlugin>() {
        app.add_plugins(StatesPlugin);
    }
    app.init_state::<ConnectionState>()
        .register_type::<ConnectionState>();
}

/// Adds the systems, each with a run condition, so that a system without work costs no task.
fn add_systems(app: &mut App) {
    system_sets::configure(app);
    app.add_systems(
        PreUpdate,
        (
            receive::receive
                .in_set(CometChatSystems::Receive)
                .run_if(receive::is_anything_there),
            connection_state::mirror
                .after(CometChatSystems::Receive)
                .run_if(connection_state::differs),
            settings::apply_keep_alive
                .in_set(CometChatSystems::AppState)
                .before(app_state::apply_app_state)
                .run_if(settings::have_changed),
            app_state::apply_app_state
                .in_set(CometChatSystems::AppState)
                .run_if(app_state::may_have_changed),
            receive::ping
                .in_set(CometChatSystems::KeepAlive)
                .run_if(receive::is_ping_due),
        ),
    )
    .add_systems(
        Last,
        stop_on_exit
            .after(ExitSystems)
            .run_if(on_message::<AppExit>),
    );
    #[cfg(feature = "winit")]
    app.add_systems(
        PreUpdate,
        app_state::polling::poll_minimized
            .in_set(CometChatSystems::AppState)
            .before(app_state::apply_app_state)
            .run_if(app_state::polling::is_due),
    );
}

impl fmt::Debug for CometChatPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CometChatPlugin")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
