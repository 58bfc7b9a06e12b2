use rusqlite::{ToSql, named_params};

use super::{
    Database,
    messages::{SELECT, StoredMessage, read_message},
};
use crate::{
    model::{MessageId, ReceiverId, Uid},
    wire::{
        message::conversation_id,
        message_list::{Affix, MessageListQuery},
    },
};

/// Which messages a list is of.
pub(in crate::local_server) enum MessageScope<'a> {
    /// All that the user sent or got.
    Everything,
    /// Those between the user and another, or in a group.
    Conversation(&'a ReceiverId),
    /// The replies to a message.
    Thread(MessageId),
}

impl Database<'_> {
    /// The messages of `scope` by ascending id, `limit` at most. Whether `viewer` may see a group or a thread is for
    /// the caller to know.
    pub(in crate::local_server) fn messages(
        &self,
        viewer: &Uid,
        scope: &MessageScope<'_>,
        query: &MessageListQuery,
        limit: u32,
    ) -> rusqlite::Result<Vec<StoredMessage>> {
        let viewer = viewer.as_str();
        match scope {
            MessageScope::Everything => self.select(
                "((receiver_type = 'user' AND :viewer IN (sender, receiver)) OR
                  (receiver_type = 'group' AND receiver IN (SELECT guid FROM members WHERE uid = :viewer)))",
                named_params! { ":viewer": viewer },
                query,
                limit,
            ),
            // The conversation's id is for the index. Uids with `_user_` in them can make two conversations share one.
            MessageScope::Conversation(with @ ReceiverId::User(uid)) => self.select(
                "conversation_id = :conversation AND receiver_type = 'user' AND
                 ((sender = :viewer AND receiver = :with) OR (sender = :with AND receiver = :viewer))",
                named_params! {
                    ":conversation": conversation_id(viewer, with),
                    ":viewer": viewer,
                    ":with": uid.as_str(),
                },
                query,
                limit,
            ),
            MessageScope::Conversation(with @ ReceiverId::Group(guid)) => self.select(
                "conversation_id = :conversation AND receiver_type = 'group' AND receiver = :with",
                named_params! {
                    ":conversation": conversation_id(viewer, with),
                    ":with": guid.as_str(),
                },
                query,
                limit,
            ),
            MessageScope::Thread(parent) => self.select(
                "parent_id = :parent",
                named_params! { ":parent": parent.0 },
                query,
                limit,
            ),
        }
    }

    fn select(
        &self,
        scope: &str,
        scope_parameters: &[(&str, &dyn ToSql)],
        query: &MessageListQuery,
        limit: u32,
    ) -> rusqlite::Result<Vec<StoredMessage>> {
        let (comparison, no_anchor, order) = match query.affix {
            Affix::Append => (">", i64::MIN, "ASC"),
            Affix::Prepend => ("<", i64::MAX, "DESC"),
        };
        // An anchor beyond what SQLite can hold has nothing behind it, and everything before it.
        let anchor = |value: Option<u64>| match value {
            Some(value) => i64::try_from(value).unwrap_or(i64::MAX),
            None => no_anchor,
        };
        let json = |list: &Option<Vec<String>>| {
            list.as_ref()
                .and_then(|list| serde_json::to_string(list).ok())
        };
        let (id, sent_at, updated_at) = (
            anchor(query.id.map(|id| id.0)),
            // The clients give it beside the id, which says more.
            anchor(query.sent_at.filter(|_| query.id.is_none()).map(|at| at.0)),
            anchor(query.updated_at.map(|at| at.0)),
        );
        let (categories, kinds) = (json(&query.categories), json(&query.kinds));
        let mut parameters = named_params! {
            ":id": id,
            ":sent_at": sent_at,
            ":updated_at": updated_at,
            ":hide_replies": query.hide_replies,
            ":categories": categories,
            ":kinds": kinds,
            ":limit": limit,
        }
        .to_vec();
        parameters.extend(scope_parameters);

        let sql = format!(
            "{SELECT} WHERE {scope}
             AND id {comparison} :id AND sent_at {comparison} :sent_at AND updated_at {comparison} :updated_at
             AND NOT (:hide_replies AND parent_id IS NOT NULL)
             AND (:categories IS NULL OR category IN (SELECT value FROM json_each(:categories)))
             AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))
             ORDER BY id {order} LIMIT :limit"
        );
        let mut messages = self
            .connection
            .prepare_cached(&sql)?
            .query_map(&*parameters, read_message)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        if query.affix == Affix::Prepend {
            messages.reverse();
        }
        Ok(messages)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Database, MemberScope, NewMessage,
        tests::{NOW, with_users},
    };
    use super::*;
    use crate::model::{Group, GroupKind, Timestamp};

    const NONE: [u64; 0] = [];

    /// Messages 1 to 5 between alice and bob, of which 3 answers 1; 6 in the guild, of which alice is; 7 elsewhere.
    fn database_with_messages(connection: &rusqlite::Connection) -> Database<'_> {
        let database = Database::new(connection);
        let alice = Uid::from("alice");
        for guid in ["guild", "elsewhere"] {
            let group = Group::new(guid, guid, GroupKind::Public);
            database.create_group(&group, None, &alice, NOW).unwrap();
        }
        database
            .add_member("guild", &alice, MemberScope::Admin, NOW)
            .unwrap();
        let (alice_there, bob_there) = (
            ReceiverId::User("alice".into()),
            ReceiverId::User("bob".into()),
        );
        let send = |sender: &str, receiver: &ReceiverId, parent: Option<u64>, at: u64| {
            let message = NewMessage {
                muid: None,
                sender: &sender.into(),
                resource: "",
                receiver,
                category: "message",
                kind: if at == 5 { "image" } else { "text" },
                data: &Default::default(),
                tags: &[],
                parent_id: parent.map(MessageId),
            };
            database.create_message(&message, Timestamp(at)).unwrap();
        };
        send("alice", &bob_there, None, 1);
        send("bob", &alice_there, None, 2);
        send("alice", &bob_there, Some(1), 3);
        send("bob", &alice_there, None, 4);
        send("alice", &bob_there, None, 5);
        send("bob", &ReceiverId::Group("guild".into()), None, 6);
        send("bob", &ReceiverId::Group("elsewhere".into()), None, 7);
        database
    }

    fn ids(scope: MessageScope<'_>, query: MessageListQuery, limit: u32) -> Vec<u64> {
        let connection = with_users(&["alice", "bob"]);
        database_with_messages(&connection)
            .messages(&"alice".into(), &scope, &query, limit)
            .unwrap()
            .into_iter()
            .map(|message| message.id.0)
            .collect()
    }

    #[test]
    fn a_list_is_next_to_its_anchor_and_ascends() {
        let bob = ReceiverId::User("bob".into());
        let list = |affix, id: Option<u64>| {
            let query = MessageListQuery {
                affix,
                id: id.map(MessageId),
                ..Default::default()
            };
            ids(MessageScope::Conversation(&bob), query, 2)
        };
        assert_eq!(list(Affix::Prepend, None), [4, 5]);
        assert_eq!(list(Affix::Prepend, Some(4)), [2, 3]);
        assert_eq!(list(Affix::Prepend, Some(1)), NONE);
        assert_eq!(list(Affix::Append, None), [1, 2]);
        assert_eq!(list(Affix::Append, Some(2)), [3, 4]);
        assert_eq!(list(Affix::Append, Some(5)), NONE);
        assert_eq!(list(Affix::Append, Some(u64::MAX)), NONE);
    }

    #[test]
    fn a_scope_holds_what_the_user_may_see() {
        let all = |scope| ids(scope, MessageListQuery::default(), 100);
        assert_eq!(all(MessageScope::Everything), [1, 2, 3, 4, 5, 6]);
        let guild = ReceiverId::Group("guild".into());
        assert_eq!(all(MessageScope::Conversation(&guild)), [6]);
        assert_eq!(all(MessageScope::Thread(MessageId(1))), [3]);
    }

    #[test]
    fn a_filter_leaves_out_what_does_not_fit() {
        let all = |query| ids(MessageScope::Everything, query, 100);
        let unfiltered = MessageListQuery::default;
        assert_eq!(
            all(MessageListQuery {
                hide_replies: true,
                kinds: Some(vec!["text".to_owned(), "video".to_owned()]),
                ..unfiltered()
            }),
            [1, 2, 4, 6]
        );
        assert_eq!(
            all(MessageListQuery {
                affix: Affix::Append,
                sent_at: Some(Timestamp(4)),
                ..unfiltered()
            }),
            [5, 6]
        );
        assert_eq!(
            all(MessageListQuery {
                categories: Some(vec!["custom".to_owned()]),
                ..unfiltered()
            }),
            NONE
        );
    }
}
