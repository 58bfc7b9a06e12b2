//! The chat server inside the game, which can be killed and restarted.

use std::net::SocketAddr;

use bevy::prelude::Resource;
use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
use tempfile::TempDir;

use crate::{
    cast::{APP_ID, AUTH_KEY, CAST, TRAVELLERS},
    zone::Zone,
};

#[derive(Resource)]
pub(crate) struct Server {
    running: Option<LocalServer>,
    config: LocalServerConfig,
    address: SocketAddr,
    /// The data directory. It outlasts the server, and is deleted with the game.
    _data: TempDir,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

impl Server {
    pub(crate) fn start() -> Outcome<Self> {
        let data = tempfile::tempdir()?;
        let mut config =
            LocalServerConfig::new(APP_ID, AUTH_KEY).data(data.path().join("chat.sqlite"));
        let travellers = TRAVELLERS.map(|it| (it.uid, it.name));
        let cast = CAST.each_ref().map(|it| (it.uid, it.name));
        for (uid, name) in travellers.into_iter().chain(cast) {
            config = config.user(format!("{uid}:{name}"));
        }
        for zone in Zone::ALL {
            // Players become members where they stand.
            let residents = CAST.iter().filter(|it| it.zone == zone).map(|it| it.uid);
            config = config.group_of(format!("{}:{}", zone.guid(), zone.title()), residents);
        }
        let running = LocalServer::start(config.clone())?;
        let address = running.address();
        Ok(Self {
            running: Some(running),
            config: config.listen(address),
            address,
            _data: data,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Stops the server without closing connections, like a crash.
    pub(crate) fn kill(&mut self) {
        if let Some(server) = self.running.take() {
            server.kill();
        }
    }

    /// Starts the server again at the same address.
    pub(crate) fn restart(&mut self) -> Outcome<()> {
        self.running = Some(LocalServer::start(self.config.clone())?);
        Ok(())
    }
}
