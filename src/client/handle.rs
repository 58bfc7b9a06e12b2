use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{
    AppSettings, Arrivals, ChatApi, Command, Completer, Counters, Credentials, Events, Question,
    QueueDepths, Request,
    api::Asked,
    driver,
    queue::{self, EventSink, Outcomes, Wake},
};
use crate::{connection::AppState, model::User};

/// A handle on a client; clone it at will. When the last clone is dropped the client stops.
#[derive(Clone, Debug)]
pub struct Client {
    commands: async_channel::Sender<Command>,
    open_requests: Arc<AtomicUsize>,
    counters: Arc<Counters>,
    arrivals: Arrivals,
}

/// The other end of a [`Client`] and its [`Events`]: what a driver works with.
pub(crate) struct DriverEnd {
    pub(crate) commands: async_channel::Receiver<Command>,
    pub(crate) sink: EventSink,
    pub(crate) counters: Arc<Counters>,
}

impl Client {
    /// Starts a client of its own, outside Bevy. Requests end whether or not the events are taken.
    ///
    /// ```no_run
    /// use bevy_cometchat::{
    ///     AppSettings, AuthKey,
    ///     client::{Client, Event, MessageApi},
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
    /// When the platform refuses another thread.
    pub fn start() -> io::Result<(Self, Events)> {
        let (signal, arrivals) = async_channel::bounded(1);
        let wake = Box::new(move || {
            let _ = signal.try_send(());
        });
        let (client, events, end) = Self::detached(Outcomes::AtOnce, wake);
        driver::spawn(end)?;
        Ok((client, events.with_arrivals(arrivals)))
    }

    /// A client without a driver.
    pub(crate) fn detached(outcomes: Outcomes, wake: Wake) -> (Self, Events, DriverEnd) {
        let counters = Arc::new(Counters::default());
        let (sender, commands) = async_channel::unbounded();
        let (sink, events) = queue::queue(counters.clone(), outcomes, wake);
        let client = Self {
            commands: sender,
            open_requests: Arc::default(),
            counters: counters.clone(),
            arrivals: events.arrivals(),
        };
        (
            client,
            events,
            DriverEnd {
                commands,
                sink,
                counters,
            },
        )
    }

    /// Opens local storage and restores a saved user, without any network I/O of its own (rules S1 and S4). Ends
    /// with that user.
    ///
    /// # Errors
    /// [`MissingParameters`](super::ErrorCode::MissingParameters) for an app id that is none,
    /// [`InvalidRegion`](super::ErrorCode::InvalidRegion), [`InvalidSettings`](super::ErrorCode::InvalidSettings),
    /// [`Storage`](super::ErrorCode::Storage).
    pub fn init(
        &self,
        app_id: impl Into<String>,
        settings: AppSettings,
    ) -> Request<Option<Arc<User>>> {
        self.request(|done| Command::Init {
            app_id: app_id.into(),
            settings: Box::new(settings),
            done,
        })
    }

    /// Logs a user in; the session is saved before this succeeds (rules S2 and S3).
    ///
    /// # Errors
    /// [`LoginInProgress`](super::ErrorCode::LoginInProgress), what the server refuses,
    /// [`ServerUnreachable`](super::ErrorCode::ServerUnreachable) when it can't be reached.
    pub fn login(&self, credentials: impl Into<Credentials>) -> Request<Arc<User>> {
        self.request(|done| Command::Login {
            credentials: credentials.into(),
            done,
        })
    }

    /// Logs the user out, locally also when the server can't be reached (rule S5).
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](super::ErrorCode::UserNotLoggedIn); [`Storage`](super::ErrorCode::Storage) when the saved
    /// session could not be removed, so that it would be back at the next start.
    pub fn logout(&self) -> Request<()> {
        self.request(Command::Logout)
    }

    /// Goes on with a new token for the user who is logged in: the answer to
    /// [`Event::TokenExpired`](super::Event::TokenExpired), or ahead of it (rules T1–T3). Succeeds with the user; the
    /// requests that failed for the old token are made again.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](super::ErrorCode::UserNotLoggedIn),
    /// [`AnotherUsersToken`](super::ErrorCode::AnotherUsersToken),
    /// [`LoginInProgress`](super::ErrorCode::LoginInProgress) while the one before is looked at, what the server
    /// refuses, [`ServerUnreachable`](super::ErrorCode::ServerUnreachable). Until the time is over, another can be tried.
    pub fn renew_token(&self, credentials: impl Into<Credentials>) -> Request<Arc<User>> {
        self.request(|done| Command::RenewToken {
            credentials: credentials.into(),
            done,
        })
    }

    /// Opens the connection; succeeds when it is live (rule M2).
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](super::ErrorCode::UserNotLoggedIn), or
    /// [`NotConnected`](super::ErrorCode::NotConnected) with the cause.
    pub fn connect(&self) -> Request<()> {
        self.request(Command::Connect)
    }

    /// Closes the connection; nothing but [`connect`](Self::connect), a login or the next start opens it again
    /// (rules A5 and M3).
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](super::ErrorCode::UserNotLoggedIn).
    pub fn disconnect(&self) -> Request<()> {
        self.request(Command::Disconnect)
    }

    /// Tells the server that the game is alive, and restarts the background timeout; succeeds with the round-trip time
    /// (rule M4).
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](super::ErrorCode::UserNotLoggedIn),
    /// [`NotConnected`](super::ErrorCode::NotConnected).
    pub fn ping(&self) -> Request<Duration> {
        self.request(Command::Ping)
    }

    /// Says whether the app is in the foreground (rules F1–F3).
    pub fn set_app_state(&self, state: AppState) {
        let _ = self.commands.try_send(Command::AppState(state));
    }

    /// Says whether the game pings by itself, so that the client reports when a ping is due
    /// ([`Events::take_keep_alive_due`]).
    pub fn set_keep_alive(&self, enabled: bool) {
        let _ = self.commands.try_send(Command::KeepAlive(enabled));
    }

    /// What never reached the game.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// How much waits now.
    pub fn queue_depths(&self) -> QueueDepths {
        QueueDepths {
            events: self.arrivals.waiting(),
            requests: self.open_requests.load(Relaxed),
            outbox: self.counters.outbox(),
        }
    }

    /// Closes the connection and stops the client (rule X1). Open requests fail; the session stays saved. The last
    /// events can still be taken.
    pub fn shut_down(&self) {
        let _ = self.commands.try_send(Command::Shutdown);
    }

    fn request<T: Clone + Send + 'static>(
        &self,
        command: impl FnOnce(Completer<T>) -> Command,
    ) -> Request<T> {
        match Request::new(&self.open_requests) {
            Ok((request, completer)) => {
                // When the driver has ended, dropping the command ends the request.
                let _ = self.commands.try_send(command(completer));
                request
            }
            Err(error) => Request::ended(Err(error)),
        }
    }
}

impl ChatApi for Client {
    type Request<T: Clone + Send + 'static> = Request<T>;

    fn ask<T: Clone + Send + 'static>(&self, question: Question<T>) -> Request<T> {
        match question.0 {
            Asked::Command(command) => self.request(command),
            Asked::Known(outcome) => Request::ended(outcome),
        }
    }
}
