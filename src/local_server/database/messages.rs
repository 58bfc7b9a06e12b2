use std::sync::Arc;

use rusqlite::{OptionalExtension, Row, named_params};
use serde_json::value::RawValue;

use super::sql::{Database, conversation_key, json, json_column};
use crate::{
    model::{MessageId, ReceiverId, Timestamp, Uid},
    wire::message::{DataMembers, conversation_id},
};

/// A message to be stored.
pub(in crate::local_server) struct NewMessage<'a> {
    pub(in crate::local_server) muid: Option<&'a str>,
    pub(in crate::local_server) sender: &'a Uid,
    /// The sender's device.
    pub(in crate::local_server) resource: &'a str,
    pub(in crate::local_server) receiver: &'a ReceiverId,
    pub(in crate::local_server) category: &'a str,
    pub(in crate::local_server) kind: &'a str,
    pub(in crate::local_server) data: &'a DataMembers,
    pub(in crate::local_server) tags: &'a [Arc<str>],
    pub(in crate::local_server) parent_id: Option<MessageId>,
    pub(in crate::local_server) quoted_id: Option<MessageId>,
    pub(in crate::local_server) mentions: &'a [Uid],
    /// The member whom an action is about, where that is not the sender.
    pub(in crate::local_server) action_on: Option<&'a Uid>,
    /// The message that an action is about.
    pub(in crate::local_server) on_message: Option<MessageId>,
    /// `pending`, `approved` or `disapproved`, if there is moderation.
    pub(in crate::local_server) moderation: Option<&'static str>,
}

/// A stored message. It refers to users and groups by id only.
pub(in crate::local_server) struct StoredMessage {
    pub(in crate::local_server) id: MessageId,
    pub(in crate::local_server) muid: Option<String>,
    /// The id of the conversation that clients receive.
    pub(in crate::local_server) conversation_id: String,
    /// The key of the conversation in the database.
    pub(in crate::local_server) conversation_key: String,
    pub(in crate::local_server) sender: Uid,
    pub(in crate::local_server) resource: String,
    pub(in crate::local_server) receiver: ReceiverId,
    pub(in crate::local_server) category: String,
    pub(in crate::local_server) kind: String,
    pub(in crate::local_server) data: DataMembers,
    pub(in crate::local_server) tags: Vec<Arc<str>>,
    pub(in crate::local_server) sent_at: Timestamp,
    pub(in crate::local_server) updated_at: Timestamp,
    pub(in crate::local_server) parent_id: Option<MessageId>,
    pub(in crate::local_server) reply_count: u64,
    pub(in crate::local_server) edited: Option<Change>,
    pub(in crate::local_server) deleted: Option<Change>,
    pub(in crate::local_server) pinned: Option<Change>,
    pub(in crate::local_server) quoted_id: Option<MessageId>,
    pub(in crate::local_server) mentions: Vec<Uid>,
    pub(in crate::local_server) action_on: Option<Uid>,
    pub(in crate::local_server) on_message: Option<MessageId>,
    pub(in crate::local_server) moderation: Option<String>,
    /// Whether others than its sender have an earlier version of it, where moderation holds this one back.
    pub(in crate::local_server) has_reached_others: bool,
}

impl StoredMessage {
    /// Whether others than its sender may see it: it is neither pending nor disapproved.
    pub(in crate::local_server) fn is_for_all(&self) -> bool {
        matches!(self.moderation.as_deref(), None | Some("approved"))
    }

    /// Whether moderation lets the user read it.
    pub(in crate::local_server) fn is_fit_for(&self, uid: &Uid) -> bool {
        self.is_for_all() || self.sender == *uid
    }

    /// The other party of the conversation: the other user, or the group.
    pub(in crate::local_server) fn other_party(&self, uid: &Uid) -> ReceiverId {
        match &self.receiver {
            ReceiverId::User(receiver) if receiver == uid => self.sender.clone().into(),
            receiver => receiver.clone(),
        }
    }
}

/// The time of a change of a message, and the user who made it.
pub(in crate::local_server) struct Change {
    pub(in crate::local_server) at: Timestamp,
    pub(in crate::local_server) by: Uid,
}

impl Change {
    pub(in crate::local_server) fn by(&self) -> &str {
        self.by.as_str()
    }
}

/// A `WHERE` clause is to follow.
pub(super) const SELECT: &str =
    "SELECT *, (SELECT count(*) FROM messages AS reply WHERE reply.parent_id = messages.id)
    AS reply_count FROM messages";

