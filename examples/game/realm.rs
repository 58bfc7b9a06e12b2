//! The app and the user with which the game chats.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bevy::prelude::Resource;
use bevy_cometchat::{
    AppSettings, AuthKey, AuthToken, Credentials,
    client::{MemoryStore, PresenceSubscription},
    connection::Mode,
};

use crate::cast::{APP_ID, AUTH_KEY, Traveller};

/// The app, its settings and the credentials.
#[derive(Resource, Clone)]
pub(crate) struct Realm {
    pub(crate) app_id: String,
    pub(crate) credentials: Credentials,
    /// How long the connection is kept without a ping while the game is in the background.
    pub(crate) background_timeout: Duration,
    place: Place,
    /// Shared by all settings, so that a change of the mode keeps the session.
    session: Arc<MemoryStore>,
}

#[derive(Clone)]
enum Place {
    ThisMachine(SocketAddr),
    Cloud { region: String },
}

impl Realm {
    pub(crate) fn in_the_cloud(app_id: String, region: String, token: AuthToken) -> Self {
        Self::of(app_id, token.into(), Place::Cloud { region })
    }

    pub(crate) fn on_this_machine(server: SocketAddr, user: &Traveller) -> Self {
        let credentials = AuthKey::new(user.uid, AUTH_KEY);
        Self::of(
            APP_ID.into(),
            credentials.into(),
            Place::ThisMachine(server),
        )
    }

    fn of(app_id: String, credentials: Credentials, place: Place) -> Self {
        Self {
            app_id,
            credentials,
            background_timeout: Duration::from_secs(30),
            place,
            session: Arc::default(),
        }
    }

    /// The player's settings.
    pub(crate) fn settings(&self, mode: Mode) -> AppSettings {
        let background_timeout = self.background_timeout;
        let settings = AppSettings::builder()
            .auto_establish_socket_connection(mode == Mode::Auto)
            .timing(|timing| timing.background_timeout = background_timeout)
            .session_store(self.session.clone());
        match &self.place {
            Place::ThisMachine(address) => settings
                .local_server(*address, None)
                .subscribe_presence(PresenceSubscription::AllUsers)
                .build(),
            Place::Cloud { region } => settings.region(region).build(),
        }
    }
}
