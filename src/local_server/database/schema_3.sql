-- What the server shows to clients that ask for TLS, so that who trusts it still does after a restart.
CREATE TABLE certificate (
    pem TEXT NOT NULL,
    -- In PKCS #8.
    private_key BLOB NOT NULL
) STRICT;
