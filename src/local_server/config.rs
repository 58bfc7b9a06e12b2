use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{error::LocalServerError, id, moderation::ModerationRules, rate_limit::RateLimits};
use crate::model::{Guid, Secret, Uid};

/// How many clients may be connected at a time, unless set.
const MAX_CONNECTIONS: usize = 2_048;

/// How many messages a user may send in a minute, unless set.
const MESSAGES_PER_MINUTE: u32 = 30;

/// How many bytes may be stored, unless set.
const MAX_DATA_BYTES: u64 = 4 << 30;

/// What a [`LocalServer`](super::LocalServer) serves, and where.
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
    /// A server for one app, whose users log in by `auth_key`: on a free port of this machine, without TLS, with
    /// nothing stored on disk.
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

    /// Where to listen; `127.0.0.1:0`, a free port of this machine, unless set.
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

    /// Lets pages of that origin use the server, such as `https://game.example`; `*` stands for all. Unless set, only
    /// pages of this machine may: those at `localhost` and the loopback addresses.
    #[must_use]
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.allowed_origins.push(origin.into());
        self
    }

    /// Lets clients reach the server under that host name; `*` stands for all. Addresses, names without a dot, and those
    /// in `.localhost`, `.local` and other domains that nobody can register are always allowed, and so are CometChat's own. Another name is refused, since a page
    /// could have made a browser resolve it to this machine.
    #[must_use]
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.push(host.into().to_ascii_lowercase());
        self
    }

    /// How many messages a user may send in a minute; 30 unless set, as in CometChat's cloud. One too many is refused
    /// with the status 429. [`without_rate_limits`](Self::without_rate_limits) lifts this limit, too.
    #[must_use]
    pub fn messages_per_minute(mut self, messages: u32) -> Self {
        self.messages_per_minute = Some(messages);
        self
    }

    /// How many bytes the server may store; 4 GiB unless set. When they are used up, requests that store anything are
    /// refused by the code `ERR_STORAGE_FULL`.
    #[must_use]
    pub fn max_data_bytes(mut self, bytes: u64) -> Self {
        self.max_data_bytes = bytes;
        self
    }

    /// Lets the credential of sockets (the JWT) become stale so long after it was made, in whole seconds: a new socket
    /// with it is refused, while the token stays good. `GET me` answers with a new one. Unless set, it is good as long as
    /// its token.
    #[must_use]
    pub fn jwt_lifetime(mut self, lifetime: Duration) -> Self {
        self.jwt_lifetime = Some(lifetime);
        self
    }

    /// Judges messages by rules.
    #[must_use]
    pub fn moderation(mut self, rules: ModerationRules) -> Self {
        self.moderation = rules;
        self
    }

    /// Adds what an extension of that name would say to each message: in its metadata, at `@injected.extensions`.
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

    /// Keeps everything, uploaded files included, in an SQLite file, which one server at a time may use. What was
    /// answered is in it whatever happens to the server then. The file holds tokens, group passwords and the key of the
    /// certificate as they are, so it is made readable by its owner only.
    #[must_use]
    pub fn data(mut self, path: impl Into<PathBuf>) -> Self {
        self.data = Some(path.into());
        self
    }

    /// Creates a user at start unless they exist: `uid`, shown by the uid with a capital, or `uid:Name`.
    #[must_use]
    pub fn user(mut self, user: impl AsRef<str>) -> Self {
        let (uid, name) = id_and_name(user.as_ref());
        self.users.push((id::folded(uid).into(), name));
        self
    }

    /// Creates a public group at start unless it exists, with all users of this configuration as its members, the
    /// first of them its owner: `guid`, shown by the guid with a capital, or `guid:Name`.
    #[must_use]
    pub fn group(self, group: impl AsRef<str>) -> Self {
        self.group_at_start(group.as_ref(), None)
    }

    /// The same with these of the users as its members only.
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

    /// How much a client may ask; [`RateLimits::default`] unless set.
    #[must_use]
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.rate_limits = Some(limits);
        self
    }

    /// Lets a client ask as much as it likes: for tests under load.
    #[must_use]
    pub fn without_rate_limits(mut self) -> Self {
        self.rate_limits = None;
        self
    }

    /// How many clients may be connected at a time; 2,048 unless set. One too many is told to come back later. On Unix
    /// each takes a file descriptor: where the process may not open that many, there are fewer, which the log says.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// How many of the [connections](Self::max_connections) may come from the same address at a time, or from the same
    /// /64 network of IPv6; half of them unless set. Loopback is an address like others. Set it higher where all clients
    /// come from one, such as behind a proxy.
    #[must_use]
    pub fn max_connections_per_address(mut self, connections: usize) -> Self {
        self.max_connections_per_address = Some(connections);
        self
    }

    /// Lets tokens expire so long after they were made, in whole seconds: requests and connections with them are
    /// refused by the code `AUTH_ERR_AUTH_TOKEN_NOT_FOUND`. Connections that stand go on. Unless set, a token is good
    /// until logout.
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
