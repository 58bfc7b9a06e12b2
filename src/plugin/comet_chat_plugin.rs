use std::{fmt, sync::Arc};

use bevy::{
    app::AppExit,
    prelude::{App, In, IntoScheduleConfigs, Last, Plugin, PreUpdate, on_message},
    window::{
        AppLifecycle, ExitSystems, RequestRedraw, WindowFocused, WindowOccluded, WindowResized,
    },
};
use tracing::error;

use super::{
    AppStateSource, CometChat, CometChatSystems, ConnectionChanged, GroupChanged,
    InteractionCompleted, LoggedIn, LoggedOut, MessageDeleted, MessageEdited, MessageModerated,
    MessageReceived, MessagesRecovered, OutboxChanged, OwnUserChanged, PresenceChanged,
    RawReceived, ReactionChanged, ReceiptReceived, SendsPaused, SessionSetAside, TokenExpired,
    TransientReceived, TypingChanged,
    app_state::{self, AppWatch},
    callbacks::Callbacks,
    driver::{Backend, RunningDriver, default_backend},
    exit, keep_alive,
    receive::{self, Inbox, InboxOptions},
    wake::Waker,
    zones,
};
use crate::{
    client::{AppSettings, ChatError, Client},
    shells::queue::Outcomes,
};

/// How many events are taken in per update unless the game says otherwise.
const EVENT_BUDGET: usize = 1_024;

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
/// The client runs on a thread of its own, and its connection is closed when the app exits (rule X1). Several apps
/// in one process have nothing in common.
pub struct CometChatPlugin {
    init: Option<(String, AppSettings)>,
    source: AppStateSource,
    keep_alive: Option<bool>,
    inbox: InboxOptions,
    backend: Arc<dyn Backend>,
    waker: Waker,
}

impl CometChatPlugin {
    /// Initialises the client at startup. An error of that is logged, and later requests fail with
    /// [`NotInitialized`](crate::ErrorCode::NotInitialized) (rule S1).
    pub fn new(app_id: impl Into<String>, settings: AppSettings) -> Self {
        Self {
            init: Some((app_id.into(), settings)),
            ..Self::uninitialized()
        }
    }

    /// Leaves it to the game to call [`CometChat::init`].
    pub fn uninitialized() -> Self {
        Self {
            init: None,
            source: AppStateSource::default(),
            keep_alive: None,
            inbox: InboxOptions {
                budget: EVENT_BUDGET,
                observers: false,
            },
            backend: default_backend(),
            waker: Waker::default(),
        }
    }

    /// What the app's state is derived from. Default: [`AppStateSource::WindowFocus`] (rule F1).
    #[must_use]
    pub fn with_app_state_source(mut self, source: AppStateSource) -> Self {
        self.source = source;
        self
    }

    /// Switches the keep-alive service. Default: on in auto mode, off in manual mode (rule K1).
    #[must_use]
    pub fn with_keep_alive(mut self, enabled: bool) -> Self {
        self.keep_alive = Some(enabled);
        self
    }

    /// Triggers everything that is written as a message as an event too, in the same order:
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::prelude::*;
    ///
    /// # let mut app = App::new();
    /// app.add_plugins(CometChatPlugin::uninitialized().with_observers())
    ///     .add_observer(|received: On<MessageReceived>| println!("{:?}", received.text()));
    /// ```
    #[must_use]
    pub fn with_observers(mut self) -> Self {
        self.inbox.observers = true;
        self
    }

    /// How many events are taken in per update at most; the rest follows in the next ones. Default: 1,024, at
    /// least 1. It bounds how long a flood can hold a frame up.
    #[must_use]
    pub fn with_event_budget(mut self, events: usize) -> Self {
        self.inbox.budget = events.max(1);
        self
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
        let inbox = Inbox::new(events, callbacks.clone(), self.waker.clone(), self.inbox);
        let driver = RunningDriver::new(client.clone(), driver);
        let chat = CometChat::new(client, self.source, driver);

        if let Some(enabled) = self.keep_alive {
            chat.set_keep_alive(enabled);
        }
        if let Some((app_id, settings)) = &self.init {
            chat.init(app_id, settings.clone()).on_error(log_init_error);
        }
        app.insert_resource(chat)
            .insert_resource(inbox)
            .init_resource::<AppWatch>();
    }
}

fn log_init_error(error: In<ChatError>) {
    error!("chat could not be initialised: {}", *error);
}

fn add_messages(app: &mut App) {
    app.add_message::<ConnectionChanged>()
        .add_message::<LoggedIn>()
        .add_message::<LoggedOut>()
        .add_message::<OwnUserChanged>()
        .add_message::<MessageReceived>()
        .add_message::<GroupChanged>()
        .add_message::<InteractionCompleted>()
        .add_message::<MessageDeleted>()
        .add_message::<MessageEdited>()
        .add_message::<MessageModerated>()
        .add_message::<PresenceChanged>()
        .add_message::<RawReceived>()
        .add_message::<ReactionChanged>()
        .add_message::<ReceiptReceived>()
        .add_message::<TransientReceived>()
        .add_message::<MessagesRecovered>()
        .add_message::<OutboxChanged>()
        .add_message::<SendsPaused>()
        .add_message::<SessionSetAside>()
        .add_message::<TokenExpired>()
        .add_message::<TypingChanged>()
        // A headless app has no plugin that does this.
        .add_message::<AppLifecycle>()
        .add_message::<RequestRedraw>()
        .add_message::<WindowFocused>()
        .add_message::<WindowOccluded>()
        .add_message::<WindowResized>();
}

/// Each system is behind a condition: one that has nothing to do costs no task.
fn add_systems(app: &mut App) {
    app.configure_sets(
        PreUpdate,
        (
            CometChatSystems::Receive,
            CometChatSystems::AppState,
            CometChatSystems::KeepAlive,
            CometChatSystems::Channels,
        )
            .chain_ignore_deferred(),
    )
    .add_systems(
        PreUpdate,
        (
            receive::receive
                .in_set(CometChatSystems::Receive)
                .run_if(receive::is_anything_there),
            app_state::follow_app
                .in_set(CometChatSystems::AppState)
                .run_if(app_state::may_have_changed),
            keep_alive::ping_when_due
                .in_set(CometChatSystems::KeepAlive)
                .run_if(keep_alive::is_ping_due),
        ),
    )
    .add_systems(
        Last,
        exit::leave.after(ExitSystems).run_if(on_message::<AppExit>),
    );
}

impl fmt::Debug for CometChatPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CometChatPlugin")
            .field("source", &self.source)
            .field("keep_alive", &self.keep_alive)
            .field("inbox", &self.inbox)
            .finish_non_exhaustive()
    }
}
