//! `init`: prepares the settings, and loads the state that an earlier run saved.

use std::sync::Arc;

use tracing::warn;

use super::{Core, Event, Identity, Output, app::App, pending::Opening};
use crate::{
    app_settings::AppSettings,
    connection::{self, Now, SessionOrigin},
    error::ChatError,
    model::User,
    outbox,
    request::Completer,
};

impl Core {
    /// The client has checked the settings. After an error, the state of an earlier `init` stays in use.
    pub(super) fn init(
        &mut self,
        app_id: String,
        settings: Box<AppSettings>,
        done: Completer<Option<Arc<User>>>,
    ) {
        self.push(Output::Prepare(app_id.clone(), settings.clone()));
        self.opening = Some(Opening {
            app_id,
            settings,
            done,
        });
    }

    pub(super) fn on_prepared(&mut self, outcome: Result<(), ChatError>, now: Now) {
        if let Err(error) = outcome {
            if let Some(opening) = self.opening.take() {
                self.push(Output::Settle(opening.done.settle(Err(error))));
            }
            return;
        }
        if let (Some(app), Some(opening)) = (&mut self.app, &self.opening) {
            app.now = now;
            app.leave(&opening.settings);
        }
        self.push(Output::Load);
    }

    pub(super) fn on_loaded(&mut self, mut identity: Box<Identity>, now: Now) {
        let Some(opening) = self.opening.take() else {
            return;
        };
        if let Some(app) = &mut self.app {
            self.last_id = app.last_id;
            self.outputs.extend(app.take_outputs());
        }
        let Opening {
            app_id,
            settings,
            done,
        } = opening;
        if !settings.persistent_outbox {
            identity.record.outbox.clear();
        }
        let set_aside = identity.set_aside.take();
        let unsent = identity.record.outbox.clone();
        let session = identity.record.session.as_ref();
        let user = session.map(|session| session.user.clone());
        let app = self.app.insert(App::new(
            app_id,
            *settings,
            *identity,
            self.counters.clone(),
            self.last_id,
            now,
        ));
        if let Some(reason) = set_aside {
            warn!("{reason}");
            app.emit(Event::SessionSetAside {
                reason: reason.into(),
            });
        }
        app.set_app_state(self.app_states.app_state());
        if let Some(enabled) = self.keep_alive {
            app.handle_connection(connection::Input::KeepAlive(enabled));
        }
        if let Some(user) = &user {
            app.emit(Event::LoggedIn {
                user: user.clone(),
                origin: SessionOrigin::Restored,
            });
            app.handle_outbox(outbox::Input::Restored(unsent));
        }
        let is_restored = user.is_some();
        app.settle(done, Ok(user));
        if is_restored {
            app.open_session(SessionOrigin::Restored);
        }
    }

    /// Adds an output behind those of the app.
    fn push(&mut self, output: Output) {
        match &mut self.app {
            Some(app) => app.outputs.push_back(output),
            None => self.outputs.push_back(output),
        }
    }
}
