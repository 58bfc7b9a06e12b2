use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use crate::{
    connection::{BackgroundPolicy, Mode, Timing},
    error::{ChatError, ErrorCode},
    outbox::OutboxLimits,
    setters::setters,
    storage::{MemoryStore, SessionStore, Storage},
};

/// The maximum size of a persistent outbox, in bytes.
const MAX_PERSISTENT_BYTES: usize = 8 * 1024 * 1024;

/// The settings of a client. Built with [`AppSettings::builder`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppSettings {
    pub(crate) region: String,
    pub(crate) presence: PresenceSubscription,
    pub(crate) mode: Mode,
    pub(crate) background: BackgroundPolicy,
    pub(crate) timing: Timing,
    pub(crate) admin_host: Option<String>,
    pub(crate) client_host: Option<String>,
    pub(crate) encryption: Encryption,
    pub(crate) trusted_certificates: Vec<String>,
    pub(crate) storage: Storage,
    pub(crate) request_timeout: Duration,
    pub(crate) recovery_limit: usize,
    pub(crate) outbox: OutboxLimits,
    pub(crate) persistent_outbox: bool,
    pub(crate) token_renewal_timeout: Duration,
}

/// The users whose presence the server reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PresenceSubscription {
    /// No users. The default.
    #[default]
    None,
    /// All users.
    AllUsers,
    /// The friends of the logged-in user.
    Friends,
    /// Users with one of these roles.
    Roles(Vec<String>),
}

impl PresenceSubscription {
    /// The values of the auth frame.
    pub(crate) fn as_wire(&self) -> (Option<&'static str>, &[String]) {
        match self {
            Self::None => (None, &[]),
            Self::AllUsers => (Some("ALL_USERS"), &[]),
            Self::Friends => (Some("FRIENDS"), &[]),
            Self::Roles(roles) => (Some("ROLES"), roles),
        }
    }
}

/// Whether connections must be encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Always `https` and `wss`, with the certificate checked. The default.
    #[default]
    Required,
    /// Plain `http` and `ws`, to this machine only: anything else is refused.
    PlainToLoopback,
    /// Plain `http` and `ws` to any host. Anybody on the network path can read and change messages, and take over the
    /// session.
    DangerPlainToAnywhere,
}

impl AppSettings {
    /// Settings with every default: region `eu`, auto mode, no presence, CometChat's own hosts, encryption
    /// required, the session saved in the platform's directory for application data.
    pub fn builder() -> AppSettingsBuilder {
        AppSettingsBuilder {
            settings: Self {
                region: "eu".into(),
                presence: PresenceSubscription::default(),
                mode: Mode::default(),
                background: BackgroundPolicy::default(),
                timing: Timing::default(),
                admin_host: None,
                client_host: None,
                encryption: Encryption::default(),
                trusted_certificates: Vec::new(),
                storage: Storage::default(),
                request_timeout: Duration::from_secs(20),
                recovery_limit: 1_000,
                outbox: OutboxLimits::default(),
                persistent_outbox: false,
                token_renewal_timeout: Duration::from_secs(60),
            },
        }
    }

    /// The mode of the connection.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The intervals and limits of the connection.
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Checks what can be checked without the network.
    pub(crate) fn check(&self, app_id: &str) -> Result<(), ChatError> {
        let is_word = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if app_id.is_empty() {
            return Err(ChatError::new(
                ErrorCode::MissingParameters,
                "the app id is empty: copy it from the app's page in CometChat's dashboard",
            ));
        }
        if !app_id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            return Err(ChatError::new(
                ErrorCode::MissingParameters,
                "the app id has characters that no app id has: copy it from CometChat's dashboard",
            ));
        }
        if !is_word(&self.region) {
            return Err(ChatError::new(
                ErrorCode::InvalidRegion,
                format!(
                    "the region {:?} is not one: it is a word such as us, eu or in",
                    self.region
                ),
            ));
        }
        if self.persistent_outbox && self.outbox.bytes > MAX_PERSISTENT_BYTES {
            return Err(ChatError::new(
                ErrorCode::InvalidSettings,
                format!("a persistent outbox has at most {MAX_PERSISTENT_BYTES} bytes"),
            ));
        }
        Ok(())
    }

    /// With this store in place of the platform's own.
    #[cfg(feature = "test-util")]
    pub(crate) fn with_platform_store(mut self, store: &Arc<MemoryStore>) -> Self {
        if matches!(self.storage, Storage::Default) {
            self.storage = Storage::Custom(store.clone());
        }
        self
    }
}

/// Builds [`AppSettings`]. The names are CometChat's, where CometChat has the setting.
#[derive(Clone, Debug)]
pub struct AppSettingsBuilder {
    settings: AppSettings,
}

