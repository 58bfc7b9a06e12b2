-- What the server shows to clients that ask for TLS, so that who trusts it still does after a restart.
CREATE TABLE certificate (
    pem TEXT NOT NULL,
    -- In PKCS #8.
    private_key BLOB NOT NULL
) STRICT;

-- Files that are uploaded before the message that will have them.
CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    announced_at INTEGER NOT NULL,
    -- Null until it has come.
    content BLOB
) STRICT;
CREATE INDEX uploads_by_user ON uploads (uid);
