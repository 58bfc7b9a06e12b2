-- Who and whom a conversation is between, so that no choice of ids makes two conversations one: the two users in order
-- with U+001F between, or that and the group. No id has a control character in it.
DELETE FROM receipts WHERE NOT EXISTS (SELECT 1 FROM conversations
    WHERE conversations.uid = receipts.uid AND conversations.conversation_id = receipts.conversation_id);
UPDATE OR REPLACE receipts SET conversation_id = (
    SELECT CASE conversations.receiver_type
        WHEN 'group' THEN char(31) || conversations.receiver
        ELSE min(conversations.uid, conversations.receiver) || char(31) || max(conversations.uid, conversations.receiver)
        END
    FROM conversations
    WHERE conversations.uid = receipts.uid AND conversations.conversation_id = receipts.conversation_id LIMIT 1);
UPDATE conversations SET conversation_id = CASE receiver_type
    WHEN 'group' THEN char(31) || receiver
    ELSE min(uid, receiver) || char(31) || max(uid, receiver) END;
UPDATE messages SET conversation_id = CASE receiver_type
    WHEN 'group' THEN char(31) || receiver
    ELSE min(sender, receiver) || char(31) || max(sender, receiver) END;

-- A reply to a reply is a reply to the message that began the thread.
WITH RECURSIVE threads (id, root) AS (
    SELECT id, id FROM messages WHERE parent_id IS NULL
    UNION ALL SELECT reply.id, root FROM messages AS reply JOIN threads ON reply.parent_id = threads.id)
UPDATE messages SET parent_id = (SELECT root FROM threads WHERE threads.id = messages.id)
    WHERE parent_id IN (SELECT id FROM messages WHERE parent_id IS NOT NULL);

-- A muid tells apart what a user sends to the same receiver.
DROP INDEX messages_by_muid;
CREATE UNIQUE INDEX messages_by_muid ON messages (sender, muid, receiver_type, receiver) WHERE muid IS NOT NULL;

-- Null for a message that was never moderated: pending, approved or disapproved.
ALTER TABLE messages ADD COLUMN moderation TEXT;
CREATE INDEX hidden_messages ON messages (id) WHERE moderation <> 'approved';

-- The content of files, in pieces that are written and read one by one.
CREATE TABLE chunks (
    content_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunks_by_content ON chunks (content_id, number);
INSERT INTO chunks (content_id, number, content) SELECT id, 0, content FROM files;
INSERT INTO chunks (content_id, number, content) SELECT id, 0, content FROM uploads WHERE content IS NOT NULL;

CREATE TABLE sent_files (
    id TEXT NOT NULL PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    content_id TEXT NOT NULL
) STRICT;
INSERT INTO sent_files (id, message_id, mime_type, size, content_id)
    SELECT id, message_id, mime_type, length(content), id FROM files;
DROP TABLE files;
CREATE INDEX sent_files_by_message ON sent_files (message_id);
CREATE TRIGGER chunks_of_sent_files AFTER DELETE ON sent_files
    BEGIN DELETE FROM chunks WHERE content_id = OLD.content_id; END;

CREATE TABLE announced_files (
    id TEXT NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    announced_at INTEGER NOT NULL,
    -- Null until it has come.
    content_id TEXT
) STRICT;
INSERT INTO announced_files (id, uid, mime_type, size, announced_at, content_id)
    SELECT id, uid, mime_type, size, announced_at, iif(content IS NULL, NULL, id) FROM uploads;
DROP TABLE uploads;
CREATE INDEX announced_files_by_user ON announced_files (uid);

-- The names and addresses that the certificate is for.
ALTER TABLE certificate ADD COLUMN names TEXT NOT NULL DEFAULT 'localhost,127.0.0.1,::1';

-- A JWT may be good for a shorter time than its token.
ALTER TABLE tokens ADD COLUMN jwt_created_at INTEGER NOT NULL DEFAULT 0;
UPDATE tokens SET jwt_created_at = created_at;
