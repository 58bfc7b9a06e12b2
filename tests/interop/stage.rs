//! A server with its users, and who visits it.

use std::net::SocketAddr;

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
use tempfile::TempDir;

use super::{browser::Browser, game::Game, page::Page};

pub(super) const APP: &str = "app123";
pub(super) const KEY: &str = "key123";

/// A server of its own for each test.
pub(super) struct Stage {
    folder: TempDir,
    options: fn(LocalServerConfig) -> LocalServerConfig,
    pub(super) server: LocalServer,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with(LocalServerConfig::without_rate_limits)
    }

    /// With a server that is configured further.
    pub(super) fn with(options: fn(LocalServerConfig) -> LocalServerConfig) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server's data");
        let server = start(&folder, options, SocketAddr::from(([127, 0, 0, 1], 0)));
        Self {
            folder,
            options,
            server,
        }
    }

    /// A page where the SDK is initialised, and nobody logged in.
    pub(super) fn visitor(&self) -> Page<'static> {
        let page = Page::open(Browser::shared());
        page.init(self.server.address());
        page
    }

    /// A page where the user is logged in and connected.
    pub(super) fn page(&self, uid: &str) -> Page<'static> {
        let page = self.visitor();
        page.go_online(uid);
        page
    }

    /// A headless game in which the user is logged in and connected.
    pub(super) fn game(&self, uid: &str) -> Game {
        Game::join(&self.server, uid)
    }

    /// Kills the server as a crash would, and starts it again on the same port and data.
    pub(super) fn restart(self) -> Self {
        let address = self.server.address();
        self.server.kill();
        let server = start(&self.folder, self.options, address);
        Self { server, ..self }
    }
}

fn start(
    folder: &TempDir,
    options: fn(LocalServerConfig) -> LocalServerConfig,
    address: SocketAddr,
) -> LocalServer {
    let config = LocalServerConfig::new(APP, KEY)
        .user("alice")
        .user("bob")
        .user("carol")
        .listen(address)
        .tls()
        .data(folder.path().join("chat.sqlite"));
    LocalServer::start(options(config)).expect("the server starts")
}
