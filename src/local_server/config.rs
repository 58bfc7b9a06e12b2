use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{error::LocalServerError, id, moderation::ModerationRules, rate_limit::RateLimits};
use crate::model::{Guid, Secret, Uid};

/// The default maximum number of connected clients.
const MAX_CONNECTIONS: usize = 2_048;

/// The default maximum number of messages that a user sends per minute.
const MESSAGES_PER_MINUTE: u32 = 30;

/// The default maximum size of the stored data, in bytes.
const MAX_DATA_BYTES: u64 = 4 << 30;

/// The configuration of a [`LocalServer`](super::LocalServer).
#[derive(Clone, Debug)]
pub struct LocalServerConfig {
    pub(super) app_id: String,
    pub(super) auth_key: Secret,
    pub(super) listen: SocketAddr,
    pub(super) allow_public: bool,
    pub(super) tls: bool,
    pub(super) data: Option<PathBuf>,
    pub(super) users: Vec<(Uid, String)>,
    pub(super) groups: Vec<GroupAtStart>,
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) max_connections: usize,
    pub(super) max_connections_per_address: Option<usize>,
    pub(super) token_lifetime: Option<Duration>,
    pub(super) jwt_lifetime: Option<Duration>,
    pub(super) messages_per_minute: Option<u32>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) allowed_hosts: Vec<String>,
    pub(super) tls_names: Vec<String>,
    pub(super) max_data_bytes: u64,
    pub(super) moderation: ModerationRules,
    pub(super) extensions: Vec<(String, Box<RawValue>)>,
}

/// A public group that is created at start.
#[derive(Clone, Debug)]
pub(super) struct GroupAtStart {
    pub(super) guid: Guid,
    pub(super) name: String,
    /// Its members, the first of them its owner; `None`: all users.
    members: Option<Vec<Uid>>,
}

impl LocalServerConfig {
    /// A server for one app, whose users log in with `auth_key`. By default it listens on a free port of this machine,
    /// without TLS, and stores nothing on disk.
    pub fn new(app_id: impl Into<String>, auth_key: impl Into<String>) -> Self {
        Self {
            app_id: app_id.into(),
            auth_key: Secret::from(auth_key.into()),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_public: false,
            tls: false,
            data: None,
            users: Vec::new(),
            groups: Vec::new(),
            rate_limits: Some(RateLimits::default()),
            max_connections: MAX_CONNECTIONS,
            max_connections_per_address: None,
            token_lifetime: None,
            jwt_lifetime: None,
            messages_per_minute: Some(MESSAGES_PER_MINUTE),
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            tls_names: Vec::new(),
            max_data_bytes: MAX_DATA_BYTES,
            moderation: ModerationRules::default(),
            extensions: Vec::new(),
        }
    }

    /// The address to listen on. Default: `127.0.0.1:0`, a free port of this machine.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Permits an address that other machines can reach. Whoever has the auth key can then log in as anybody.
    #[must_use]
    pub fn allow_public(mut self) -> Self {
        self.allow_public = true;
        self
    }

    /// Serves with TLS, under a certificate made for `localhost`, `127.0.0.1` and `::1`, and kept with the
    /// [`data`](Self::data).
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Serves with TLS, under a certificate that is also for this name or address of the machine: the one by which
    /// other machines reach it. The server may be reached [under it](Self::allow_host), too.
    #[must_use]
    pub fn tls_for(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.tls_names.push(name.clone());
        self.tls().allow_host(name)
    }