impl AppSettingsBuilder {
    setters! {
        /// The region of the app, such as `us`; lower-cased. Default: `eu`.
        region(region: impl AsRef<str>) =>
            settings.region = region.as_ref().trim().to_lowercase();
        /// Whether the connection is opened by login and restored sessions (`true`, auto mode, the default) or only by
        /// `connect()` (`false`, manual mode).
        auto_establish_socket_connection(auto: bool) =>
            settings.mode = if auto { Mode::Auto } else { Mode::Manual };
        /// The users whose presence the server reports. Default: none.
        subscribe_presence(presence: PresenceSubscription) => settings.presence = presence;
        /// The effect of going to the background in auto mode. Default: the connection lasts as long as the background
        /// timeout.
        background_policy(policy: BackgroundPolicy) => settings.background = policy;
        /// Another host for the routes that need the auth key, with an optional port and path:
        /// `chat.example.com:8443/v3.0`.
        override_admin_host(host: impl Into<String>) => settings.admin_host = Some(host.into());
        /// Another host for the routes that need a user's token, with an optional port and path. It is used until the
        /// server's own settings name a host.
        override_client_host(host: impl Into<String>) => settings.client_host = Some(host.into());
        /// The maximum number of messages that are fetched after a reconnect or a restart, the newest ones; the others
        /// are reported as a gap. Default: 1,000.
        recovery_limit(messages: usize) => settings.recovery_limit = messages;
        /// Whether messages that are not sent yet survive the end of the game, or another `init`: they are saved with the
        /// session, and sent after the next start, if that has a persistent outbox too. Messages with uploads are not saved. With this, [`OutboxLimits::bytes`] is at
        /// most 8 MiB; in a browser the limit is 256 KiB, whatever it is set to. Default: `false`.
        persistent_outbox(persistent: bool) => settings.persistent_outbox = persistent;
        /// The time in which the game has to answer [`TokenExpired`](crate::client::Event::TokenExpired) before the
        /// session ends. It runs in the foreground only, and starts over there. Default: 60 s.
        token_renewal_timeout(timeout: Duration) => settings.token_renewal_timeout = timeout;
        /// The time in which a request over HTTP must end, from name resolution to the last byte of the reply.
        /// Default: 20 s.
        request_timeout(timeout: Duration) => settings.request_timeout = timeout;
        /// Whether connections must be encrypted. Default: [`Encryption::Required`].
        encryption(encryption: Encryption) => settings.encryption = encryption;
        /// Saves the session in the game's own store. Default: a file in
        /// [`session_directory`](Self::session_directory).
        session_store(store: Arc<dyn SessionStore>) => settings.storage = Storage::Custom(store);
    }

    /// Changes intervals and limits of the connection.
    ///
    /// ```
    /// use std::time::Duration;
    /// use bevy_cometchat::AppSettings;
    ///
    /// let settings = AppSettings::builder()
    ///     .timing(|timing| timing.background_timeout = Duration::from_secs(10))
    ///     .build();
    /// assert_eq!(settings.timing().background_timeout, Duration::from_secs(10));
    /// ```
    #[must_use]
    pub fn timing(mut self, change: impl FnOnce(&mut Timing)) -> Self {
        change(&mut self.settings.timing);
        self
    }

    /// Changes the limits of the outbox.
    ///
    /// ```
    /// use bevy_cometchat::AppSettings;
    ///
    /// // A bot on a server of one's own talks as fast as it likes.
    /// let settings = AppSettings::builder().outbox(|limits| limits.per_minute = None).build();
    /// # drop(settings);
    /// ```
    #[must_use]
    pub fn outbox(mut self, change: impl FnOnce(&mut OutboxLimits)) -> Self {
        change(&mut self.settings.outbox);
        self
    }

    /// Uses a local server at `address` instead of CometChat's cloud: over TLS with its `certificate` (PEM), or without
    /// one in plain text, which only works on the same machine.
    #[must_use]
    pub fn local_server(self, address: SocketAddr, certificate: Option<&str>) -> Self {
        let host = format!("{address}/v3.0");
        let settings = self.override_admin_host(&host).override_client_host(&host);
        match certificate {
            Some(certificate) => settings.trust_certificate(certificate),
            None => settings.encryption(Encryption::PlainToLoopback),
        }
    }

    /// Trusts an additional root certificate, in PEM. In a browser `init` fails with it: the browser decides which
    /// certificates are trusted.
    #[must_use]
    pub fn trust_certificate(mut self, pem: impl Into<String>) -> Self {
        self.settings.trusted_certificates.push(pem.into());
        self
    }

    /// The directory in which the session is saved; created if needed. Default: `bevy_cometchat/<app id>` in the
    /// platform's directory for application data. Two games that run at the same time need two directories.
    ///
    /// In a browser `init` fails with it, as a page has no directories. The default there is an entry of the same name
    /// in the page's `localStorage`.
    #[must_use]
    pub fn session_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.settings.storage = Storage::Directory(directory.into());
        self
    }

    /// Keeps the session in memory: the user must log in at every start. Clones of the settings share the session:
    /// clients of several users need separate settings.
    #[must_use]
    pub fn session_in_memory(self) -> Self {
        self.session_store(Arc::new(MemoryStore::default()))
    }

    /// The settings.
    pub fn build(self) -> AppSettings {
        self.settings
    }
}

impl Default for AppSettings {
    fn default() -> Self {
        Self::builder().build()
    }
}
