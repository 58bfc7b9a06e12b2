use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use serde_json::value::RawValue;

use super::{
    access::{Access, split_port},
    config::LocalServerConfig,
    database::Token,
    moderation::ModerationRules,
    rate_limit::{Buckets, PerMinute, RateLimits},
    refusal::Refusal,
};
use crate::model::{Secret, Timestamp, Uid};

/// The app that a server serves, and where.
pub(super) struct App {
    pub(super) app_id: String,
    pub(super) auth_key: Secret,
    tls: bool,
    address: SocketAddr,
    pub(super) rate_limits: Option<RateLimits>,
    requests: Option<Buckets<Uid>>,
    messages: Option<PerMinute<Uid>>,
    /// Who may reach the server from where.
    pub(super) access: Arc<Access>,
    token_lifetime: Option<Duration>,
    jwt_lifetime: Option<Duration>,
    pub(super) moderation: ModerationRules,
    /// The message after which the next look at pending messages begins.
    pub(super) judged_up_to: AtomicU64,
    /// What extensions add to the metadata of messages, by name.
    pub(super) extensions: Vec<(String, Box<RawValue>)>,
}

/// A host as it stands in a URL (an IPv6 address in brackets), and a port.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) host: String,
    pub(super) port: u16,
}

impl App {
    pub(super) fn new(config: LocalServerConfig, address: SocketAddr) -> Self {
        Self {
            app_id: config.app_id,
            auth_key: config.auth_key,
            tls: config.tls,
            address,
            rate_limits: config.rate_limits,
            requests: config
                .rate_limits
                .map(|limits| Buckets::new(limits.requests)),
            messages: config
                .rate_limits
                .and(config.messages_per_minute)
                .map(PerMinute::new),
            access: Arc::new(Access::new(
                config.allowed_origins,
                config.allowed_hosts,
                config.rate_limits.is_some(),
            )),
            token_lifetime: config.token_lifetime,
            jwt_lifetime: config.jwt_lifetime,
            moderation: config.moderation,
            judged_up_to: AtomicU64::new(0),
            extensions: config.extensions,
        }
    }

    /// Counts a request of the user. Refuses it beyond the rate limit.
    pub(super) fn count_request(&self, uid: &Uid) -> Result<(), Refusal> {
        match &self.requests {
            None => Ok(()),
            Some(buckets) => buckets
                .take(uid.clone(), Instant::now())
                .map_err(Refusal::too_many_requests),
        }
    }

    /// Counts a message that the user sends. Refuses it beyond the rate limit.
    pub(super) fn count_message(&self, uid: &Uid) -> Result<(), Refusal> {
        let Some(limit) = &self.messages else {
            return Ok(());
        };
        let left = limit.count(uid.clone(), Instant::now());
        left.map(drop)
            .map_err(|wait| Refusal::too_many_a_minute(limit.limit, wait))
    }

    /// Whether the token has expired.
    pub(super) fn has_expired(&self, token: &Token, now: Timestamp) -> bool {
        let age = Duration::from_secs(now.0.saturating_sub(token.created_at.0));
        self.token_lifetime.is_some_and(|lifetime| lifetime <= age)
    }

    /// Whether the token's JWT no longer opens sockets.
    pub(super) fn is_jwt_stale(&self, token: &Token, now: Timestamp) -> bool {
        let age = Duration::from_secs(now.0.saturating_sub(token.jwt_created_at.0));
        self.jwt_lifetime.is_some_and(|lifetime| lifetime <= age)
    }

    /// Whether the token should get another JWT.
    pub(super) fn is_jwt_old(&self, token: &Token, now: Timestamp) -> bool {
        let age = Duration::from_secs(now.0.saturating_sub(token.jwt_created_at.0));
        self.jwt_lifetime
            .is_some_and(|lifetime| lifetime / 2 <= age)
    }

    /// Where the client reaches this server, by the header `Host` that it sent: behind a forwarded port or another
    /// name, the address that the server listens on would mean nothing to it.
    pub(super) fn endpoint_as_seen(&self, host: Option<&str>) -> Endpoint {
        let default_port = if self.tls { 443 } else { 80 };
        host.and_then(|host| Endpoint::parse(host, default_port))
            .unwrap_or_else(|| self.own_endpoint())
    }

    /// The URL of this server's root as the client reaches it.
    pub(super) fn base_url_as_seen(&self, host: Option<&str>) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        let Endpoint { host, port } = self.endpoint_as_seen(host);
        format!("{scheme}://{host}:{port}")
    }

    fn own_endpoint(&self) -> Endpoint {
        let host = match self.address {
            address if address.ip().is_unspecified() => "localhost".to_owned(),
            SocketAddr::V4(address) => address.ip().to_string(),
            SocketAddr::V6(address) => format!("[{}]", address.ip()),
        };
        Endpoint {
            host,
            port: self.address.port(),
        }
    }
}

impl Endpoint {
    fn parse(authority: &str, default_port: u16) -> Option<Self> {
        let (host, port) = split_port(authority);
        let port = port.map_or(Ok(default_port), str::parse).ok()?;
        let is_name = |name: &str| {
            let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            !name.is_empty() && name.len() <= 253 && name.bytes().all(is_fine)
        };
        let is_address = |host: &str| {
            let address = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
            address.is_some_and(|it| it.parse::<std::net::Ipv6Addr>().is_ok())
        };
        (is_name(host) || is_address(host)).then(|| Self {
            host: host.to_owned(),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::app;

    fn seen(host: Option<&str>) -> (String, u16) {
        let endpoint = app().endpoint_as_seen(host);
        (endpoint.host, endpoint.port)
    }

    #[test]
    fn a_client_is_told_the_address_that_it_used() {
        assert_eq!(seen(Some("localhost:1234")), ("localhost".into(), 1234));
        assert_eq!(seen(Some("[::1]:1234")), ("[::1]".into(), 1234));
        assert_eq!(seen(Some("[::1]")), ("[::1]".into(), 80));
        assert_eq!(seen(Some("chat.example")), ("chat.example".into(), 80));
    }

    #[test]
    fn what_is_no_host_is_not_repeated() {
        for bad in [
            "",
            ":80",
            "a b:80",
            "a/b",
            "evil\"}:80",
            "a:99999",
            "::1:80",
            "[x]:1",
        ] {
            assert_eq!(seen(Some(bad)), ("127.0.0.1".into(), 8443), "{bad}");
        }
        assert_eq!(seen(None), ("127.0.0.1".into(), 8443));
    }
}
