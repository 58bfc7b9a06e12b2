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
