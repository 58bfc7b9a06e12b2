-- How far each member of a group has come, so that nobody needs to be asked one by one how far all have.
ALTER TABLE conversations ADD COLUMN delivered_up_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN read_up_to INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET
    delivered_up_to = max(starts_after, coalesce((SELECT max(up_to) FROM receipts
        WHERE receipts.conversation_id = conversations.conversation_id AND receipts.uid = conversations.uid
          AND action = 'delivered'), 0)),
    read_up_to = max(starts_after, coalesce((SELECT max(up_to) FROM receipts
        WHERE receipts.conversation_id = conversations.conversation_id AND receipts.uid = conversations.uid
          AND action = 'read'), 0))
WHERE receiver_type = 'group';
CREATE INDEX members_by_delivered ON conversations (receiver, delivered_up_to) WHERE receiver_type = 'group';
CREATE INDEX members_by_read ON conversations (receiver, read_up_to) WHERE receiver_type = 'group';
CREATE INDEX receipts_by_time ON receipts (conversation_id, action, at);

-- A message is pinned for all who have it, and saved by one for themselves.
ALTER TABLE messages ADD COLUMN pinned_at INTEGER;
ALTER TABLE messages ADD COLUMN pinned_by TEXT;
CREATE INDEX pins_by_conversation ON messages (conversation_id, id) WHERE pinned_at IS NOT NULL;
CREATE INDEX pins_by_receiver ON messages (receiver_type, receiver, id) WHERE pinned_at IS NOT NULL;
CREATE TABLE saves (
    uid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (uid, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX saves_by_message ON saves (message_id);
