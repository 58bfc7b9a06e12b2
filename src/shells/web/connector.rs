use std::{cell::Cell, rc::Rc};

use crate::{
    app_settings::{AppSettings, Encryption},
    connection::LinkLoss,
    error::{ChatError, ErrorCode},
    shells::{endpoint::Endpoint, failure::plain_text_refused},
};

/// The settings of connections. The browser does the rest: names, addresses, TLS.
#[derive(Clone)]
pub(in crate::shells) struct Connector {
    encryption: Encryption,
    /// The number of failed attempts to open a socket in a row.
    pub(super) failures: Rc<Cell<u32>>,
}

impl Connector {
    /// # Errors
    /// When the settings have a certificate to trust.
    pub(in crate::shells) fn check_settings(settings: &AppSettings) -> Result<(), ChatError> {
        if !settings.trusted_certificates.is_empty() {
            return Err(ChatError::new(
                ErrorCode::InvalidSettings,
                "a page can't trust a certificate, the browser decides: have the browser or its system trust it, use a \
                 server with a certificate that they trust, or plain text to this machine",
            ));
        }
        Ok(())
    }

    /// As the settings say.
    ///
    /// # Errors
    /// Those of [`check_settings`](Self::check_settings).
    pub(in crate::shells) fn new(settings: &AppSettings) -> Result<Self, ChatError> {
        Self::check_settings(settings)?;
        Ok(Self {
            encryption: settings.encryption,
            failures: Rc::default(),
        })
    }

    pub(super) fn default_port(&self) -> u16 {
        if self.is_encrypted() { 443 } else { 80 }
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.encryption == Encryption::Required
    }

    /// The scheme of a URL.
    pub(super) fn http_scheme(&self) -> &'static str {
        if self.is_encrypted() { "https" } else { "http" }
    }

    /// Checks that the settings allow a connection there.
    pub(super) fn check(&self, endpoint: &Endpoint) -> Result<(), LinkLoss> {
        if self.encryption == Encryption::PlainToLoopback && !is_loopback(&endpoint.host) {
            return Err(plain_text_refused(endpoint));
        }
        Ok(())
    }

    /// A possible reason for a failure, for which the browser gives none.
    pub(super) fn hint(&self, endpoint: &Endpoint) -> &'static str {
        let location = web_sys::window().map(|window| window.location());
        let protocol = location.as_ref().and_then(|it| it.protocol().ok());
        let host = location.and_then(|it| it.hostname().ok());
        let is_page_local = host.is_none_or(|host| host.is_empty() || is_loopback(&host));
        if is_loopback(&endpoint.host) && !is_page_local {
            "the server can't be reached, or the browser keeps pages of other machines from this one: allow the page \
             to reach the local network, or use a public server"
        } else if !self.is_encrypted() && protocol.as_deref() == Some("https:") {
            "a page that was loaded over https may use only https and wss, except to this machine"
        } else {
            "the server can't be reached, or does not allow pages of this origin; the browser's console says which"
        }
    }
}

/// Browsers resolve `localhost` themselves.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let address: Option<std::net::IpAddr> = host.parse().ok();
    match address {
        Some(address) => address.is_loopback(),
        None => host == "localhost" || host.ends_with(".localhost"),
    }
}
