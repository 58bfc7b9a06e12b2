-- Whether others than its sender have the message in an earlier version, which moderation let pass.
ALTER TABLE messages ADD COLUMN has_reached_others INTEGER NOT NULL DEFAULT 0;
