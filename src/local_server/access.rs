//! Access checks: origins of pages, host names, and addresses that guess keys or passwords.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use super::rate_limit::{Buckets, Rate};

/// The maximum rate of failed authentications and wrong passwords from an address.
const FAILURES: Rate = Rate {
    per_second: 1,
    burst: 20,
};

/// The maximum rate of wrong passwords for a group, from all addresses together.
const GROUP_FAILURES: Rate = Rate {
    per_second: 1,
    burst: 20,
};

/// The maximum rate of WebSocket handshakes from an address.
const HANDSHAKES: Rate = Rate {
    per_second: 100,
    burst: 2_000,
};

/// The domains under which the official SDKs look for CometChat's cloud. Whoever resolves them to this server does so
/// on purpose.
const CLOUD: &str = ".cometchat.io";

/// Domains that nobody can register, so that no page can be in them.
const LOCAL: [&str; 4] = [".local", ".internal", ".home.arpa", ".test"];

/// The access rules, and the counts of failures.
pub(super) struct Access {
    origins: Vec<String>,
    hosts: Vec<String>,
    failures: Option<Buckets<IpAddr>>,
    group_failures: Option<Buckets<String>>,
    handshakes: Option<Buckets<IpAddr>>,
}

impl Access {
    pub(super) fn new(origins: Vec<String>, hosts: Vec<String>, has_limits: bool) -> Self {
        Self {
            origins,
            hosts,
            failures: has_limits.then(|| Buckets::new(FAILURES)),
            group_failures: has_limits.then(|| Buckets::new(GROUP_FAILURES)),
            handshakes: has_limits.then(|| Buckets::new(HANDSHAKES)),
        }
    }

    /// Whether pages of that origin may use the server: those of this machine, and those that are configured.
    pub(super) fn allows_origin(&self, origin: &str) -> bool {
        let is_of_loopback = || {
            let host = origin
                .strip_prefix("http://")
                .or_else(|| origin.strip_prefix("https://"))?;
            Some(is_loopback(split_port(host).0))
        };
        is_of_loopback() == Some(true)
            || self
                .origins
                .iter()
                .any(|it| it == "*" || it.eq_ignore_ascii_case(origin))
    }

    /// Whether the server may be reached under that name, with or without a port: by an address, a name of this machine
    /// or of the local network, and those that are configured.
    pub(super) fn allows_host(&self, host: &str) -> bool {
        let host = split_port(host).0;
        let lower = host.to_ascii_lowercase();
        parse_address(host).is_some()
            || is_loopback(host)
            || !host.contains('.')
            || LOCAL.iter().any(|domain| lower.ends_with(domain))
            || lower.ends_with(CLOUD)
            || self.hosts.iter().any(|it| it == "*" || *it == lower)
    }

    /// Counts a WebSocket handshake of an address. Fails with the time to wait if there were too many.
    pub(super) fn count_handshake(&self, address: IpAddr) -> Result<(), Duration> {
        count(&self.handshakes, network(address))
    }

    /// Fails with the time to wait if the address failed too often.
    pub(super) fn check_failures(&self, address: IpAddr) -> Result<(), Duration> {
        check(&self.failures, network(address))
    }

    pub(super) fn count_failure(&self, address: IpAddr) {
        // A failure beyond the limit is not refused here: the next attempt is.
        let _one_too_many = count(&self.failures, network(address));
    }

    /// Fails with the time to wait if there were too many wrong passwords for the group.
    pub(super) fn check_group(&self, guid: &str) -> Result<(), Duration> {
        check(&self.group_failures, guid.to_owned())
    }

    pub(super) fn count_group_failure(&self, guid: &str) {
        let _one_too_many = count(&self.group_failures, guid.to_owned());
    }
}

fn count<K: std::hash::Hash + Eq>(buckets: &Option<Buckets<K>>, key: K) -> Result<(), Duration> {
    match buckets {
        Some(buckets) => buckets.take(key, Instant::now()),
        None => Ok(()),
    }
}

fn check<K: std::hash::Hash + Eq>(buckets: &Option<Buckets<K>>, key: K) -> Result<(), Duration> {
    match buckets {
        Some(buckets) => buckets.check(&key, Instant::now()),
        None => Ok(()),
    }
}

/// The address that identifies a peer: for IPv6 its network, since a peer has all addresses of it.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let mut segments = address.segments();
            segments[4..].fill(0);
            IpAddr::from(segments)
        }
    }
}

fn is_loopback(host: &str) -> bool {
    match parse_address(host) {
        Some(address) => address.to_canonical().is_loopback(),
        None => {
            let host = host.to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

fn parse_address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        Some(address) => address.parse().ok(),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// Splits a port from a host. The last colon of an address in brackets is part of the address.
pub(super) fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(origins: &[&str], hosts: &[&str]) -> Access {
        let owned = |texts: &[&str]| texts.iter().map(|&it| it.to_owned()).collect();
        Access::new(owned(origins), owned(hosts), true)
    }

    #[test]
    fn pages_of_this_machine_are_allowed_and_others_by_configuration() {
        let access = access(&["https://game.example"], &[]);
        for fine in [
            "http://localhost",
            "http://localhost:8080",
            "https://127.0.0.1:8443",
            "http://127.9.9.9",
            "http://[::1]:3000",
            "http://game.localhost",
            "https://game.example",
            "https://GAME.example",
        ] {
            assert!(access.allows_origin(fine), "{fine}");
        }
        for bad in [
            "null",
            "",
            "localhost",
            "http://evil.example",
            "https://game.example:444",
            "http://game.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://192.168.0.1",
            "file://localhost",
        ] {
            assert!(!access.allows_origin(bad), "{bad}");
        }
        assert!(
            Access::new(vec!["*".to_owned()], Vec::new(), true)
                .allows_origin("http://evil.example")
        );
    }

    #[test]
    fn a_name_that_is_not_the_servers_is_refused() {
        let access = access(&[], &["chat.example"]);
        for fine in [
            "localhost",
            "127.0.0.1:8443",
            "192.168.0.7:8443",
            "[::1]:80",
            "[fe80::1]",
            "gamebox:8443",
            "gamebox.local",
            "app.apiclient-us.cometchat.io",
            "chat.example:443",
            "Chat.Example",
        ] {
            assert!(access.allows_host(fine), "{fine}");
        }
        for bad in ["evil.example", "evil.example:80", "127.0.0.1.evil.example"] {
            assert!(!access.allows_host(bad), "{bad}");
        }
    }

    #[test]
    fn a_network_counts_as_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:3::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
