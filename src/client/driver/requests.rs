//! What the game asks for: `init`, `login`, `logout`, messages, and what the lifecycle decides about.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc, time::Duration};

use tracing::warn;

use super::{
    api::{self, Api, Caller},
    connector::Connector,
    event_loop::{App, CallInFlight, EventLoop, Happening, Login, Waiting},
    http::Http,
    progress::Progress,
    tls,
};
use crate::{
    client::{
        AppSettings, ChatError, Command, Completer, Credentials, ErrorCode, Event, SessionStore,
        event::Ended,
        operation::{Call, PendingCall, Reply},
        outbox::{self, Outbox},
        renewal::Renewal,
        session::{Record, Session},
    },
    lifecycle::{AppState, Cause, Input, Lifecycle, SessionOrigin, Ticket},
    model::User,
};

/// The least time between two savings of how far the game has come.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(10);

impl EventLoop {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Init {
                app_id,
                settings,
                done,
            } => {
                let outcome = self.init(app_id, *settings);
                let restored = outcome.as_ref().is_ok_and(Option::is_some);
                self.settle(done, outcome);
                if restored {
                    self.handle(Input::SessionOpened(SessionOrigin::Restored));
                }
            }
            Command::Login { credentials, done } => self.login(credentials, done),
            Command::Logout(done) => self.logout(done),
            Command::Connect(done) => self.ask(Input::Connect, Waiting::Done(done)),
            Command::Disconnect(done) => self.ask(Input::Disconnect, Waiting::Done(done)),
            Command::Ping(done) => self.ask(Input::Ping, Waiting::Pong(done)),
            Command::RenewToken { credentials, done } => self.renew_token(credentials, done),
            Command::SendMessage {
                muid,
                message,
                done,
            } => {
                self.end_typing_to(&message.envelope.receiver);
                self.send_message(muid, message, done);
            }
            Command::Resend { muid, done } => self.resend(muid, done),
            Command::Discard { muid, done } => self.discard(muid, done),
            Command::Call(call) => self.call(call),
            Command::Signal { signal, done } => self.signal(&signal, done),
            Command::Mark { mark, done } => self.mark(*mark, done),
            Command::AppState(state) => {
                self.app_state = state;
                self.handle(Input::AppState(state));
                if state == AppState::Foreground {
                    self.work_outbox(outbox::Input::NetworkBack);
                }
            }
            Command::KeepAlive(enabled) => {
                self.keep_alive = Some(enabled);
                self.handle(Input::KeepAlive(enabled));
            }
            Command::Shutdown => {}
        }
    }

    fn init(
        &mut self,
        app_id: String,
        settings: AppSettings,
    ) -> Result<Option<Arc<User>>, ChatError> {
        settings.check(&app_id)?;
        let store = settings.session_store(&app_id)?;
        let connector = Connector {
            tls: tls::connector(&settings.trusted_certificates)?,
            encryption: settings.encryption,
            takes_back: false,
        };
        let http_connector = Connector {
            takes_back: true,
            ..connector.clone()
        };
        self.leave_app();
        let mut record = self.load_record(&*store, &app_id);
        if !settings.persistent_outbox {
            record.outbox.clear();
        }
        let unsent = record.outbox.clone();
        let user = record.session.as_ref().map(|session| session.user.clone());
        let progress = record
            .session
            .as_ref()
            .map_or_else(Progress::default, Progress::of);
        let seed = fastrand::u64(..);
        self.app = Some(App {
            lifecycle: Lifecycle::new(
                settings.mode,
                settings.background,
                settings.timing.clone(),
                seed,
            ),
            outbox: Rc::new(RefCell::new(Outbox::new(
                &settings.outbox,
                &settings.timing,
                fastrand::u64(..),
            ))),
            attempts: HashMap::new(),
            renewal: Renewal::new(settings.token_renewal_timeout),
            renewing: None,
            outdated_link: None,
            api: Rc::new(Api {
                http: Http::new(
                    http_connector,
                    settings.request_timeout,
                    self.spawner.clone(),
                ),
                inbox: self.inbox.0.clone(),
                app_id,
                settings,
                device_id: record.device_id.clone(),
                resource: format!(
                    "BEVY-{}-{}-{}",
                    env!("CARGO_PKG_VERSION").replace('.', "_"),
                    uuid::Uuid::new_v4(),
                    api::milliseconds_now()
                ),
            }),
            connector,
            store,
            record,
            links: HashMap::new(),
            closing: Vec::new(),
            waiting: HashMap::new(),
            login: None,
            calls: HashMap::new(),
            progress: Rc::new(progress),
            progress_saved: Duration::ZERO,
            signals: Rc::default(),
        });
        self.handle(Input::AppState(self.app_state));
        if let Some(enabled) = self.keep_alive {
            self.handle(Input::KeepAlive(enabled));
        }
        if let Some(user) = &user {
            self.emit(Event::LoggedIn {
                user: user.clone(),
                origin: SessionOrigin::Restored,
            });
            self.work_outbox(outbox::Input::Restored(unsent));
        }
        Ok(user)
    }

    /// Lets go of what an earlier `init` set up. Its session stays saved.
    fn leave_app(&mut self) {
        self.save_progress();
        self.close_session(Cause::InitCalled);
        self.app = None;
    }

    fn load_record(&mut self, store: &dyn SessionStore, app_id: &str) -> Record {
        let fresh = || {
            let device = format!(
                "{app_id}_{}_{}",
                uuid::Uuid::new_v4(),
                api::milliseconds_now()
            );
            Record::new(app_id, device)
        };
        let reason = match Record::load(store, app_id) {
            Ok(Some(record)) => return record,
            Ok(None) => return fresh(),
            Err(reason) => reason,
        };
        let reason = match store.set_aside() {
            Ok(place) => {
                format!("the saved session could not be used: {reason}; it is now at {place}")
            }
            Err(error) => {
                format!("the saved session could not be used: {reason}; nor set aside: {error}")
            }
        };
        warn!("{reason}");
        self.emit(Event::SessionSetAside {
            reason: reason.into(),
        });
        fresh()
    }

    fn ask(&mut self, input: fn(Ticket) -> Input, waiting: Waiting) {
        let ticket = Ticket(self.next_id());
        match &mut self.app {
            Some(app) => {
                app.waiting.insert(ticket, waiting);
                self.handle(input(ticket));
            }
            None => match waiting {
                Waiting::Done(done) => self.settle(done, Err(ChatError::not_initialized())),
                Waiting::Pong(done) => self.settle(done, Err(ChatError::not_initialized())),
            },
        }
    }

    fn login(&mut self, credentials: Credentials, done: Completer<Arc<User>>) {
        let Some(app) = &self.app else {
            return self.settle(done, Err(ChatError::not_initialized()));
        };
        if let Err(error) = credentials.check() {
            return self.settle(done, Err(error));
        }
        if app.login.is_some() {
            return self.settle(done, Err(ChatError::login_in_progress()));
        }
        match &app.record.session {
            Some(session) if session.is_of(&credentials) => {
                let user = session.user.clone();
                return self.settle(done, Ok(user));
            }
            Some(_) => {
                if let Err(error) = self.end_session(Cause::LoggedOut) {
                    return self.settle(done, Err(error));
                }
            }
            None => {}
        }
        self.start_login(credentials, done);
    }

    fn start_login(&mut self, credentials: Credentials, done: Completer<Arc<User>>) {
        let id = self.next_id();
        let Some(app) = &mut self.app else { return };
        let api = app.api.clone();
        let inbox = self.inbox.0.clone();
        let task = self.spawner.spawn(async move {
            let outcome = api.login(credentials).await;
            let _ = inbox.try_send(Happening::LoginEnded(id, outcome));
        });
        app.login = Some(Login {
            id,
            done,
            _task: task,
        });
    }

    pub(super) fn end_login(&mut self, id: u64, outcome: Result<Session, ChatError>) {
        let Some(app) = &mut self.app else { return };
        let Some(login) = app.login.take_if(|login| login.id == id) else {
            return;
        };
        let outcome = outcome.and_then(|session| app.open_session(session));
        match outcome {
            Ok(user) => {
                self.emit(Event::LoggedIn {
                    user: user.clone(),
                    origin: SessionOrigin::Login,
                });
                self.settle(login.done, Ok(user));
                self.handle(Input::SessionOpened(SessionOrigin::Login));
            }
            Err(error) => self.settle(login.done, Err(error)),
        }
    }

    fn logout(&mut self, done: Completer<()>) {
        let Some(app) = &mut self.app else {
            return self.settle(done, Err(ChatError::not_initialized()));
        };
        if let Some(login) = app.login.take() {
            self.settle(login.done, Err(ChatError::cancelled(Cause::LoggedOut)));
            return self.settle(done, Ok(()));
        }
        let Some(session) = app.record.session.clone() else {
            return self.settle(done, Err(ChatError::not_logged_in()));
        };
        let api = app.api.clone();
        let removed = self.end_session(Cause::LoggedOut);
        let inbox = self.inbox.0.clone();
        let task = self.spawner.spawn(async move {
            if let Err(error) = api.log_out(&session).await {
                warn!("logged out, but the server could not be told: {error}");
            }
            let _ = inbox.try_send(Happening::LogoutEnded(done, removed));
        });
        if let Some(task) = task {
            task.detach();
        }
    }

    /// Asks the server for something.
    pub(super) fn call(&mut self, call: PendingCall) {
        let id = self.next_id();
        let caller = match self.caller(&call.call) {
            Ok(caller) => caller,
            Err(error) => return self.end(call, Err(error)),
        };
        let Some(app) = &mut self.app else { return };
        let api = app.api.clone();
        let inbox = self.inbox.0.clone();
        let asked = call.call.clone();
        let task = self.spawner.spawn(async move {
            let reply = api.perform_for(&caller, asked).await;
            let reply = reply.map_err(ChatError::from);
            let _ = inbox.try_send(Happening::CallEnded(id, reply));
        });
        app.calls.insert(id, CallInFlight { call, _task: task });
    }

    pub(super) fn end_call(&mut self, id: u64, reply: Result<Reply, ChatError>) {
        let call = self.app.as_mut().and_then(|app| app.calls.remove(&id));
        if let Some(CallInFlight { call, .. }) = call {
            self.end(call, reply);
        }
    }

    fn caller(&self, call: &Call) -> Result<Caller, ChatError> {
        let app = self.app.as_ref().ok_or_else(ChatError::not_initialized)?;
        match (&call.key, &app.record.session) {
            (Some(key), _) => Ok(Caller::App(key.clone())),
            (None, Some(session)) => Ok(Caller::User(Box::new(session.clone()))),
            (None, None) => Err(ChatError::not_logged_in()),
        }
    }

    fn end(&mut self, call: PendingCall, reply: Result<Reply, ChatError>) {
        if let (true, Ok(reply)) = (call.changes_own_user, &reply) {
            self.change_own_user(reply);
        }
        let ending = call.end(reply);
        if let (Some(app), Some(message)) = (&self.app, ending.message) {
            app.progress.note(&message);
            self.emit(Event::OwnMessageChanged(message));
        }
        self.emit(Event::Settled(Ended(ending.settlement)));
        if ending.token_is_unknown {
            self.session_is_unknown();
        }
    }

    pub(super) fn session(&self) -> Result<Session, ChatError> {
        let app = self.app.as_ref().ok_or_else(ChatError::not_initialized)?;
        let session = app.record.session.as_ref();
        session.cloned().ok_or_else(ChatError::not_logged_in)
    }

    /// Takes over what the server says of the logged-in user, and the tokens that come with it.
    fn change_own_user(&mut self, reply: &Reply) {
        // A refusal, or a reply that lacks something, is told to who asked.
        let Ok(me) = reply.data() else { return };
        let Ok(changed) = Session::read(me) else {
            return;
        };
        let Some(app) = &mut self.app else { return };
        let Some(session) = &mut app.record.session else {
            return;
        };
        let user = changed.user.clone();
        *session = Session {
            last_message: session.last_message,
            last_change: session.last_change.take(),
            ..changed
        };
        if let Err(error) = app.record.save(&*app.store) {
            warn!("the session could not be saved: {error}");
        }
        self.emit(Event::OwnUserChanged(user));
    }

    /// Saves how far the game has come, at most so often: after a crash, what arrived since is delivered again.
    pub(super) fn save_progress_now_and_then(&mut self) {
        let now = self.clock.now().monotonic;
        let due = |app: &App| now.saturating_sub(app.progress_saved) >= PROGRESS_INTERVAL;
        if self.app.as_ref().is_some_and(due) {
            self.save_progress();
        }
    }

    pub(super) fn save_progress(&mut self) {
        let now = self.clock.now().monotonic;
        let Some(app) = &mut self.app else { return };
        let Some(session) = &mut app.record.session else {
            return;
        };
        if !app.progress.save_in(session) {
            return;
        }
        app.progress_saved = now;
        if let Err(error) = app.record.save(&*app.store) {
            warn!("the session could not be saved: {error}");
        }
    }

    /// Ends the session here and on disk (rules S5 and S6).
    ///
    /// An error says that it would be back at the next start: storage could not be written.
    fn end_session(&mut self, cause: Cause) -> Result<(), ChatError> {
        self.close_session(cause);
        let Some(app) = &mut self.app else {
            return Ok(());
        };
        app.record.session = None;
        app.record.outbox.clear();
        app.progress = Rc::default();
        app.record.save(&*app.store).map_err(|error| {
            ChatError::new(
                ErrorCode::Storage,
                format!("logged out, but the saved session could not be removed: {error}"),
            )
        })
    }

    pub(super) fn session_is_unknown(&mut self) {
        self.session_is_over(Cause::TokenUnknown);
    }

    /// Nobody asked for this end, so that a failure has nobody to be told to (rules S6 and T3).
    pub(super) fn session_is_over(&mut self, cause: Cause) {
        if let Err(error) = self.end_session(cause) {
            warn!("{error}");
        }
    }

    /// Closes the connection and fails what is under way; after this nothing of the session reaches the game.
    fn close_session(&mut self, cause: Cause) {
        self.flush_receipts(&ChatError::cancelled(cause));
        let Some(app) = &mut self.app else { return };
        app.renewal.end();
        let renewing = app.renewing.take();
        let calls: Vec<_> = app.calls.drain().map(|(_, call)| call.call).collect();
        let login = app.login.take();
        let user = app
            .record
            .session
            .as_ref()
            .map(|session| session.user.clone());
        self.handle(Input::SessionClosed(cause));
        self.work_outbox(outbox::Input::Closed(cause));
        for call in calls {
            self.end(call, Err(ChatError::cancelled(cause)));
        }
        for login in login.into_iter().chain(renewing) {
            self.settle(login.done, Err(ChatError::cancelled(cause)));
        }
        if let Some(user) = user {
            self.emit(Event::LoggedOut { user, cause });
        }
    }
}