impl Database<'_> {
    /// Stores a message and gives it an id larger than any before.
    pub(in crate::local_server) fn create_message(
        &self,
        message: &NewMessage<'_>,
        now: Timestamp,
    ) -> rusqlite::Result<MessageId> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO messages
                (muid, conversation_id, sender, receiver, receiver_type, category, kind, data, tags, resource,
                 sent_at, updated_at, parent_id, quoted_id, mentions, action_on, on_message_id, moderation)
             VALUES
                (:muid, :conversation_id, :sender, :receiver, :receiver_type, :category, :kind, :data, :tags,
                 :resource, :now, :now, :parent_id, :quoted_id, :mentions, :action_on, :on_message_id, :moderation)",
        )?;
        let id = statement.insert(named_params! {
            ":muid": message.muid,
            ":conversation_id": conversation_key(message.sender.as_str(), message.receiver),
            ":sender": message.sender.as_str(),
            ":receiver": message.receiver.as_str(),
            ":receiver_type": message.receiver.kind(),
            ":category": message.category,
            ":kind": message.kind,
            ":data": to_json(message.data)?,
            ":tags": json(message.tags),
            ":resource": message.resource,
            ":now": now.0,
            ":parent_id": message.parent_id.map(|id| id.0),
            ":quoted_id": message.quoted_id.map(|id| id.0),
            ":mentions": to_json(&message.mentions)?,
            ":action_on": message.action_on.map(Uid::as_str),
            ":on_message_id": message.on_message.map(|id| id.0),
            ":moderation": message.moderation,
        })?;
        Ok(MessageId(id.unsigned_abs()))
    }

    /// Replaces the content of a message.
    pub(in crate::local_server) fn edit_message(
        &self,
        id: MessageId,
        by: &Uid,
        data: &DataMembers,
        tags: &[Arc<str>],
        mentions: &[Uid],
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE messages SET data = :data, tags = :tags, mentions = :mentions, edited_at = :now,
                    edited_by = :by, updated_at = :now, changed_at = :now
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":id": id.0,
                ":by": by.as_str(),
                ":data": to_json(data)?,
                ":tags": json(tags),
                ":mentions": to_json(&mentions)?,
                ":now": now.0,
            })?;
        Ok(())
    }

    /// Removes the content, the pins and saves, the reactions and the files of a message. The message itself stays, as
    /// deleted.
    pub(in crate::local_server) fn delete_message(
        &self,
        id: MessageId,
        by: &Uid,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE messages SET data = '{}', mentions = '[]', deleted_at = :now, deleted_by = :by,
                    updated_at = :now, changed_at = :now, pinned_at = NULL, pinned_by = NULL
                 WHERE id = :id",
            )?
            .execute(named_params! { ":id": id.0, ":by": by.as_str(), ":now": now.0 })?;
        for table in ["reactions", "interactions", "sent_files", "saves"] {
            self.connection
                .prepare_cached(&format!("DELETE FROM {table} WHERE message_id = ?1"))?
                .execute([id.0])?;
        }
        Ok(())
    }

    /// The message with this id.
    pub(in crate::local_server) fn message(
        &self,
        id: MessageId,
    ) -> rusqlite::Result<Option<StoredMessage>> {
        // An id beyond what SQLite can hold is not one that it gave.
        let Ok(id) = i64::try_from(id.0) else {
            return Ok(None);
        };
        self.connection
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id], read_message)
            .optional()
    }

    /// Records the decision of moderation on a message.
    pub(in crate::local_server) fn moderate_message(
        &self,
        id: MessageId,
        moderation: &str,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE messages SET moderation = ?2, updated_at = ?3,
                    has_reached_others = has_reached_others OR coalesce(moderation, 'approved') = 'approved'
                 WHERE id = ?1",
            )?
            .execute((id.0, moderation, now.0))?;
        Ok(())
    }

    /// The first `limit` messages after `after` that wait for a decision of moderation.
    pub(in crate::local_server) fn pending_messages(
        &self,
        after: MessageId,
        limit: usize,
    ) -> rusqlite::Result<Vec<StoredMessage>> {
        self.connection
            .prepare_cached(&format!(
                "{SELECT} WHERE moderation <> 'approved' AND moderation = 'pending' AND deleted_at IS NULL AND id > ?1
                 ORDER BY id LIMIT ?2"
            ))?
            .query_map((after.0, limit), read_message)?
            .collect()
    }

    /// Approves all messages that wait for a decision of moderation.
    pub(in crate::local_server) fn approve_pending_messages(
        &self,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        self.connection.execute(
            "UPDATE messages SET moderation = 'approved', updated_at = ?1
             WHERE moderation <> 'approved' AND moderation = 'pending' AND deleted_at IS NULL",
            [now.0],
        )?;
        Ok(())
    }

    /// The last action that says what became of a message.
    pub(in crate::local_server) fn last_change(
        &self,
        message: &StoredMessage,
    ) -> rusqlite::Result<Option<StoredMessage>> {
        self.connection
            .prepare_cached(&format!(
                "{SELECT} WHERE conversation_id = ?1 AND id > ?2 AND on_message_id = ?2 ORDER BY id DESC LIMIT 1"
            ))?
            .query_row((&message.conversation_key, message.id.0), read_message)
            .optional()
    }

    /// The message that `sender` sent to `receiver` under that muid.
    pub(in crate::local_server) fn message_of_muid(
        &self,
        sender: &Uid,
        receiver: &ReceiverId,
        muid: &str,
    ) -> rusqlite::Result<Option<StoredMessage>> {
        self.connection
            .prepare_cached(&format!(
                "{SELECT} WHERE sender = ?1 AND muid = ?2 AND receiver_type = ?3 AND receiver = ?4"
            ))?
            .query_row(
                (sender.as_str(), muid, receiver.kind(), receiver.as_str()),
                read_message,
            )
            .optional()
    }
}

