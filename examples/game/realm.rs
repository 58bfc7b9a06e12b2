//! Where this game chats, and as whom.

use std::{env, net::SocketAddr, sync::Arc, time::Duration};

use bevy::prelude::Resource;
use bevy_cometchat::{
    AppSettings, AuthKey, AuthToken, Credentials, client::MemoryStore, lifecycle::Mode,
};

use crate::{args::Args, server::Server};

/// The app on the game's own server, and its key. Whoever has the key can be anybody, which is fine on one machine.
pub(crate) const APP_ID: &str = "village";
pub(crate) const AUTH_KEY: &str = "village-key";

/// Everything that is needed to log in.
#[derive(Resource, Clone)]
pub(crate) struct Realm {
    pub(crate) app_id: String,
    pub(crate) credentials: Credentials,
    place: Place,
    grace: Duration,
    /// Shared by all settings that this makes, so that a change of mode keeps the session.
    session: Arc<MemoryStore>,
}

#[derive(Clone)]
enum Place {
    ThisMachine(SocketAddr),
    Cloud { region: String },
}

impl Realm {
    /// The realm that the command line asks for, and the server if this game runs it.
    pub(crate) fn open(args: &Args) -> Result<(Self, Option<Server>), String> {
        let key = AuthKey::new(args.traveller().uid, AUTH_KEY);
        if args.connect {
            let variable = |name: &str| {
                env::var(name).map_err(|_| format!("--connect needs {name} in the environment"))
            };
            let place = Place::Cloud {
                region: variable("COMETCHAT_REGION")?,
            };
            let token = AuthToken::new(variable("COMETCHAT_AUTH_TOKEN")?);
            return Ok((
                Self::new(variable("COMETCHAT_APP_ID")?, token.into(), place, args),
                None,
            ));
        }
        if let Some(address) = args.join {
            return Ok((
                Self::new(APP_ID.into(), key.into(), Place::ThisMachine(address), args),
                None,
            ));
        }
        let server = Server::start().map_err(|error| error.to_string())?;
        let place = Place::ThisMachine(server.address());
        Ok((
            Self::new(APP_ID.into(), key.into(), place, args),
            Some(server),
        ))
    }

    fn new(app_id: String, credentials: Credentials, place: Place, args: &Args) -> Self {
        Self {
            app_id,
            credentials,
            place,
            grace: Duration::from_secs(args.grace),
            session: Arc::default(),
        }
    }

    /// The player's settings.
    pub(crate) fn settings(&self, mode: Mode) -> AppSettings {
        let grace = self.grace;
        let settings = AppSettings::builder()
            .auto_establish_socket_connection(mode == Mode::Auto)
            .timing(|timing| timing.grace = grace)
            .session_store(self.session.clone());
        match &self.place {
            Place::ThisMachine(address) => settings.local_server(*address, None).build(),
            Place::Cloud { region } => settings.region(region).build(),
        }
    }
}
