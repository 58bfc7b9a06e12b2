//! The session of the logged-in user: what changes in it, what of it is saved, and how it ends.

use std::{mem, sync::Arc, time::Duration};

use tracing::warn;

use super::{
    Event, Output, Record, SaveError, SaveRequest, Session, StoredSession,
    app::App,
    operation::Reply,
    pending::{Purpose, Saving},
    sync_state::SyncState,
};
use crate::{
    connection::{self, Cause, SessionOrigin},
    ephemeral,
    error::{ChatError, ErrorCode},
    model::{MessageId, Secret, User},
    outbox,
    request::Completer,
};

/// The least time between two savings of the sync state.
const SYNC_STATE_INTERVAL: Duration = Duration::from_secs(10);

impl App {
    /// Saves the current record.
    pub(super) fn save(&mut self, saving: Saving) {
        let record = self.record.clone();
        self.save_record(&record, saving);
    }

    /// Saves a record that takes effect once it is saved.
    pub(super) fn save_record(&mut self, record: &Record, saving: Saving) {
        let is_login = matches!(saving, Saving::Login(..));
        if self.is_storage_anothers && !is_login {
            return self.on_saved_for(saving, Ok(()));
        }
        let replaces = self.stored_token.clone().filter(|_| !is_login);
        match record.to_bytes() {
            Ok(bytes) => {
                let session = record.session.as_ref();
                let token = session.map(|session| session.auth_token.clone());
                self.saving.push_back((saving, token));
                self.outputs.push_back(Output::Save(SaveRequest {
                    record: bytes,
                    replaces,
                }));
            }
            Err(error) => self.on_saved_for(saving, Err(error.to_string())),
        }
    }

    pub(super) fn on_saved(&mut self, outcome: Result<(), SaveError>) {
        let Some((saving, token)) = self.saving.pop_front() else {
            return;
        };
        self.is_record_stored = outcome.is_ok();
        let outcome = match outcome {
            Ok(()) => {
                if self.stored_token.is_some() {
                    self.stored_token = token;
                }
                Ok(())
            }
            Err(SaveError::Storage(error)) => Err(error),
            // What this client would have removed is gone, or another session has taken its place.
            Err(SaveError::Overtaken) if token.is_none() => {
                self.stored_token = None;
                Ok(())
            }
            Err(SaveError::Overtaken) => {
                self.look_at_storage();
                Err("another process has changed the saved session".to_owned())
            }
        };
        self.on_saved_for(saving, outcome);
    }

    /// Finds out whether another process has ended or renewed the session.
    pub(super) fn look_at_storage(&mut self) {
        if self.record.session.is_some() {
            self.outputs.push_back(Output::LookAtStorage);
        }
    }

    pub(super) fn on_stored(&mut self, stored: StoredSession) {
        let Some(session) = &self.record.session else {
            return;
        };
        if let StoredSession::There(stored) = &stored
            && stored.user.uid != session.user.uid
        {
            return self.on_storage_taken();
        }
        if self.stored_token.is_none() {
            // What was never seen to be stored is not missed: a game's own store may keep nothing.
            self.stored_token = match stored {
                StoredSession::There(stored) => Some(stored.auth_token),
                StoredSession::Gone | StoredSession::Unknown => None,
            };
            self.stored_token
                .take_if(|stored| *stored != session.auth_token);
            return self.ask_game_for_token();
        }
        let is_stale = |stored: &Session| Some(&stored.auth_token) != self.stored_token.as_ref();
        match stored {
            StoredSession::There(stored) if is_stale(&stored) => self.adopt(*stored),
            StoredSession::There(_) | StoredSession::Unknown => self.ask_game_for_token(),
            StoredSession::Gone => self.forget_session(Cause::TokenUnknown),
        }
    }

    fn on_storage_taken(&mut self) {
        self.stored_token = None;
        if !mem::replace(&mut self.is_storage_anothers, true) {
            warn!(
                "another user has logged in with the same storage: this session goes on, but is not restored at the \
                 next start. Give each player a session directory of their own"
            );
        }
        self.ask_game_for_token();
    }

    fn on_saved_for(&mut self, saving: Saving, outcome: Result<(), String>) {
        let because = |what: &str| {
            let storage = |error| ChatError::new(ErrorCode::Storage, format!("{what}: {error}"));
            outcome.clone().map_err(storage)
        };
        match saving {
            Saving::Login(session, done) => match because("the session could not be saved") {
                Ok(()) => self.begin_session(*session, done),
                Err(error) => self.settle(done, Err(error)),
            },
            Saving::Logout(session, done) => {
                let removed = because(NOT_REMOVED);
                self.start(Purpose::Logout {
                    session,
                    done,
                    removed,
                });
            }
            Saving::BeforeLogin(credentials, done) => match because(NOT_REMOVED) {
                Ok(()) => self.start_login(credentials, done),
                Err(error) => self.settle(done, Err(error)),
            },
            Saving::Renewal(user, done) => {
                let saved = because("the new token is in use, but could not be saved");
                self.settle(done, saved.map(|()| user));
                self.end_overdue_renewal();
            }
            Saving::Unasked(what) => {
                if let Err(error) = outcome {
                    warn!("{what}: {error}");
                }
            }
        }
    }