impl App {
    /// Saves the session, and only then lets it be seen (rule S2).
    fn open_session(&mut self, session: Session) -> Result<Arc<User>, ChatError> {
        let user = session.user.clone();
        self.progress = Rc::new(Progress::of(&session));
        self.record.session = Some(session);
        match self.record.save(&*self.store) {
            Ok(()) => Ok(user),
            Err(error) => {
                self.record.session = None;
                Err(ChatError::new(
                    ErrorCode::Storage,
                    format!("the session could not be saved: {error}"),
                ))
            }
        }
    }
}

impl Session {
    /// Whether these credentials are the logged-in user's own (rule S3).
    fn is_of(&self, credentials: &Credentials) -> bool {
        match credentials {
            Credentials::AuthKey(with) => with.uid == self.user.uid,
            Credentials::AuthToken(token) => token.0 == self.auth_token,
        }
    }
}

impl Credentials {
    pub(super) fn check(&self) -> Result<(), ChatError> {
        let complete = match self {
            Self::AuthKey(with) => !with.uid.as_str().is_empty() && !with.key.expose().is_empty(),
            Self::AuthToken(token) => !token.0.expose().is_empty(),
        };
        match complete {
            true => Ok(()),
            false => Err(ChatError::new(
                ErrorCode::MissingParameters,
                "a uid, key or token is empty",
            )),
        }
    }
}