pub(super) fn read_message(row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    let receiver: String = row.get("receiver")?;
    let receiver = match row.get_ref("receiver_type")?.as_str()? {
        "group" => ReceiverId::Group(receiver.into()),
        _ => ReceiverId::User(receiver.into()),
    };
    let sender: Uid = row.get::<_, String>("sender")?.into();
    let mut data: DataMembers = json_column(row, "data")?;
    let moderation: Option<String> = row.get("moderation")?;
    if let Some(status) = &moderation {
        let told = RawValue::from_string(format!(r#"{{"status":"{status}"}}"#));
        data.insert(
            "moderation".to_owned(),
            told.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?,
        );
    }
    Ok(StoredMessage {
        id: MessageId(row.get("id")?),
        muid: row.get("muid")?,
        conversation_id: conversation_id(sender.as_str(), &receiver),
        conversation_key: row.get("conversation_id")?,
        sender,
        resource: row.get("resource")?,
        receiver,
        category: row.get("category")?,
        kind: row.get("kind")?,
        data,
        tags: json_column(row, "tags")?,
        sent_at: Timestamp(row.get("sent_at")?),
        updated_at: Timestamp(row.get("updated_at")?),
        parent_id: row.get::<_, Option<u64>>("parent_id")?.map(MessageId),
        reply_count: row.get("reply_count")?,
        edited: read_change(row, "edited_at", "edited_by")?,
        deleted: read_change(row, "deleted_at", "deleted_by")?,
        pinned: read_change(row, "pinned_at", "pinned_by")?,
        quoted_id: row.get::<_, Option<u64>>("quoted_id")?.map(MessageId),
        mentions: json_column(row, "mentions")?,
        action_on: row.get::<_, Option<String>>("action_on")?.map(Uid::from),
        on_message: row.get::<_, Option<u64>>("on_message_id")?.map(MessageId),
        moderation,
        has_reached_others: row.get("has_reached_others")?,
    })
}

fn read_change(row: &Row<'_>, at: &str, by: &str) -> rusqlite::Result<Option<Change>> {
    let Some(at) = row.get::<_, Option<u64>>(at)?.map(Timestamp) else {
        return Ok(None);
    };
    let by = row.get::<_, String>(by)?.into();
    Ok(Some(Change { at, by }))
}

fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

#[cfg(test)]
mod tests {
    use super::super::{
        Database,
        tests::{NOW, with_users},
    };
    use super::*;

    fn bob_uid() -> Uid {
        "bob".into()
    }

    #[test]
    fn a_message_is_read_as_written_and_ids_increase() {
        let connection = with_users(&["alice", "bob"]);
        let database = Database::new(&connection);
        let data: DataMembers = serde_json::from_str(r#"{"text":"hi"}"#).unwrap();
        let alice = Uid::from("alice");
        let bob = ReceiverId::User("bob".into());
        let mut message = NewMessage {
            muid: Some("m1"),
            sender: &alice,
            resource: "session",
            receiver: &bob,
            category: "message",
            kind: "text",
            data: &data,
            tags: &["t".into()],
            parent_id: None,
            quoted_id: None,
            mentions: &[bob_uid()],
            action_on: None,
            on_message: None,
            moderation: None,
        };
        let first = database.create_message(&message, NOW).unwrap();
        message.muid = None;
        message.parent_id = Some(first);
        let second = database.create_message(&message, NOW).unwrap();
        assert!(second > first);

        let read = database.message(first).unwrap().unwrap();
        assert_eq!(read.conversation_id, "alice_user_bob");
        assert_eq!(read.receiver, bob);
        assert_eq!(read.data["text"].get(), r#""hi""#);
        assert_eq!(read.tags, ["t".into()]);
        assert_eq!(read.sent_at, NOW);
        assert_eq!(read.reply_count, 1);
        assert_eq!(read.mentions, [bob_uid()]);
        let same = database
            .message_of_muid(&alice, &bob, "m1")
            .unwrap()
            .unwrap();
        assert_eq!(same.id, first);
        assert!(database.message(MessageId(u64::MAX)).unwrap().is_none());
    }
}