    /// Allows web pages of an origin, such as `https://game.example`, to use the server. `*` allows all. Default: only
    /// pages of this machine, at `localhost` and the loopback addresses.
    #[must_use]
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.allowed_origins.push(origin.into());
        self
    }

    /// Allows clients to reach the server under a host name. `*` allows all. Always allowed are addresses, names
    /// without a dot, names in `.localhost`, `.local` and other domains that nobody can register, and CometChat's own
    /// names. Other names are refused, because a web page can make a browser resolve its own name to this machine.
    #[must_use]
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into().to_ascii_lowercase());
        self
    }

    /// The maximum number of messages that a user may send per minute. Default: 30, as in CometChat's cloud. A message
    /// beyond it is refused with the status 429. [`without_rate_limits`](Self::without_rate_limits) lifts this limit,
    /// too.
    #[must_use]
    pub fn messages_per_minute(mut self, messages: u32) -> Self {
        self.messages_per_minute = Some(messages);
        self
    }

    /// The maximum size of the stored data, in bytes. Default: 4 GiB. Beyond it, requests that store anything are
    /// refused with the code `ERR_STORAGE_FULL`.
    #[must_use]
    pub fn max_data_bytes(mut self, bytes: u64) -> Self {
        self.max_data_bytes = bytes;
        self
    }

    /// The lifetime of the socket credential (the JWT), in whole seconds. After it, a new socket with the credential is
    /// refused, while the token stays valid. `GET me` replies with a new credential. Default: the lifetime of the
    /// token.
    #[must_use]
    pub fn jwt_lifetime(mut self, lifetime: Duration) -> Self {
        self.jwt_lifetime = Some(lifetime);
        self
    }

    /// Sets the rules of moderation. Default: none.
    #[must_use]
    pub fn moderation(mut self, rules: ModerationRules) -> Self {
        self.moderation = rules;
        self
    }

    /// Adds the data of an extension to each message: in its metadata, at `@injected.extensions`.
    ///
    /// # Errors
    /// When the data has no JSON form.
    pub fn extension(
        mut self,
        name: impl Into<String>,
        data: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        self.extensions.push((name.into(), to_raw_value(data)?));
        Ok(self)
    }

    /// Stores everything, including uploaded files, in an SQLite file, which one server at a time may use. Acknowledged
    /// changes survive a crash. Default: everything is in memory. The file holds tokens, group passwords and the key of
    /// the certificate as they are, so it is made readable by its owner only.
    #[must_use]
    pub fn data(mut self, path: impl Into<PathBuf>) -> Self {
        self.data = Some(path.into());
        self
    }

    /// Creates a user at the start, if it does not exist: `uid`, whose name is the capitalised uid, or `uid:Name`.
    #[must_use]
    pub fn user(mut self, user: impl AsRef<str>) -> Self {
        let (uid, name) = id_and_name(user.as_ref());
        self.users.push((id::folded(uid).into(), name));
        self
    }

    /// Creates a public group at the start, if it does not exist: `guid`, whose name is the capitalised guid, or
    /// `guid:Name`. Its members are all users of this configuration, and the first of them is the owner.
    #[must_use]
    pub fn group(self, group: impl AsRef<str>) -> Self {
        self.group_at_start(group.as_ref(), None)
    }

    /// Like [`group`](Self::group), with only these users as members.
    #[must_use]
    pub fn group_of<U: Into<Uid>>(
        self,
        group: impl AsRef<str>,
        members: impl IntoIterator<Item = U>,
    ) -> Self {
        let members = members
            .into_iter()
            .map(|uid| id::folded(uid.into().as_str()).into())
            .collect();
        self.group_at_start(group.as_ref(), Some(members))
    }

    fn group_at_start(mut self, group: &str, members: Option<Vec<Uid>>) -> Self {
        let (guid, name) = id_and_name(group);
        self.groups.push(GroupAtStart {
            guid: id::folded(guid).into(),
            name,
            members,
        });
        self
    }

    /// The rate limits of a client. Default: [`RateLimits::default`].
    #[must_use]
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.rate_limits = Some(limits);
        self
    }

    /// Disables the rate limits, for load tests.
    #[must_use]
    pub fn without_rate_limits(mut self) -> Self {
        self.rate_limits = None;
        self
    }

    /// The maximum number of connected clients. Default: 2,048. A client beyond it is told to retry later. On Unix each
    /// connection takes a file descriptor: if the process may not open that many, the maximum is lower, which is
    /// logged.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// The maximum number of connections from one address, or from one /64 network of IPv6. Default: half of
    /// [`max_connections`](Self::max_connections). Loopback counts like any other address. Raise it if all clients have
    /// one address, such as behind a proxy.
    #[must_use]
    pub fn max_connections_per_address(mut self, connections: usize) -> Self {
        self.max_connections_per_address = Some(connections);
        self
    }

    /// The lifetime of tokens, in whole seconds. After it, requests and new connections with a token are refused with
    /// the code `AUTH_ERR_AUTH_TOKEN_NOT_FOUND`. Open connections stay. Default: until logout.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = Some(lifetime);
        self
    }

    pub(super) fn check(&self) -> Result<(), LocalServerError> {
        if !self.listen.ip().is_loopback() && !self.allow_public {
            return Err(LocalServerError::NotLoopback(self.listen));
        }
        if let Some((uid, _)) = self
            .users
            .iter()
            .find(|(uid, _)| id::check("uid", uid.as_str()).is_err())
        {
            return Err(LocalServerError::Uid(uid.clone()));
        }
        match self.groups.iter().find(|group| !self.can_make(group)) {
            Some(group) => Err(LocalServerError::Group(group.guid.clone())),
            None => Ok(()),
        }
    }

    fn can_make(&self, group: &GroupAtStart) -> bool {
        let is_user = |uid: &Uid| self.users.iter().any(|(user, _)| user == uid);
        let members = self.members(group);
        id::check("guid", group.guid.as_str()).is_ok()
            && !members.is_empty()
            && members.into_iter().all(is_user)
    }

    /// The members of a group at start, its owner first.
    pub(super) fn members<'a>(&'a self, group: &'a GroupAtStart) -> Vec<&'a Uid> {
        match &group.members {
            Some(members) => members.iter().collect(),
            None => self.users.iter().map(|(uid, _)| uid).collect(),
        }
    }
}

