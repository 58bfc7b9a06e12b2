use super::super::{
    ConversationFilter, Database, MemberScope, NewMessage,
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
            quoted_id: None,
            mentions: &[],
            action_on: None,
            on_message: None,
            moderation: None,
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

fn plans(
    database: &Database<'_>,
    scope: &MessageScope<'_>,
    query: &MessageListQuery,
) -> Vec<String> {
    let alice = Uid::from("alice");
    let filter = filter(&alice, query);
    let streams = database.streams(&alice, scope).unwrap();
    let plan = |stream| {
        let (sql, parameters) = ids_query(stream, &filter, query, Some(1_000), 100);
        let mut statement = database
            .connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let steps = statement
            .query_map(params_from_iter(parameters), |row| {
                row.get::<_, String>("detail")
            })
            .unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    streams.iter().map(plan).collect()
}

#[test]
fn catching_up_reads_ranges_of_indexes() {
    let connection = with_users(&["alice", "bob"]);
    let database = database_with_messages(&connection);
    let after = MessageListQuery {
        affix: Affix::Append,
        id: Some(MessageId(3)),
        ..Default::default()
    };
    let range = "SEARCH messages USING COVERING INDEX messages_by";
    assert_eq!(
        plans(&database, &MessageScope::Everything, &after),
        [
            format!("{range}_sender (sender=? AND id>? AND id<?)"),
            format!("{range}_receiver (receiver_type=? AND receiver=? AND id>? AND id<?)"),
            format!("{range}_receiver (receiver_type=? AND receiver=? AND id>? AND id<?)"),
        ]
    );
    let changed = MessageListQuery {
        only_updates: true,
        updated_at: Some(Timestamp(3)),
        ..after.clone()
    };
    let range = "SEARCH messages USING COVERING INDEX changes_by";
    let sort = "USE TEMP B-TREE FOR ORDER BY";
    assert_eq!(
        plans(&database, &MessageScope::Everything, &changed),
        [
            format!("{range}_sender (sender=? AND changed_at>?); {sort}"),
            format!("{range}_receiver (receiver_type=? AND receiver=? AND changed_at>?); {sort}"),
            format!("{range}_receiver (receiver_type=? AND receiver=? AND changed_at>?); {sort}"),
        ]
    );
    let (bob, guild) = (
        ReceiverId::User("bob".into()),
        ReceiverId::Group("guild".into()),
    );
    let pinned = MessageListQuery {
        only_pinned: true,
        ..after.clone()
    };
    for (scope, query, index) in [
        (
            MessageScope::Conversation(&bob),
            &after,
            "messages_by_conversation",
        ),
        (
            MessageScope::Thread(MessageId(1)),
            &after,
            "messages_by_parent",
        ),
        (
            MessageScope::Conversation(&bob),
            &pinned,
            "pins_by_conversation",
        ),
        (
            MessageScope::Conversation(&guild),
            &pinned,
            "pins_by_receiver",
        ),
    ] {
        let plans = plans(&database, &scope, query);
        assert!(plans.iter().all(|plan| plan.contains(index)), "{plans:?}");
    }
    let saved = MessageListQuery {
        only_saved: true,
        ..after
    };
    for plan in plans(&database, &MessageScope::Everything, &saved) {
        // Each that is saved is looked up, and no other.
        assert!(plan.contains(" AND id=?"), "{plan}");
    }
}

/// `cargo test --release --lib a_page_among_a_million -- --ignored --nocapture`
#[test]
#[ignore = "stores a million messages"]
fn a_page_among_a_million_messages_is_quick() {
    let connection = with_users(&["alice", "bob"]);
    let database = database_with_messages(&connection);
    connection
        .execute_batch(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000000)
             INSERT INTO messages (conversation_id, sender, receiver, receiver_type, category, kind, data, tags,
                resource, sent_at, updated_at, changed_at, edited_at, edited_by)
             SELECT CASE n % 3 WHEN 0 THEN 'group_guild' WHEN 1 THEN 'alice_user_bob' ELSE 'x_user_y' END,
                CASE n % 3 WHEN 2 THEN 'x' ELSE 'bob' END,
                CASE n % 3 WHEN 0 THEN 'guild' WHEN 1 THEN 'alice' ELSE 'y' END,
                iif(n % 3 = 0, 'group', 'user'), 'message', 'text', '{\"text\":\"hello\"}', '[]', '', n, n,
                iif(n % 100 = 0, n, NULL), iif(n % 100 = 0, n, NULL), iif(n % 100 = 0, 'bob', NULL)
             FROM number",
        )
        .unwrap();
    let time = |what: &str, query: MessageListQuery| {
        let read = || {
            let page = database.messages(&"alice".into(), &MessageScope::Everything, &query, 100);
            page.unwrap().len()
        };
        read();
        let began = std::time::Instant::now();
        for _ in 0..20 {
            assert_eq!(read(), 100);
        }
        println!("{what}: {:?} a page", began.elapsed() / 20);
    };
    let after = |id| MessageListQuery {
        affix: Affix::Append,
        id: Some(MessageId(id)),
        ..Default::default()
    };
    let changed = |since| MessageListQuery {
        affix: Affix::Append,
        only_updates: true,
        updated_at: Some(Timestamp(since)),
        ..Default::default()
    };
    time("100 missed", after(999_800));
    time("a million missed", after(0));
    time("the newest", MessageListQuery::default());
    time("200 changed", changed(970_000));
    time("6700 changed", changed(0));

    let alice = Uid::from("alice");
    database.open_conversation(&alice, &"bob".into()).unwrap();
    let all = ConversationFilter {
        limit: 50,
        ..Default::default()
    };
    let began = std::time::Instant::now();
    let conversations = database.conversations(&alice, &all).unwrap();
    println!("conversations: {:?}", began.elapsed());
    let unread: Vec<_> = conversations.iter().map(|it| it.unread_messages).collect();
    assert_eq!(unread, [1_000, 1_000]);
}
