use std::path::PathBuf;

use bevy_cometchat::{
    AppSettings, AuthKey, PresenceSubscription,
    local_server::{LocalServer, LocalServerConfig},
};
use clap::Parser;

use super::Outcome;

/// Tries every operation and event of bevy_cometchat against a server.
#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// Try a local server of this program's own: the default unless an app id is given.
    #[arg(long, conflicts_with = "app_id")]
    pub(crate) local: bool,
    /// The id of an app in CometChat's cloud.
    #[arg(long, requires = "region")]
    pub(crate) app_id: Option<String>,
    /// The app's region, such as `us`.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// The app's auth key. Other users of the machine can see it: prefer a file.
    #[arg(long, conflicts_with = "auth_key_file")]
    pub(crate) auth_key: Option<String>,
    /// A file with the app's auth key.
    #[arg(long)]
    pub(crate) auth_key_file: Option<PathBuf>,
    /// Where the report goes.
    #[arg(long, default_value = "cloud-check.md")]
    pub(crate) report: PathBuf,
}

/// The server to try.
pub(crate) struct Target {
    pub(crate) app_id: String,
    pub(crate) key: String,
    /// What authenticates admin requests begins with this.
    pub(crate) admin_url: String,
    /// And all others with this, until the server names another host.
    pub(crate) client_url: String,
    region: Option<String>,
    /// `None` where the cloud is tried.
    server: Option<LocalServer>,
}

impl Target {
    pub(crate) fn new(args: &Args) -> Outcome<Self> {
        match (&args.app_id, &args.region) {
            (Some(app_id), Some(region)) => {
                let key = match (&args.auth_key, &args.auth_key_file) {
                    (Some(key), _) => key.clone(),
                    (None, Some(path)) => std::fs::read_to_string(path)?.trim().to_owned(),
                    (None, None) => return Err("give --auth-key-file or --auth-key".into()),
                };
                let url =
                    |host: &str| format!("https://{app_id}.{host}-{region}.cometchat.io/v3.0");
                Ok(Self {
                    app_id: app_id.clone(),
                    key,
                    admin_url: url("api"),
                    client_url: url("apiclient"),
                    region: Some(region.clone()),
                    server: None,
                })
            }
            _ => {
                let (app_id, key) = ("app-of-the-check", "key-of-the-check");
                let server = LocalServer::start(LocalServerConfig::new(app_id, key))?;
                let url = format!("http://{}/v3.0", server.address());
                Ok(Self {
                    app_id: app_id.to_owned(),
                    key: key.to_owned(),
                    admin_url: url.clone(),
                    client_url: url,
                    region: None,
                    server: Some(server),
                })
            }
        }
    }

    pub(crate) fn name(&self) -> String {
        match &self.region {
            Some(region) => format!("CometChat's cloud, region {region}"),
            None => "the local server".to_owned(),
        }
    }

    pub(crate) fn is_local(&self) -> bool {
        self.server.is_some()
    }

    pub(crate) fn settings(&self) -> AppSettings {
        let settings = match (&self.server, &self.region) {
            (Some(server), _) => server.settings(),
            (None, region) => AppSettings::builder()
                .region(region.as_deref().unwrap_or("us"))
                .session_in_memory(),
        };
        settings
            .subscribe_presence(PresenceSubscription::AllUsers)
            .build()
    }

    pub(crate) fn auth_key(&self, uid: &str) -> AuthKey {
        AuthKey::new(uid, self.key.as_str())
    }
}
