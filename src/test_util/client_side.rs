//! What the client is asked for, answered as the driver answers it.

use std::sync::Arc;

use super::{
    script::{Saved, Script},
    timeline::Happening,
};
use crate::{
    client::{
        AppSettings, ChatError, Command, Completer, Credentials, ErrorCode, Event, Item, Waiting,
        ephemeral,
        operation::{PendingCall, Reply},
        outbox::{self, Outbox},
        renewal::Renewal,
    },
    connection::{AppState, Cause, ConnectionMachine, Input, SessionOrigin, Ticket},
    model::{Uid, User},
};

impl Script {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Init {
                app_id,
                settings,
                done,
            } => self.init(&app_id, &settings, done),
            Command::Login { credentials, done } => self.login(&credentials, done),
            Command::Logout(done) => self.logout(done),
            Command::Connect(done) => self.ask(Input::Connect, Waiting::Done(done)),
            Command::Disconnect(done) => self.ask(Input::Disconnect, Waiting::Done(done)),
            Command::Ping(done) => {
                self.log.pings += 1;
                self.ask(Input::Ping, Waiting::Pong(done));
            }
            Command::RenewToken { credentials, done } => self.renew_token(&credentials, done),
            Command::SendMessage {
                muid,
                message,
                done,
            } => {
                let receiver = message.envelope.receiver.clone();
                self.handle_ephemeral(ephemeral::Input::MessageSent(receiver));
                self.send(muid, message, done);
            }
            Command::Resend { muid, done } => self.as_user(done, |this, done| {
                this.work_outbox(outbox::Input::Resend { muid, done });
            }),
            Command::Discard { muid, done } => self.as_user(done, |this, done| {
                this.work_outbox(outbox::Input::Discard { muid, done });
            }),
            Command::Call(call) => self.call(call),
            Command::Signal { signal, done } => self.as_user(done, |this, done| {
                this.handle_ephemeral(ephemeral::Input::Tell(*signal, done));
            }),
            Command::Mark { mark, done } => self.as_user(done, |this, done| {
                this.handle_ephemeral(ephemeral::Input::Mark(*mark, done));
            }),
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
            Command::Shutdown => self.shut_down(),
        }
    }

    fn as_user<T: Clone + Send + 'static>(
        &mut self,
        done: Completer<T>,
        go_on: impl FnOnce(&mut Self, Completer<T>),
    ) {
        match self.user().err() {
            None => go_on(self, done),
            Some(error) => self.settle(done, Err(error)),
        }
    }

    fn init(&mut self, app_id: &str, settings: &AppSettings, done: Completer<Option<Arc<User>>>) {
        if let Err(error) = settings.check(app_id) {
            return self.settle(done, Err(error));
        }
        self.close_session(Cause::InitCalled);
        self.connection = Some(ConnectionMachine::new(
            settings.mode,
            settings.background,
            settings.timing.clone(),
            0,
        ));
        self.outbox = Outbox::new(&settings.outbox, &settings.timing, 0);
        self.persistent_outbox = settings.persistent_outbox;
        self.renewal = Renewal::new(settings.token_renewal_timeout);
        self.handle(Input::AppState(self.app_state));
        if let Some(enabled) = self.keep_alive {
            self.handle(Input::KeepAlive(enabled));
        }
        let user = self.restore();
        if let Some(user) = &user {
            self.emit(Event::LoggedIn {
                user: user.clone(),
                origin: SessionOrigin::Restored,
            });
        }
        let restored = user.is_some();
        self.user.clone_from(&user);
        if restored && self.persistent_outbox {
            let unsent = self.saved_outbox.clone();
            self.work_outbox(outbox::Input::Restored(unsent));
        }
        self.settle(done, Ok(user));
        if restored {
            self.handle(Input::SessionOpened(SessionOrigin::Restored));
        }
    }

    fn restore(&mut self) -> Option<Arc<User>> {
        match &self.saved {
            Saved::Nothing => None,
            Saved::Session(user) => Some(user.clone()),
            Saved::Rubbish => {
                self.saved = Saved::Nothing;
                self.emit(Event::SessionSetAside {
                    reason: "the saved session could not be used: the script says so".into(),
                });
                None
            }
        }
    }

    fn login(&mut self, credentials: &Credentials, done: Completer<Arc<User>>) {
        if self.connection.is_none() {
            return self.settle(done, Err(ChatError::not_initialized()));
        }
        if self.login.is_some() {
            return self.settle(done, Err(ChatError::login_in_progress()));
        }
        let uid = uid_of(credentials);
        if uid.as_str().is_empty() {
            let error = ChatError::new(ErrorCode::MissingParameters, "a uid or token is empty");
            return self.settle(done, Err(error));
        }
        match &self.user {
            Some(user) if user.uid == uid => {
                let user = user.clone();
                return self.settle(done, Ok(user));
            }
            Some(_) => self.end_session(Cause::LoggedOut),
            None => {}
        }
        self.login = Some(done);
        self.answer_login(uid);
    }

    pub(super) fn end_login(&mut self, outcome: Result<Arc<User>, ChatError>) {
        let Some(done) = self.login.take() else {
            return;
        };
        match outcome {
            Ok(user) => {
                self.saved = Saved::Session(user.clone());
                self.user = Some(user.clone());
                self.emit(Event::LoggedIn {
                    user: user.clone(),
                    origin: SessionOrigin::Login,
                });
                self.settle(done, Ok(user));
                self.handle(Input::SessionOpened(SessionOrigin::Login));
            }
            Err(error) => self.settle(done, Err(error)),
        }
    }

    fn logout(&mut self, done: Completer<()>) {
        if self.connection.is_none() {
            return self.settle(done, Err(ChatError::not_initialized()));
        }
        if self.login.is_some() {
            self.cancel_login(Cause::LoggedOut);
            return self.settle(done, Ok(()));
        }
        if self.user.is_none() {
            return self.settle(done, Err(ChatError::not_logged_in()));
        }
        self.end_session(Cause::LoggedOut);
        self.soon(Happening::LogoutEnded(done));
    }

    pub(super) fn call(&mut self, call: PendingCall) {
        let is_of_app = call.call.key.is_some() && self.connection.is_some();
        if let Some(error) = self.user().err().filter(|_| !is_of_app) {
            return self.end_call(call, Err(error));
        }
        self.last_id += 1;
        let asked = call.call.clone();
        self.calls.insert(self.last_id, call);
        self.answer_call(self.last_id, asked);
    }

    pub(super) fn end_call(&mut self, call: PendingCall, reply: Result<Reply, ChatError>) {
        if let (true, Ok(reply)) = (call.changes_own_user, &reply) {
            self.change_own_user(reply);
        }
        let ending = call.end(reply);
        if let Some(message) = ending.message {
            self.push_item(Item::OwnMessageChanged(message));
        }
        self.push_item(ending.settlement);
        if ending.token_is_unknown {
            self.end_session(Cause::TokenUnknown);
        }
    }

    fn change_own_user(&mut self, reply: &Reply) {
        let Ok(me) = reply.data() else { return };
        let Ok(user) = serde_json::from_str::<Arc<User>>(me.get()) else {
            return;
        };
        self.user = Some(user.clone());
        self.saved = Saved::Session(user.clone());
        self.emit(Event::OwnUserChanged(user));
    }

    fn ask(&mut self, input: fn(Ticket) -> Input, waiting: Waiting) {
        if self.connection.is_none() {
            let ending = waiting.end(Err(ChatError::not_initialized()));
            return self.push_item(ending);
        }
        self.last_id += 1;
        let ticket = Ticket(self.last_id);
        self.waiting.insert(ticket, waiting);
        self.handle(input(ticket));
    }

    /// Ends the session, also the saved one (rules S5 and S6).
    pub(super) fn end_session(&mut self, cause: Cause) {
        self.close_session(cause);
        self.saved = Saved::Nothing;
        self.saved_outbox.clear();
    }

    fn close_session(&mut self, cause: Cause) {
        self.handle_ephemeral(ephemeral::Input::Closing(ChatError::cancelled(cause)));
        let user = self.user.take();
        self.handle(Input::SessionClosed(cause));
        self.work_outbox(outbox::Input::Closed(cause));
        self.renewal.end();
        if let Some(done) = self.renewing.take() {
            self.settle(done, Err(ChatError::cancelled(cause)));
        }
        let calls: Vec<_> = self.calls.drain().map(|(_, call)| call).collect();
        for call in calls {
            self.end_call(call, Err(ChatError::cancelled(cause)));
        }
        self.cancel_login(cause);
        if let Some(user) = user {
            self.emit(Event::LoggedOut { user, cause });
        }
    }

    fn cancel_login(&mut self, cause: Cause) {
        self.timeline.cancel_session();
        if let Some(done) = self.login.take() {
            self.settle(done, Err(ChatError::cancelled(cause)));
        }
    }

    fn shut_down(&mut self) {
        self.handle_ephemeral(ephemeral::Input::Closing(ChatError::stopped()));
        self.handle(Input::Shutdown);
        self.flush();
        self.timeline.clear();
        self.log.shut_down = true;
        self.end = None;
        self.login = None;
        self.outbox = Self::default().outbox;
        self.renewal.end();
        self.renewing = None;
        self.calls.clear();
        self.waiting.clear();
    }
}

/// Whom the credentials log in: a token of the script's is the uid itself.
pub(super) fn uid_of(credentials: &Credentials) -> Uid {
    match credentials {
        Credentials::AuthKey(key) => key.uid.clone(),
        Credentials::AuthToken(token) => token.0.expose().into(),
    }
}
