//! The app and the user with which the game chats.

use std::{
    env,
    error::Error,
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use bevy::prelude::Resource;
use bevy_cometchat::{
    AppSettings, AuthKey, AuthToken, Credentials,
    client::{MemoryStore, PresenceSubscription},
    connection::Mode,
};

use crate::{args::Args, network::Network, server::Server};

/// The app on the game's own server, and its auth key. With the key anybody can log in as any user, which is fine on one
/// machine.
pub(crate) const APP_ID: &str = "village";
pub(crate) const AUTH_KEY: &str = "village-key";

const CLOUD_VARIABLES: [&str; 3] = [
    "COMETCHAT_APP_ID",
    "COMETCHAT_REGION",
    "COMETCHAT_AUTH_TOKEN",
];

/// The app, its settings and the credentials.
#[derive(Resource, Clone)]
pub(crate) struct Realm {
    pub(crate) app_id: String,
    pub(crate) credentials: Credentials,
    place: Place,
    background_timeout: Duration,
    /// Shared by all settings, so that a change of the mode keeps the session.
    session: Arc<MemoryStore>,
}

#[derive(Clone)]
enum Place {
    ThisMachine(SocketAddr),
    Cloud { region: String },
}

/// A realm, with the server and the network that run in this game.
pub(crate) struct Opened {
    pub(crate) realm: Realm,
    pub(crate) server: Option<Server>,
    pub(crate) network: Option<Network>,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

impl Opened {
    /// The realm of the command line.
    pub(crate) fn by(args: &Args) -> Outcome<Self> {
        if args.connect {
            return Ok(Self {
                realm: Realm::in_the_cloud(args)?,
                server: None,
                network: None,
            });
        }
        let (server, address) = match args.join {
            Some(address) => {
                TcpStream::connect(address).map_err(|error| {
                    format!("no game answers at {address}, as each says when it starts: {error}")
                })?;
                (None, address)
            }
            None => {
                let server = Server::start()?;
                let address = server.address();
                (Some(server), address)
            }
        };
        let network = Network::start(address)?;
        Ok(Self {
            realm: Realm::on_this_machine(args, network.address()),
            server,
            network: Some(network),
        })
    }
}

impl Realm {
    fn in_the_cloud(args: &Args) -> Outcome<Self> {
        let [app_id, region, token] = CLOUD_VARIABLES.map(|name| env::var(name).ok());
        let (Some(app_id), Some(region), Some(token)) = (app_id, region, token) else {
            let needed = CLOUD_VARIABLES.join(", ");
            return Err(format!("--connect needs {needed} in the environment").into());
        };
        Ok(Self {
            app_id,
            credentials: AuthToken::new(token).into(),
            place: Place::Cloud { region },
            background_timeout: Duration::from_secs(args.background_timeout),
            session: Arc::default(),
        })
    }

    fn on_this_machine(args: &Args, server: SocketAddr) -> Self {
        Self {
            app_id: APP_ID.into(),
            credentials: AuthKey::new(args.traveller().uid, AUTH_KEY).into(),
            place: Place::ThisMachine(server),
            background_timeout: Duration::from_secs(args.background_timeout),
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
