-- The message that an action of the type message says was edited or deleted.
ALTER TABLE messages ADD COLUMN on_message_id INTEGER;
CREATE INDEX stored_changes ON messages (id) WHERE on_message_id IS NOT NULL;
