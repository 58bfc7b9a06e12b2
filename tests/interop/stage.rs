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
    pub(super) server: LocalServer,
}

impl Stage {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server's data");
        let server = start(&folder, SocketAddr::from(([127, 0, 0, 1], 0)));
        Self { folder, server }
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
        let server = start(&self.folder, address);
        Self {
            folder: self.folder,
            server,
        }
    }
}

fn start(folder: &TempDir, address: SocketAddr) -> LocalServer {
    let config = LocalServerConfig::new(APP, KEY)
        .user("alice")
        .user("bob")
        .user("carol")
        .listen(address)
        .tls()
        .data(folder.path().join("chat.sqlite"))
        .without_rate_limits();
    LocalServer::start(config).expect("the server starts")
}