    fn begin_session(&mut self, session: Session, done: Completer<Arc<User>>) {
        let user = session.user.clone();
        self.sync = SyncState::of(&session);
        self.record.session = Some(session);
        self.stored_token = None;
        self.is_storage_anothers = false;
        self.look_at_storage();
        self.jwt_fetched = Some(self.now.monotonic);
        self.emit(Event::LoggedIn {
            user: user.clone(),
            origin: SessionOrigin::Login,
        });
        self.settle(done, Ok(user));
        self.open_session(SessionOrigin::Login);
    }

    /// Lets the connection know that there is a session.
    pub(super) fn open_session(&mut self, origin: SessionOrigin) {
        self.handle_connection(connection::Input::SessionOpened(origin));
    }

    /// Applies a reply about the logged-in user: the profile, and the tokens that come with it, unless the session has got
    /// others since the request was made, with `token`.
    pub(super) fn change_own_user(&mut self, reply: &Reply, token: Option<&Secret>) {
        // A refusal, or a reply that lacks something, ends the request.
        let Ok(changed) = reply
            .data()
            .and_then(|me| Session::read(me).map_err(super::operation::unreadable))
        else {
            return;
        };
        let Some(session) = &mut self.record.session else {
            return;
        };
        let user = changed.user.clone();
        if token == Some(&session.auth_token) {
            session.update(changed);
        } else {
            session.user = changed.user;
        }
        self.save(Saving::Unasked(NOT_SAVED));
        self.emit(Event::OwnUserChanged(user));
    }

    /// Saves the sync state, if the last save is old enough. After a crash, later events are delivered again.
    pub(super) fn save_sync_state_now_and_then(&mut self) {
        if self.now.monotonic.saturating_sub(self.sync_saved) >= SYNC_STATE_INTERVAL {
            self.sync_saved = self.now.monotonic;
            self.outputs.push_back(Output::LookAtQueue);
        }
    }

    /// Saves the sync state, as if the game had never got the messages that it has not read.
    pub(super) fn save_sync_state(&mut self, unread: &[MessageId]) {
        let session = self.record.session.as_mut();
        if session.is_some_and(|session| self.sync.save_in(session, unread)) {
            self.sync_saved = self.now.monotonic;
            self.save(Saving::Unasked(NOT_SAVED));
        }
    }

    /// Ends the session here and in storage.
    pub(super) fn end_session(&mut self, cause: Cause, saving: Saving) {
        self.forget_session(cause);
        self.save(saving);
    }

    /// Ends the session without a change to the storage.
    fn forget_session(&mut self, cause: Cause) {
        self.close_session(cause);
        self.record.session = None;
        self.record.outbox.clear();
        self.sync = SyncState::default();
    }

    /// Ends the session without a request of the game. If it can't be removed from storage, that is logged.
    pub(super) fn end_session_unasked(&mut self, cause: Cause) {
        self.end_session(cause, Saving::Unasked(NOT_REMOVED));
    }

    pub(super) fn on_session_revoked(&mut self) {
        if self.record.session.is_some() {
            self.end_session_unasked(Cause::TokenUnknown);
        }
    }

    /// Closes the connection and fails pending requests. After this, nothing of the session reaches the game.
    pub(super) fn close_session(&mut self, cause: Cause) {
        self.handle_ephemeral(ephemeral::Input::Closing(ChatError::cancelled(cause)));
        self.renewal.end();
        let session = self.record.session.as_ref();
        let user = session.map(|session| session.user.clone());
        self.handle_connection(connection::Input::SessionClosed(cause));
        self.handle_outbox(outbox::Input::Closed(cause));
        let mut identities = Vec::new();
        for purpose in self.cancel_session_tasks() {
            match purpose {
                Purpose::Call(call) => self.end_call(call, Err(ChatError::cancelled(cause))),
                Purpose::Login { done, .. } | Purpose::Renewal { done, .. } => {
                    identities.push(done);
                }
                _ => {}
            }
        }
        for done in identities {
            self.settle(done, Err(ChatError::cancelled(cause)));
        }
        if let Some(user) = user {
            self.emit(Event::LoggedOut { user, cause });
        }
    }
}

const NOT_SAVED: &str = "the session could not be saved";
const NOT_REMOVED: &str = "logged out, but the saved session could not be removed";
