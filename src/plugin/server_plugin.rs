use super::CometChatPlugin;
use crate::{
    client::{AppSettings, AppSettingsBuilder},
    local_server::LocalServer,
};

/// # In a game
impl LocalServer {
    /// The plugin for a game that plays on this server, with its session in memory.
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
