use std::{
    fmt,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bevy::prelude::Resource;

use super::{AppStateSource, driver::RunningDriver};
use crate::{
    client::{AppSettings, Client, Event, Request},
    connection::{AppState, ConnectionStatus, Mode, StatusChange},
    model::User,
};

/// The chat: what a game asks of it, and what is known about it.
///
/// It derefs to [`Client`], whose methods are the operations: all take `&self`, so that systems which use it through `Res<CometChat>` run in parallel. What it knows
/// about the user and the connection changes only in
/// [`CometChatSystems::Receive`](crate::CometChatSystems::Receive), so it is the same for all systems of a frame.
#[derive(Resource)]
pub struct CometChat {
    client: Client,
    user: Option<Arc<User>>,
    status: ConnectionStatus,
    last_change: Option<StatusChange>,
    switches: Mutex<Switches>,
    driver: RunningDriver,
}

/// What the game can set at any time.
struct Switches {
    mode: Mode,
    /// The game's own choice, if it made one (rule K1).
    keep_alive: Option<bool>,
    source: AppStateSource,
    /// What the client was told last.
    app_state: AppState,
    /// The game's own word, for [`AppStateSource::Manual`].
    manual_app_state: AppState,
    /// The platform's word that the app is suspended.
    suspended: bool,
}

impl CometChat {
    pub(super) fn new(client: Client, source: AppStateSource, driver: RunningDriver) -> Self {
        Self {
            client,
            user: None,
            status: ConnectionStatus::default(),
            last_change: None,
            switches: Mutex::new(Switches {
                mode: Mode::default(),
                keep_alive: None,
                source,
                app_state: AppState::default(),
                manual_app_state: AppState::default(),
                suspended: false,
            }),
            driver,
        }
    }

    /// Opens local storage and restores a saved user, without any network I/O of its own (rules S1 and S4). Ends
    /// with that user. [`CometChatPlugin::new`](crate::CometChatPlugin::new) does this by itself.
    ///
    /// # Errors
    /// [`MissingParameters`](crate::ErrorCode::MissingParameters) for an app id that is none,
    /// [`InvalidRegion`](crate::ErrorCode::InvalidRegion), [`InvalidSettings`](crate::ErrorCode::InvalidSettings),
    /// [`Storage`](crate::ErrorCode::Storage). Later requests fail with
    /// [`NotInitialized`](crate::ErrorCode::NotInitialized) then.
    pub fn init(
        &self,
        app_id: impl Into<String>,
        settings: AppSettings,
    ) -> Request<Option<Arc<User>>> {
        self.switches().mode = settings.mode();
        self.client.init(app_id, settings)
    }

    /// The user who is logged in.
    pub fn logged_in_user(&self) -> Option<&Arc<User>> {
        self.user.as_ref()
    }

    /// The status of the connection.
    pub fn connection_status(&self) -> ConnectionStatus {
        self.status
    }

    /// The last change of the connection's status: why, and what happens next (rule R5).
    pub fn last_change(&self) -> Option<&StatusChange> {
        self.last_change.as_ref()
    }

    /// Whether the app is in the foreground, as the client was told last (rules F1–F3).
    pub fn app_state(&self) -> AppState {
        self.switches().app_state
    }

    /// Says whether the app is in the foreground, at once, and from now on only the game does:
    /// [`AppStateSource::Manual`]. A suspended app is in the background all the same (rule F1).
    pub fn set_app_state(&self, state: AppState) {
        let suspended = {
            let mut switches = self.switches();
            switches.source = AppStateSource::Manual;
            switches.manual_app_state = state;
            switches.suspended
        };
        if !suspended {
            self.tell_app_state(state);
        }
    }

    /// What the app's state is derived from (rule F1).
    pub fn app_state_source(&self) -> AppStateSource {
        self.switches().source
    }

    /// Derives the app's state from something else, from the next update on.
    pub fn set_app_state_source(&self, source: AppStateSource) {
        let mut switches = self.switches();
        if switches.source != source {
            switches.source = source;
            switches.manual_app_state = switches.app_state;
        }
    }

    /// Whether the keep-alive service is on: by default in auto mode only (rule K1).
    pub fn keep_alive(&self) -> bool {
        let switches = self.switches();
        switches.keep_alive.unwrap_or(switches.mode == Mode::Auto)
    }

    /// Switches the keep-alive service: while it is on and the connection is live, the game's loop pings every
    /// 30 s, and once on going to the background (rules K1–K3).
    pub fn set_keep_alive(&self, enabled: bool) {
        let mut switches = self.switches();
        switches.keep_alive = Some(enabled);
        self.client.set_keep_alive(enabled);
    }

    /// The client behind this, to be cloned for use outside of systems. Its requests, too, end only while the app
    /// updates.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Notes what `event` tells about the user and the connection.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::LoggedIn { user, .. } | Event::OwnUserChanged(user) => {
                self.user = Some(user.clone());
            }
            Event::LoggedOut { .. } => self.user = None,
            Event::StatusChanged(change) => {
                self.status = change.to;
                self.last_change = Some(change.clone());
            }
            _ => {}
        }
    }

    pub(super) fn manual_app_state(&self) -> AppState {
        self.switches().manual_app_state
    }

    pub(super) fn note_suspended(&self, suspended: bool) {
        self.switches().suspended = suspended;
    }

    /// Tells the client, if that is news; the last sign of life before the background is a ping (rule K1).
    pub(super) fn tell_app_state(&self, state: AppState) {
        {
            // Held while telling, so that what the client hears last is what is noted.
            let mut switches = self.switches();
            if switches.app_state == state {
                return;
            }
            switches.app_state = state;
            self.client.set_app_state(state);
        }
        let is_live = self.status == ConnectionStatus::Connected;
        if state == AppState::Background && is_live && self.keep_alive() {
            self.ping().ignore_errors();
        }
    }

    pub(super) fn stop(&mut self) {
        self.driver.stop();
    }

    fn switches(&self) -> MutexGuard<'_, Switches> {
        self.switches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for CometChat {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl fmt::Debug for CometChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CometChat")
            .field("user", &self.user.as_ref().map(|user| &user.uid))
            .field("status", &self.status)
            .field("app_state", &self.app_state())
            .finish_non_exhaustive()
    }
}
