use rusqlite::OptionalExtension;

use super::sql::Database;

/// A certificate with its key.
pub(in crate::local_server) struct StoredCertificate {
    pub(in crate::local_server) pem: String,
    /// In PKCS #8.
    pub(in crate::local_server) private_key: Vec<u8>,
    /// The names and addresses that it is for, separated by commas.
    pub(in crate::local_server) names: String,
}

impl Database<'_> {
    pub(in crate::local_server) fn certificate(
        &self,
    ) -> rusqlite::Result<Option<StoredCertificate>> {
        self.connection
            .query_row(
                "SELECT pem, private_key, names FROM certificate",
                [],
                |row| {
                    Ok(StoredCertificate {
                        pem: row.get(0)?,
                        private_key: row.get(1)?,
                        names: row.get(2)?,
                    })
                },
            )
            .optional()
    }

    pub(in crate::local_server) fn keep_certificate(
        &self,
        certificate: &StoredCertificate,
    ) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM certificate", ())?;
        self.connection.execute(
            "INSERT INTO certificate (pem, private_key, names) VALUES (?1, ?2, ?3)",
            (
                &certificate.pem,
                &certificate.private_key,
                &certificate.names,
            ),
        )?;
        Ok(())
    }
}
