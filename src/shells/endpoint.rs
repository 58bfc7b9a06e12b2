use std::net::IpAddr;

/// Where to connect to: a host, a port, and what precedes every path there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Endpoint {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) base_path: String,
}

impl Endpoint {
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            base_path: String::new(),
        }
    }

    /// Reads `host[:port][/path]`; `None` if the text has another form.
    pub(super) fn parse(text: &str, default_port: u16) -> Option<Self> {
        let text = text.trim();
        let (authority, path) = text.split_once('/').unwrap_or((text, ""));
        let (host, port) = match authority.rsplit_once(':') {
            // An IPv6 address without a port, in brackets or not.
            Some((host, port))
                if port.ends_with(']') || (host.contains(':') && !host.ends_with(']')) =>
            {
                (authority, default_port)
            }
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, default_port),
        };
        let endpoint = Self {
            base_path: path.trim_matches('/').to_owned(),
            ..Self::new(host, port)
        };
        endpoint.is_plausible().then_some(endpoint)
    }

    fn is_plausible(&self) -> bool {
        let host_is = |allowed: &str| {
            self.host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || allowed.contains(c))
        };
        let path_is_plain = self
            .base_path
            .chars()
            .all(|c| c.is_ascii_graphic() && !"?#".contains(c));
        !self.host.is_empty() && (self.ip().is_some() || host_is(".-_")) && path_is_plain
    }

    pub(super) fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// `host:port` as it stands in a URL.
    pub(super) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The absolute path of `route` there.
    pub(super) fn path(&self, route: &str) -> String {
        if self.base_path.is_empty() {
            format!("/{route}")
        } else {
            format!("/{}/{route}", self.base_path)
        }
    }
}

/// Reads a host, for fuzzers.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzzed_host(text: &str) {
    if let Some(endpoint) = Endpoint::parse(text, 443) {
        let _ = (endpoint.ip(), endpoint.authority(), endpoint.path("me"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_with_and_without_port_and_path() {
        let read = |text| Endpoint::parse(text, 443).map(|e| (e.authority(), e.path("me")));
        let is = |authority: &str, path: &str| Some((authority.to_owned(), path.to_owned()));
        assert_eq!(read("a.example"), is("a.example:443", "/me"));
        assert_eq!(
            read("127.0.0.1:8443/v3.0/"),
            is("127.0.0.1:8443", "/v3.0/me")
        );
        assert_eq!(read("[::1]:80/x"), is("[::1]:80", "/x/me"));
        assert_eq!(read("[::1]"), is("[::1]:443", "/me"));
        assert_eq!(read("::1"), is("[::1]:443", "/me"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            ":80",
            "a b",
            "host:port",
            "host:99999",
            "user@host",
            "h/pa th",
            "h\r\nx: y",
            "h/a?b",
        ] {
            assert_eq!(Endpoint::parse(text, 443), None, "{text:?}");
        }
    }
}
