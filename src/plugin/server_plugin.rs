use bevy::prelude::Resource;
use tracing::error;

use super::CometChatPlugin;
use crate::{
    client::{AppSettings, AppSettingsBuilder},
    local_server::{LocalServer, LocalServerConfig},
};

/// The server inside a game. It stops when the app is dropped.
#[derive(Resource)]
struct EmbeddedServer {
    _server: LocalServer,
}

/// # In a game
impl LocalServerConfig {
    /// The plugin for a game that has this server inside: the server runs as long as the app, and the session is kept in
    /// memory. If the server can't start, that is logged, and later requests fail with
    /// [`NotInitialized`](crate::ErrorCode::NotInitialized).
    ///
    /// ```no_run
    /// use bevy::prelude::*;
    /// use bevy_cometchat::local_server::LocalServerConfig;
    ///
    /// let server = LocalServerConfig::new("app123", "key123").user("alice");
    /// App::new().add_plugins((DefaultPlugins, server.plugin())).run();
    /// ```
    pub fn plugin(self) -> CometChatPlugin {
        CometChatPlugin::with_init(move |app| {
            let server = LocalServer::start(self.clone())
                .inspect_err(|error| error!("the local chat server could not start: {error}"))
                .ok()?;
            let init = (server.app_id().to_owned(), server.settings().build());
            app.insert_resource(EmbeddedServer { _server: server });
            Some(init)
        })
    }
}

/// # In a game
impl LocalServer {
    /// The plugin for a game that connects to this server, with its session in memory.
    /// [`LocalServerConfig::plugin`] also starts the server.
    ///
    /// ```no_run
    /// use bevy::prelude::*;
    /// use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
    ///
    /// let config = LocalServerConfig::new("app123", "key123").user("alice");
    /// let server = LocalServer::start(config)?;
    /// App::new().add_plugins((DefaultPlugins, server.plugin())).run();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plugin(&self) -> CometChatPlugin {
        CometChatPlugin::new(self.app_id(), self.settings().build())
    }

    /// The settings with which a client reaches this server, with its session in memory.
    pub fn settings(&self) -> AppSettingsBuilder {
        AppSettings::builder()
            .local_server(self.address(), self.certificate_pem())
            .session_in_memory()
    }
}
