CREATE TABLE users (
    uid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    avatar TEXT,
    link TEXT,
    role TEXT NOT NULL,
    status_message TEXT,
    metadata TEXT,
    tags TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_active_at INTEGER
) STRICT;

CREATE TABLE tokens (
    token TEXT NOT NULL PRIMARY KEY,
    jwt TEXT NOT NULL UNIQUE,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE chat_groups (
    guid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    password TEXT,
    icon TEXT,
    description TEXT,
    owner TEXT NOT NULL,
    metadata TEXT,
    tags TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    guid TEXT NOT NULL REFERENCES chat_groups ON DELETE CASCADE,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    scope TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (guid, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (uid);

-- AUTOINCREMENT: an id is never given twice, so that "newer than the last I saw" stays true.
CREATE TABLE messages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    muid TEXT,
    conversation_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    receiver_type TEXT NOT NULL,
    category TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    tags TEXT NOT NULL,
    resource TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    parent_id INTEGER REFERENCES messages ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX messages_by_muid ON messages (sender, muid) WHERE muid IS NOT NULL;
CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
CREATE INDEX messages_by_parent ON messages (parent_id, id) WHERE parent_id IS NOT NULL;
