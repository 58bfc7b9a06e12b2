use std::sync::Arc;

use futures_rustls::{
    TlsConnector,
    pki_types::{CertificateDer, pem::PemObject},
    rustls::{ClientConfig, crypto::ring},
};
use rustls_platform_verifier::Verifier;

use crate::error::{ChatError, ErrorCode};

/// A TLS connector that trusts the platform's roots and these certificates (PEM). Its provider is ring, which does not
/// become the default of the process.
pub(super) fn connector(trusted: &[String]) -> Result<TlsConnector, ChatError> {
    let roots = read(trusted)?;
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, provider.clone()).map_err(|error| {
        unusable(format!(
            "no certificate can be checked on this machine: {error}"
        ))
    })?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(format!("TLS cannot be set up: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The certificates in these texts (PEM).
pub(super) fn read(trusted: &[String]) -> Result<Vec<CertificateDer<'static>>, ChatError> {
    let mut roots = Vec::new();
    for pem in trusted {
        let certificates: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        match certificates {
            Ok(certificates) if !certificates.is_empty() => roots.extend(certificates),
            _ => {
                return Err(unusable(
                    "a certificate to trust is not PEM: it starts with -----BEGIN CERTIFICATE-----",
                ));
            }
        }
    }
    Ok(roots)
}

fn unusable(what: impl Into<Arc<str>>) -> ChatError {
    ChatError::new(ErrorCode::InvalidSettings, what)
}
