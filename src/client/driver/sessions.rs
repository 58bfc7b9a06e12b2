//! The session of the logged-in user: what changes in it, what of it is saved, and how it ends.

use std::{rc::Rc, time::Duration};

use tracing::warn;

use super::{app::App, event_loop::EventLoop};
use crate::{
    client::{ChatError, ErrorCode, Event, ephemeral, operation::Reply, outbox, session::Session},
    connection::{Cause, Input},
};

/// The least time between two savings of how far the game has come.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(10);

impl EventLoop {
    pub(super) fn app_and_session(&self) -> Result<(&App, &Session), ChatError> {
        let app = self.app.as_ref().ok_or_else(ChatError::not_initialized)?;
        let session = app.record.session.as_ref();
        Ok((app, session.ok_or_else(ChatError::not_logged_in)?))
    }

    /// Takes over what the server says of the logged-in user, and the tokens that come with it.
    pub(super) fn change_own_user(&mut self, reply: &Reply) {
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
        session.update(changed);
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
    pub(super) fn end_session(&mut self, cause: Cause) -> Result<(), ChatError> {
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
    pub(super) fn close_session(&mut self, cause: Cause) {
        self.handle_ephemeral(ephemeral::Input::Closing(ChatError::cancelled(cause)));
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
