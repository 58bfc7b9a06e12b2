-- What a conversation shows, and what counts as unread in it, however many edits were stored since.
CREATE INDEX shown_messages ON messages (conversation_id, receiver_type, id)
    WHERE on_message_id IS NULL AND parent_id IS NULL;
CREATE INDEX countable_messages ON messages (conversation_id, receiver_type, id)
    WHERE category <> 'action' AND parent_id IS NULL AND deleted_at IS NULL;
