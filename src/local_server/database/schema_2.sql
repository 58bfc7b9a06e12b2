-- Null until the message is edited or deleted.
ALTER TABLE messages ADD COLUMN changed_at INTEGER;
ALTER TABLE messages ADD COLUMN edited_at INTEGER;
ALTER TABLE messages ADD COLUMN edited_by TEXT;
ALTER TABLE messages ADD COLUMN deleted_at INTEGER;
ALTER TABLE messages ADD COLUMN deleted_by TEXT;
ALTER TABLE messages ADD COLUMN quoted_id INTEGER;
ALTER TABLE messages ADD COLUMN mentions TEXT NOT NULL DEFAULT '[]';
-- The member whom an action is about, where that is not who acted.
ALTER TABLE messages ADD COLUMN action_on TEXT;

-- All that a user may see is a few of these streams: sent, received, and one for each group.
CREATE INDEX messages_by_receiver ON messages (receiver_type, receiver, id);
CREATE INDEX messages_by_sender ON messages (sender, id) WHERE receiver_type = 'user';
CREATE INDEX changes_by_receiver ON messages (receiver_type, receiver, changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX changes_by_sender ON messages (sender, changed_at)
    WHERE changed_at IS NOT NULL AND receiver_type = 'user';

-- What a user has with another, or as a member of a group.
CREATE TABLE conversations (
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    receiver_type TEXT NOT NULL,
    receiver TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    -- What was said up to here was said before the user joined: it may be read, but is not news.
    starts_after INTEGER NOT NULL DEFAULT 0,
    -- What was said up to here the user deleted for themselves.
    deleted_up_to INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (uid, receiver_type, receiver)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO conversations (uid, receiver_type, receiver, conversation_id)
    SELECT sender, receiver_type, receiver, conversation_id FROM messages WHERE receiver_type = 'user'
    UNION SELECT receiver, receiver_type, sender, conversation_id FROM messages WHERE receiver_type = 'user';
INSERT INTO conversations (uid, receiver_type, receiver, conversation_id)
    SELECT uid, 'group', guid, 'group_' || guid FROM members;

-- A receipt is for all of the conversation up to a message; the first that reaches a message says when it did.
CREATE TABLE receipts (
    conversation_id TEXT NOT NULL,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    action TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, uid, action, up_to)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    reaction TEXT NOT NULL,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    reacted_at INTEGER NOT NULL,
    UNIQUE (message_id, reaction, uid)
) STRICT;

CREATE TABLE interactions (
    message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    element_id TEXT NOT NULL,
    interacted_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, uid, element_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE flags (
    message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    reason TEXT,
    remark TEXT,
    flagged_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    id TEXT NOT NULL PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    mime_type TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX files_by_message ON files (message_id);

CREATE TABLE blocks (
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    blocked TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    blocked_at INTEGER NOT NULL,
    PRIMARY KEY (uid, blocked)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_by_blocked ON blocks (blocked);

CREATE TABLE bans (
    guid TEXT NOT NULL REFERENCES chat_groups ON DELETE CASCADE,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    banned_at INTEGER NOT NULL,
    PRIMARY KEY (guid, uid)
) STRICT, WITHOUT ROWID;