fn id_and_name(text: &str) -> (&str, String) {
    match text.split_once(':') {
        Some((id, name)) if !name.is_empty() => (id, name.to_owned()),
        Some((id, _)) => (id, capitalised(id)),
        None => (text, capitalised(text)),
    }
}

fn capitalised(id: &str) -> String {
    let mut letters = id.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_auth_key_does_not_show() {
        let config = LocalServerConfig::new("app", "hunter2");
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_user_is_named_after_the_uid_unless_named() {
        let config = LocalServerConfig::new("app", "key")
            .user("alice")
            .user("bob:Robert")
            .user("unal:");
        let names: Vec<_> = config
            .users
            .iter()
            .map(|(uid, name)| (uid.as_str(), name.as_str()))
            .collect();
        assert_eq!(
            names,
            [("alice", "Alice"), ("bob", "Robert"), ("unal", "Unal")]
        );
    }

    #[test]
    fn other_machines_are_let_in_on_purpose_only() {
        let everywhere = LocalServerConfig::new("app", "key").listen(([0, 0, 0, 0], 0).into());
        assert!(matches!(
            everywhere.check(),
            Err(LocalServerError::NotLoopback(_))
        ));
        assert!(everywhere.allow_public().check().is_ok());
        let nobody = LocalServerConfig::new("app", "key").user("");
        assert!(matches!(nobody.check(), Err(LocalServerError::Uid(_))));
    }

    #[test]
    fn a_group_has_a_guid_and_somebody_to_own_it() {
        let config = LocalServerConfig::new("app", "key");
        let is_refused =
            |config: LocalServerConfig| matches!(config.check(), Err(LocalServerError::Group(_)));
        assert!(is_refused(config.clone().group("square")));
        assert!(is_refused(config.clone().user("alice").group("a square")));
        assert!(
            config
                .user("alice")
                .group("square:The square")
                .check()
                .is_ok()
        );
    }

    #[test]
    fn the_members_of_a_group_are_users() {
        let config = LocalServerConfig::new("app", "key")
            .user("alice")
            .user("bob");
        let is_refused =
            |config: LocalServerConfig| matches!(config.check(), Err(LocalServerError::Group(_)));
        assert!(is_refused(config.clone().group_of("square", ["carol"])));
        assert!(is_refused(
            config.clone().group_of("square", [] as [&str; 0])
        ));
        assert!(config.group_of("square", ["bob"]).check().is_ok());
    }
}
