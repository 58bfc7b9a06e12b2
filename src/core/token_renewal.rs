//! Renewal of a token that the server refuses.

use std::{sync::Arc, time::Duration};

use super::{
    Credentials, Event, Session,
    app::App,
    pending::{Purpose, Saving},
};
use crate::{
    connection::{self, Cause, LinkId},
    error::{ChatError, ErrorCode},
    model::{Secret, User},
    request::Completer,
};

/// A socket credential (JWT) that is refused so soon after it was fetched is refused for good. It is longer than the
/// time between two attempts.
const JWT_FRESH: Duration = Duration::from_secs(60);

/// A deadline that is handled this late passed while the process did not run, or while an answer of the game was being
/// checked.
const STALL: Duration = Duration::from_secs(5);

/// Where a new token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenFrom {
    /// It is the game's answer. If the server refuses it too, the session ends.
    Game,
    /// Another process has stored it, or a reply has brought it. If the server refuses it, the game is asked.
    Storage,
}

impl App {
    /// When the session ends without a new token. It does not end while a new token is being checked.
    pub(super) fn renewal_deadline(&self) -> Option<Duration> {
        self.renewal.ends_at().filter(|_| !self.is_renewing())
    }

    /// An attempt to connect was refused for its token.
    pub(super) fn link_needs_token(&mut self, link: LinkId) {
        if self.is_fetching_jwt() {
            return;
        }
        match self.outdated_link.take() {
            Some(outdated) if outdated == link => self.connect_anew(),
            _ => self.ask_for_token(),
        }
    }

    /// The session's token is refused: asks the game for another, unless another process has ended or renewed the session.
    pub(super) fn ask_for_token(&mut self) {
        if self.record.session.is_some() && self.renewal.begin(self.now.monotonic) {
            self.look_at_storage();
        }
    }

    /// Asks the game for the new token, unless it was asked already.
    pub(super) fn ask_game_for_token(&mut self) {
        if self.renewal.must_ask() {
            let answer_within = self.renewal.timeout();
            self.emit(Event::TokenExpired { answer_within });
        }
    }

    /// Adopts the session that another process has renewed.
    pub(super) fn adopt(&mut self, stored: Session) {
        self.stored_token = Some(stored.auth_token.clone());
        if self.take_over(stored, TokenFrom::Storage).is_ok() {
            self.connect_anew();
        }
    }

    pub(super) fn renew_token(&mut self, credentials: Credentials, done: Completer<Arc<User>>) {
        if let Err(error) = credentials.check() {
            return self.settle(done, Err(error));
        }
        if self.is_renewing() {
            return self.settle(done, Err(ChatError::login_in_progress()));
        }
        self.start(Purpose::Renewal { credentials, done });
    }

    pub(super) fn on_renewed(
        &mut self,
        done: Completer<Arc<User>>,
        outcome: Result<Box<Session>, ChatError>,
    ) {
        match outcome.and_then(|renewed| self.take_over(*renewed, TokenFrom::Game)) {
            Ok(user) => {
                self.save(Saving::Renewal(user, done));
                self.connect_anew();
            }
            Err(error) => {
                self.settle(done, Err(error));
                self.end_overdue_renewal();
            }
        }
    }

    /// Adopts the new token, and restarts the tasks that wait for it.
    fn take_over(&mut self, renewed: Session, from: TokenFrom) -> Result<Arc<User>, ChatError> {
        let session = self.record.session.as_mut();
        let session = session.ok_or_else(ChatError::not_logged_in)?;
        if renewed.user.uid != session.user.uid {
            return Err(ChatError::new(
                ErrorCode::AnotherUsersToken,
                "the new token is another user's: log that user in instead",
            ));
        }
        session.update(renewed);
        self.jwt_fetched = Some(self.now.monotonic);
        let user = session.user.clone();
        for task in self.renewal.end() {
            self.restart(task, from);
        }
        Ok(user)
    }

    /// Retries a connection without waiting out a back-off.
    fn connect_anew(&mut self) {
        self.outdated_link = self.connection.open_link();
        self.handle_connection(connection::Input::CredentialsRenewed);
    }

    /// The server refused the socket credential of an attempt. It can do so while the session's token is valid: then a
    /// new credential is fetched. Returns whether to try again, with that credential or with one that arrived
    /// meanwhile.
    pub(super) fn can_get_jwt(&mut self, link: LinkId) -> bool {
        if self.outdated_link == Some(link) || self.renewal.is_under_way() {
            return true;
        }
        let now = self.now.monotonic;
        let is_fresh = |at: Duration| now.saturating_sub(at) < JWT_FRESH;
        if self.jwt_fetched.is_some_and(is_fresh) {
            return false;
        }
        let Ok(session) = self.session() else {
            return false;
        };
        let token = session.auth_token.clone();
        self.jwt_fetched = Some(now);
        self.start(Purpose::Jwt { token });
        true
    }

    pub(super) fn on_jwt(&mut self, token: &Secret, outcome: Result<Box<Session>, ChatError>) {
        let session = self.record.session.as_mut();
        let Some(session) = session.filter(|session| session.auth_token == *token) else {
            // Another token has arrived meanwhile, with its own socket credential.
            return;
        };
        match outcome {
            Ok(told) if told.user.uid == session.user.uid => {
                session.update(*told);
                self.save(Saving::Unasked("the session could not be saved"));
                self.connect_anew();
            }
            // The reply is about another user: the next attempt is refused again.
            Ok(_) => {}
            Err(error) => self.on_jwt_refused(&error.code),
        }
    }

    fn on_jwt_refused(&mut self, code: &ErrorCode) {
        match code {
            code if code.is_of_token() => self.ask_for_token(),
            // It is fetched once more when the next attempt is refused.
            ErrorCode::ServerUnreachable | ErrorCode::RateLimited => self.jwt_fetched = None,
            _ => {}
        }
    }

    /// Ends the session when no new token came in time.
    pub(super) fn end_overdue_renewal(&mut self) {
        let now = self.now.monotonic;
        let Some(overdue) = self.renewal_deadline().and_then(|at| now.checked_sub(at)) else {
            return;
        };
        if overdue > STALL {
            // The app did not run, or its answer was being checked: it has all of its time once more.
            self.renewal.restart(now);
        } else {
            self.end_session_unasked(Cause::TokenUnknown);
        }
    }
}
