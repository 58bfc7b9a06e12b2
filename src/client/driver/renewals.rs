//! A token that has expired, and the one that comes instead (rules T1–T3).

use std::sync::Arc;

use async_channel::Sender;

use super::{app::Login, event_loop::EventLoop, happening::Happening};
use crate::{
    client::{ChatError, Completer, Credentials, ErrorCode, Event, session::Session},
    connection::{Cause, Input, LinkId, Ticket},
    model::{Secret, User},
};

impl EventLoop {
    /// A request was refused for `token`, and waits for a session with another.
    pub(super) fn needs_token(&mut self, token: &Secret, renewed: Sender<Session>) {
        let Some(app) = &mut self.app else { return };
        let Some(session) = &app.record.session else {
            return;
        };
        if session.auth_token != *token {
            // It has come meanwhile.
            let _ = renewed.try_send(session.clone());
            return;
        }
        app.renewal.wait(renewed);
        self.ask_for_token();
    }

    /// An attempt to connect was refused for its token.
    pub(super) fn link_needs_token(&mut self, link: LinkId) {
        let Some(app) = &mut self.app else { return };
        match app.outdated_link.take() {
            Some(outdated) if outdated == link => self.connect_anew(),
            _ => self.ask_for_token(),
        }
    }

    fn ask_for_token(&mut self) {
        let now = self.clock.now().monotonic;
        let Some(app) = &mut self.app else { return };
        if app.record.session.is_some() && app.renewal.begin(now) {
            let answer_within = app.renewal.timeout();
            self.emit(Event::TokenExpired { answer_within });
        }
    }

    pub(super) fn renew_token(&mut self, credentials: Credentials, done: Completer<Arc<User>>) {
        let id = self.next_id();
        let checked = self.app_and_session().and_then(|_| credentials.check());
        let Some(app) = &mut self.app else {
            return self.settle(done, Err(ChatError::not_initialized()));
        };
        if let Err(error) = checked {
            return self.settle(done, Err(error));
        }
        if app.renewing.is_some() {
            return self.settle(done, Err(ChatError::login_in_progress()));
        }
        let api = app.api.clone();
        let inbox = self.inbox.0.clone();
        let task = self.spawner.spawn(async move {
            let outcome = api.authenticate(credentials).await;
            let _ = inbox.try_send(Happening::RenewalEnded(id, outcome));
        });
        app.renewing = Some(Login {
            id,
            done,
            _task: task,
        });
    }

    pub(super) fn end_renewal(&mut self, id: u64, outcome: Result<Session, ChatError>) {
        let Some(app) = &mut self.app else { return };
        let Some(renewing) = app.renewing.take_if(|renewing| renewing.id == id) else {
            return;
        };
        let outcome = outcome.and_then(|renewed| self.take_over(renewed));
        self.settle(renewing.done, outcome);
        self.end_overdue_renewal();
    }

    /// Goes on with the new token: what waits for it first, then the connection (rule T2).
    fn take_over(&mut self, renewed: Session) -> Result<Arc<User>, ChatError> {
        let app = self.app.as_mut().ok_or_else(ChatError::not_initialized)?;
        let session = app.record.session.as_mut();
        let session = session.ok_or_else(ChatError::not_logged_in)?;
        if renewed.user.uid != session.user.uid {
            return Err(ChatError::new(
                ErrorCode::AnotherUsersToken,
                "the new token is another user's: log that user in instead",
            ));
        }
        session.update(renewed);
        let user = session.user.clone();
        for waiting in app.renewal.end() {
            let _ = waiting.try_send(session.clone());
        }
        let saved = app.record.save(&*app.store);
        self.connect_anew();
        saved.map(|()| user).map_err(|error| {
            ChatError::new(
                ErrorCode::Storage,
                format!("the new token is in use, but could not be saved: {error}"),
            )
        })
    }

    /// Opens a connection that is wanted, without waiting out a back-off.
    fn connect_anew(&mut self) {
        let Some(app) = &mut self.app else { return };
        app.outdated_link = app.connection.open_link();
        if app.connection.is_wanted() && app.outdated_link.is_none() {
            let nobody = Ticket(self.next_id());
            self.handle(Input::Connect(nobody));
        }
    }

    /// Ends the session when no new token came in time (rule T3). One that is being looked at gets its chance.
    pub(super) fn end_overdue_renewal(&mut self) {
        let now = self.clock.now().monotonic;
        let Some(app) = &mut self.app else { return };
        let is_overdue = app.renewal.ends_at().is_some_and(|at| at <= now);
        if is_overdue && app.renewing.is_none() {
            self.session_is_over(Cause::TokenExpired);
        }
    }
}
