//! What `init` sets up, and what of an earlier run it finds.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc, time::Duration};

use async_executor::Task;
use tracing::warn;

use super::{
    api::{self, Api},
    app::App,
    connector::Connector,
    event_loop::EventLoop,
    http::Http,
    progress::Progress,
    tls,
};
use crate::{
    client::{
        AppSettings, ChatError, Event, SessionStore,
        outbox::{self, Outbox},
        renewal::Renewal,
        session::Record,
    },
    connection::{Cause, ConnectionMachine, Input, SessionOrigin},
    model::User,
};

impl EventLoop {
    pub(super) fn init(
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
            connection: ConnectionMachine::new(
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
            ephemeral: Rc::default(),
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
        let closing = self.app.take().map(|app| app.closing);
        closing.into_iter().flatten().for_each(Task::detach);
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
}
