//! Who comes and who goes (rules S2, S3 and S5).

use std::{rc::Rc, sync::Arc};

use tracing::warn;

use super::{
    app::{App, Login},
    event_loop::EventLoop,
    happening::Happening,
    progress::Progress,
};
use crate::{
    client::{ChatError, Completer, Credentials, ErrorCode, Event, session::Session},
    connection::{Cause, Input, SessionOrigin},
    model::User,
};

impl EventLoop {
    pub(super) fn login(&mut self, credentials: Credentials, done: Completer<Arc<User>>) {
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

    pub(super) fn logout(&mut self, done: Completer<()>) {
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
