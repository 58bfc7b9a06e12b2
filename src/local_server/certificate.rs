use std::sync::Arc;

use futures_rustls::{
    TlsAcceptor,
    pki_types::PrivateKeyDer,
    rustls::{ServerConfig, crypto::ring},
};

use super::LocalServerError;

/// A certificate that signs itself, for the names of this machine.
pub(super) struct Certificate {
    pub(super) pem: String,
    pub(super) acceptor: TlsAcceptor,
}

impl Certificate {
    pub(super) fn generate() -> Result<Self, LocalServerError> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let pair = rcgen::generate_simple_self_signed(names)
            .map_err(|error| LocalServerError::Certificate(error.into()))?;
        let key = PrivateKeyDer::Pkcs8(pair.signing_key.serialize_der().into());

        // The provider is named: a default of the process would be the game's to choose.
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(vec![pair.cert.der().clone()], key)
            })
            .map_err(|error| LocalServerError::Certificate(error.into()))?;
        Ok(Self {
            pem: pair.cert.pem(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }
}
