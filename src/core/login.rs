//! Login and logout.

use std::sync::Arc;

use tracing::warn;

use super::{
    Credentials, MessagePage, Session,
    app::App,
    pending::{Purpose, Saving},
};
use crate::{
    connection::Cause,
    error::{ChatError, ErrorCode},
    model::{MessageId, User},
    request::Completer,
};

impl App {
    pub(super) fn login(&mut self, credentials: Credentials, done: Completer<Arc<User>>) {
        if let Err(error) = credentials.check() {
            return self.settle(done, Err(error));
        }
        if self.is_logging_in() {
            return self.settle(done, Err(ChatError::login_in_progress()));
        }
        match &self.record.session {
            Some(session) if session.is_of(&credentials) && self.renewal.is_under_way() => {
                self.renew_token(credentials, done);
            }
            Some(session) if session.is_of(&credentials) => {
                let user = session.user.clone();
                self.settle(done, Ok(user));
            }
            Some(_) => self.end_session(Cause::LoggedOut, Saving::BeforeLogin(credentials, done)),
            None => self.start_login(credentials, done),
        }
    }

    pub(super) fn start_login(&mut self, credentials: Credentials, done: Completer<Arc<User>>) {
        self.start(Purpose::Login {
            credentials,
            session: None,
            done,
        });
    }

    pub(super) fn on_authenticated(
        &mut self,
        credentials: Credentials,
        done: Completer<Arc<User>>,
        outcome: Result<Box<Session>, ChatError>,
    ) {
        match outcome {
            // The newest message is fetched next: from there on, nothing is missed.
            Ok(session) => self.start(Purpose::Login {
                credentials,
                session: Some(session),
                done,
            }),
            Err(error) => self.settle(done, Err(error)),
        }
    }

    /// Saves the session before it takes effect. If the newest message is unknown, messages count as missed only from
    /// the first connection on.
    pub(super) fn finish_login(
        &mut self,
        mut session: Box<Session>,
        done: Completer<Arc<User>>,
        newest: Option<MessagePage>,
    ) {
        session.sync.last_group = newest.as_ref().and_then(MessagePage::newest_group);
        session.sync.last_message = newest.map(|page| page.newest().unwrap_or(MessageId(0)));
        let record = self.record.with_session(&session);
        self.save_record(&record, Saving::Login(session, done));
    }

    pub(super) fn log_out(&mut self, done: Completer<()>) {
        if let Some(login) = self.cancel_login() {
            self.settle(login, Err(ChatError::cancelled(Cause::LoggedOut)));
            return self.settle(done, Ok(()));
        }
        let Some(session) = self.record.session.clone() else {
            return self.settle(done, Err(ChatError::not_logged_in()));
        };
        let saving = Saving::Logout(Box::new(session), done);
        self.end_session(Cause::LoggedOut, saving);
    }

    /// Ends a logout, whether or not the server could be notified.
    pub(super) fn on_logged_out(
        &mut self,
        done: Completer<()>,
        removed: Result<(), ChatError>,
        notified: Result<(), ChatError>,
    ) {
        if let Err(error) = notified {
            warn!("logged out, but the server could not be notified: {error}");
        }
        self.settle(done, removed);
    }
}

impl Session {
    /// Whether these credentials are the logged-in user's own.
    fn is_of(&self, credentials: &Credentials) -> bool {
        match credentials {
            Credentials::AuthKey(with) => with.uid == self.user.uid,
            Credentials::AuthToken(token) => token.0 == self.auth_token,
        }
    }
}

impl Credentials {
    pub(super) fn check(&self) -> Result<(), ChatError> {
        let is_complete = match self {
            Self::AuthKey(with) => !with.uid.as_str().is_empty() && !with.key.expose().is_empty(),
            Self::AuthToken(token) => !token.0.expose().is_empty(),
        };
        if is_complete {
            Ok(())
        } else {
            Err(ChatError::new(
                ErrorCode::MissingParameters,
                "a uid, key or token is empty",
            ))
        }
    }
}
