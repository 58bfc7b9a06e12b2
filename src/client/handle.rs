use std::{
    fmt, io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use super::{
    AppSettings, Arrivals, ChatError, Command, Completer, Counters, Events, Request,
    app_records::AppRecords,
};
use crate::{
    connection::{AppState, Mode},
    request::Attachment,
    shells::{
        self,
        queue::{self, Outcomes, ShellEnd, Wake},
    },
    storage::SessionStore,
};

/// A handle to a client. Clones share the client. It stops when the last clone is dropped.
#[derive(Clone)]
pub struct Client {
    commands: async_channel::Sender<Command>,
    open_requests: Arc<AtomicUsize>,
    counters: Arc<Counters>,
    arrivals: Arrivals,
    attachment: Option<Attachment>,
    controls: Arc<Mutex<Controls>>,
}

/// The state that the clones of a handle share: settings, and the last reports of the game.
#[derive(Default)]
struct Controls {
    mode: Mode,
    /// Whether the game switched the keep-alive service on or off. `None` leaves it to the mode.
    keep_alive: Option<bool>,
    app_state: AppState,
    /// The rate limit of the settings that the client is initialised with.
    messages_per_minute: Option<u32>,
    /// The game's own records.
    records: Option<AppRecords>,
}

impl Client {
    /// Starts a client outside Bevy. Requests end even if the events are not received.
    ///
    /// ```no_run
    /// use bevy_cometchat::{
    ///     AppSettings, AuthKey,
    ///     client::{Client, Event},
    ///     model::TextMessage,
    /// };
    ///
    /// # async fn bot() -> Result<(), Box<dyn std::error::Error>> {
    /// let (client, mut events) = Client::start()?;
    /// client.init("APP_ID", AppSettings::builder().region("us").build()).await?;
    /// client.login(AuthKey::new("bot", "AUTH_KEY")).await?;
    /// while let Some(event) = events.next().await {
    ///     if let Event::MessageReceived(message) = event {
    ///         let answer = TextMessage::to_user(&message.sender.uid, "I heard you");
    ///         client.send_message(answer).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the thread of the client can't be started.
    pub fn start() -> io::Result<(Self, Events)> {
        let (signal, arrivals) = async_channel::bounded(1);
        let wake = Box::new(move || {
            let _ = signal.try_send(());
        });
        let (client, events, end) = Self::detached(Outcomes::AtOnce, wake);
        shells::start(end)?;
        Ok((client, events.with_arrivals(arrivals)))
    }

    /// A client without a shell.
    pub(crate) fn detached(outcomes: Outcomes, wake: Wake) -> (Self, Events, ShellEnd) {
        let counters = Arc::new(Counters::default());
        let (sender, commands) = async_channel::unbounded();
        let (sink, events) = queue::queue(counters.clone(), outcomes, wake);
        let client = Self {
            commands: sender,
            open_requests: Arc::default(),
            counters: counters.clone(),
            arrivals: events.arrivals(),
            attachment: None,
            controls: Arc::default(),
        };
        (
            client,
            events,
            ShellEnd {
                commands,
                sink,
                counters,
            },
        )
    }

    /// Attaches something to every request of this handle and its clones.
    pub(crate) fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.attachment = Some(attachment);
        self
    }

    /// The last reported state of the app.
    pub fn app_state(&self) -> AppState {
        self.controls().app_state
    }

    /// Reports the state of the app. In a game, the plugin does this, according to
    /// [`CometChatSettings`](crate::CometChatSettings).
    pub fn set_app_state(&self, state: AppState) {
        // The lock is held while sending, so that the state that was sent last is the one that is stored.
        let mut controls = self.controls();
        controls.app_state = state;
        self.send(Command::AppState(state));
    }

    /// Sets whether a hidden page is in the background, whatever the app reports. Only browsers have pages.
    pub(crate) fn suspend_when_hidden(&self, suspend: bool) {
        self.send(Command::SuspendWhenHidden(suspend));
    }

    /// Whether the keep-alive service is on. Default: on in auto mode, off in manual mode.
    pub fn keep_alive(&self) -> bool {
        self.controls().keep_alive()
    }

    /// Switches the keep-alive service. While it is on,
    /// [`Events::take_keep_alive_due`](super::Events::take_keep_alive_due) returns whether a ping is due. In a game,
    /// [`CometChatSettings::keep_alive`](crate::CometChatSettings::keep_alive) does this.
    pub fn set_keep_alive(&self, enabled: bool) {
        self.choose_keep_alive(Some(enabled));
    }

    /// Switches the keep-alive service. `None` leaves it to the mode.
    pub(crate) fn choose_keep_alive(&self, choice: Option<bool>) {
        let mut controls = self.controls();
        controls.keep_alive = choice;
        self.send(Command::KeepAlive(controls.keep_alive()));
    }

    /// Takes over the settings that the client is initialised with, and their store, which the session and the records
    /// share.
    pub(super) fn take_settings(
        &self,
        app_id: &str,
        settings: &AppSettings,
        store: Arc<dyn SessionStore>,
    ) {
        let mut controls = self.controls();
        controls.mode = settings.mode();
        controls.messages_per_minute = settings.outbox.per_minute;
        controls.records = Some(AppRecords::new(app_id, store));
    }

    /// The game's own records, if the client is initialised.
    pub(super) fn records(&self) -> Option<AppRecords> {
        self.controls().records.clone()
    }

    /// The number of messages that the client sends in a minute at most:
    /// [`OutboxLimits::per_minute`](super::OutboxLimits::per_minute). `None` if there is no limit, or before the
    /// client is initialised.
    pub fn messages_per_minute(&self) -> Option<u32> {
        self.controls().messages_per_minute
    }

    fn controls(&self) -> MutexGuard<'_, Controls> {
        self.controls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The counters of what was dropped, or reached the game unread.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The current lengths of the queues.
    pub fn queue_depths(&self) -> QueueDepths {
        QueueDepths {
            events: self.arrivals.waiting(),
            requests: self.open_requests.load(Relaxed),
            outbox: self.counters.outbox(),
        }
    }

    /// Closes the connection and stops the client. Open requests fail; the session stays saved. The last
    /// events can still be received.
    pub fn shut_down(&self) {
        self.send(Command::Shutdown);
    }

    pub(super) fn send(&self, command: Command) {
        // A client that has stopped takes no commands.
        let _ = self.commands.try_send(command);
    }

    /// Starts an operation; `operation` is its name.
    pub(super) fn request<T: Clone + Send + 'static>(
        &self,
        operation: &'static str,
        command: impl FnOnce(Completer<T>) -> Command,
    ) -> Request<T> {
        match Request::begin(operation, &self.open_requests) {
            Ok((request, completer)) => {
                // When the shell has ended, dropping the command ends the request.
                self.send(command(completer));
                request.with_attachment(self.attachment.clone())
            }
            Err(error) => self.ended(operation, Err(error)),
        }
    }

    /// An operation whose outcome is known at once.
    pub(super) fn ended<T: Clone + Send + 'static>(
        &self,
        operation: &'static str,
        outcome: Result<T, ChatError>,
    ) -> Request<T> {
        Request::ended(operation, outcome).with_attachment(self.attachment.clone())
    }
}

impl Controls {
    fn keep_alive(&self) -> bool {
        self.keep_alive.unwrap_or(self.mode == Mode::Auto)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("queue_depths", &self.queue_depths())
            .finish_non_exhaustive()
    }
}

/// The lengths of the queues between the game and the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueDepths {
    /// The events that the game has not processed. At 4,096 the client stops reading from the connection.
    pub events: usize,
    /// The requests that have not ended, at most 1,024.
    pub requests: usize,
    /// The messages in the outbox: being sent, pending, and failed.
    pub outbox: usize,
}
