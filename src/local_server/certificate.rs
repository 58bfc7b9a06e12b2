use std::{error::Error, sync::Arc};

use futures_rustls::{
    TlsAcceptor,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    rustls::{ServerConfig, crypto::ring},
};

use super::{
    database::{Database, StoredCertificate},
    error::LocalServerError,
};

/// A self-signed certificate.
pub(super) struct Certificate {
    pub(super) pem: String,
    pub(super) acceptor: TlsAcceptor,
}

impl Certificate {
    /// Loads the certificate from the database. Generates a new one unless the stored one is for exactly these names and
    /// addresses and those of the loopback interface.
    pub(super) fn of(database: Database<'_>, names: &[String]) -> Result<Self, LocalServerError> {
        load_or_generate(database, names)
            .and_then(Self::new)
            .map_err(LocalServerError::Certificate)
    }

    fn new(stored: StoredCertificate) -> Result<Self, BoxedError> {
        let chain = vec![CertificateDer::from_pem_slice(stored.pem.as_bytes())?];
        let key = PrivateKeyDer::Pkcs8(stored.private_key.into());
        // The provider is named: a default of the process would be the game's to choose.
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Self {
            pem: stored.pem,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }
}

type BoxedError = Box<dyn Error + Send + Sync>;

fn load_or_generate(
    database: Database<'_>,
    more_names: &[String],
) -> Result<StoredCertificate, BoxedError> {
    let mut names = ["localhost", "127.0.0.1", "::1"]
        .map(str::to_owned)
        .to_vec();
    names.extend(more_names.iter().cloned());
    let joined = names.join(",");
    if let Some(stored) = database.certificate()?
        && stored.names == joined
    {
        return Ok(stored);
    }
    let pair = rcgen::generate_simple_self_signed(names)?;
    let generated = StoredCertificate {
        pem: pair.cert.pem(),
        private_key: pair.signing_key.serialize_der(),
        names: joined,
    };
    database.keep_certificate(&generated)?;
    Ok(generated)
}
