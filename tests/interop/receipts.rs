use serde_json::{Value, json};

use super::{page::Page, stage::Stage};

const MARK: &str = "CometChat.getMessageDetails(id).then((message) => CometChat[mark](message))";

fn say(page: &Page<'_>, to: &str, kind: &str, text: &str) -> Value {
    let code = "CometChat.sendMessage(new CometChat.TextMessage(to, text, kind))";
    page.run_with(code, json!({"to": to, "kind": kind, "text": text}))
}

fn mark(page: &Page<'_>, how: &str, message: &Value) {
    page.run_with(MARK, json!({"id": message["id"], "mark": how}));
}

fn unread(page: &Page<'_>) -> Value {
    page.run("CometChat.getUnreadMessageCount()")
}

/// A group of the three, made by alice.
fn guild(alice: &Page<'_>, others: [&Page<'_>; 2]) {
    alice.run(
        "CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [
            new CometChat.GroupMember('bob', 'participant'), new CometChat.GroupMember('carol', 'participant'),
        ], [])",
    );
    for other in others {
        other.next("onMemberAddedToGroup");
    }
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn the_sender_hears_when_a_message_was_delivered_and_read() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent = say(&alice, "bob", "user", "Are you there?");

    mark(&bob, "markAsDelivered", &sent);
    let receipt = alice.next("onMessagesDelivered");
    assert_eq!(receipt["messageId"], sent["id"]);
    assert_eq!(receipt["sender"]["uid"], "bob");
    assert_eq!(receipt["receiverType"], "user");
    assert_eq!(receipt["receiptType"], "delivery");
    assert!(receipt["deliveredAt"].as_u64() > Some(0), "{receipt}");

    mark(&bob, "markAsRead", &sent);
    let receipt = alice.next("onMessagesRead");
    assert_eq!(
        (&receipt["messageId"], &receipt["receiptType"]),
        (&sent["id"], &json!("read"))
    );
    assert!(receipt["readAt"].as_u64() > Some(0), "{receipt}");

    let details = "CometChat.getMessageDetails(id)";
    let mine = alice.run_with(details, json!({"id": sent["id"]}));
    assert!(
        mine["deliveredAt"].as_u64() > Some(0) && mine["readAt"].as_u64() > Some(0),
        "{mine}"
    );
    let his = bob.run_with(details, json!({"id": sent["id"]}));
    assert!(
        his["deliveredToMeAt"].as_u64() > Some(0) && his["readByMeAt"].as_u64() > Some(0),
        "{his}"
    );

    let receipts = alice.run_with(
        "CometChat.getMessageReceipts(id)",
        json!({"id": sent["id"]}),
    );
    assert_eq!(receipts.as_array().unwrap().len(), 1, "{receipts}");
    assert_eq!(receipts[0]["sender"]["uid"], "bob");
    assert_eq!(receipts[0]["readAt"], mine["readAt"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn in_a_group_the_sender_hears_of_each_and_of_all() {
    let stage = Stage::new();
    let (alice, bob, carol) = (stage.page("alice"), stage.page("bob"), stage.page("carol"));
    guild(&alice, [&bob, &carol]);
    let sent = say(&alice, "guild", "group", "Who is with me?");
    bob.next("onTextMessageReceived");
    carol.next("onTextMessageReceived");

    mark(&bob, "markAsDelivered", &sent);
    let receipt = alice.next("onMessagesDelivered");
    assert_eq!(
        (&receipt["sender"]["uid"], &receipt["receiver"]),
        (&json!("bob"), &json!("guild"))
    );
    alice.heard_no("onMessagesDeliveredToAll");
    mark(&carol, "markAsDelivered", &sent);
    assert_eq!(
        alice.next("onMessagesDeliveredToAll")["messageId"],
        sent["id"]
    );

    mark(&bob, "markAsRead", &sent);
    assert_eq!(alice.next("onMessagesRead")["sender"]["uid"], "bob");
    alice.heard_no("onMessagesReadByAll");
    mark(&carol, "markAsRead", &sent);
    let receipt = alice.next("onMessagesReadByAll");
    assert_eq!(
        (&receipt["messageId"], &receipt["receiver"]),
        (&sent["id"], &json!("guild"))
    );

    let receipts = alice.run_with(
        "CometChat.getMessageReceipts(id)",
        json!({"id": sent["id"]}),
    );
    let mut who: Vec<_> = receipts
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["sender"]["uid"].as_str().unwrap())
        .collect();
    who.sort_unstable();
    assert_eq!(who, ["bob", "carol"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_whole_conversation_is_delivered_and_read_at_once() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    say(&alice, "bob", "user", "One");
    let last = say(&alice, "bob", "user", "Two");
    bob.run("CometChat.markConversationAsDelivered('alice', 'user')");
    assert_eq!(alice.next("onMessagesDelivered")["messageId"], last["id"]);
    bob.run("CometChat.markConversationAsRead('alice', 'user')");
    assert_eq!(alice.next("onMessagesRead")["messageId"], last["id"]);
    assert_eq!(unread(&bob), json!({"users": {}, "groups": {}}));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn what_is_unread_is_counted_by_conversation() {
    let stage = Stage::new();
    let (alice, bob, carol) = (stage.page("alice"), stage.page("bob"), stage.page("carol"));
    guild(&alice, [&bob, &carol]);
    assert_eq!(unread(&bob)["users"], json!({}));
    let first = say(&alice, "bob", "user", "One");
    say(&alice, "bob", "user", "Two");
    say(&carol, "bob", "user", "Three");
    let in_group = say(&alice, "guild", "group", "Four");

    let counts = unread(&bob);
    assert_eq!(counts["users"], json!({"alice": 2, "carol": 1}));
    let before = counts["groups"]["guild"].as_u64().unwrap_or(0);
    assert!(before >= 1, "{counts}");
    assert_eq!(
        bob.run("CometChat.getUnreadMessageCountForUser('alice')"),
        json!({"alice": 2})
    );
    assert_eq!(
        bob.run("CometChat.getUnreadMessageCountForAllUsers()"),
        json!({"alice": 2, "carol": 1})
    );
    assert_eq!(
        bob.run("CometChat.getUnreadMessageCountForAllGroups()"),
        counts["groups"]
    );
    assert_eq!(
        bob.run("CometChat.getUnreadMessageCountForGroup('guild')"),
        counts["groups"]
    );

    mark(&bob, "markAsRead", &first);
    mark(&bob, "markAsRead", &in_group);
    // Receipts go over the socket: when the authors hear of them, they have arrived.
    alice.next("onMessagesRead");
    alice.next("onMessagesRead");
    assert_eq!(
        unread(&bob),
        json!({"users": {"alice": 1, "carol": 1}, "groups": {}})
    );

    // Nobody's own messages are unread to them.
    assert_eq!(unread(&alice)["users"], json!({}));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_message_is_marked_as_unread_again() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let first = say(&alice, "bob", "user", "One");
    let second = say(&alice, "bob", "user", "Two");
    let last = say(&alice, "bob", "user", "Three");
    mark(&bob, "markAsRead", &last);
    alice.next("onMessagesRead");
    assert_eq!(unread(&bob)["users"], json!({}));

    let code =
        "CometChat.getMessageDetails(id).then((message) => CometChat.markMessageAsUnread(message))";
    let conversation = bob.run_with(code, json!({"id": second["id"]}));
    assert_eq!(conversation["conversationWith"]["uid"], "alice");
    assert_eq!(conversation["unreadMessageCount"], 2);
    assert_eq!(unread(&bob)["users"], json!({"alice": 2}));

    mark(&bob, "markAsUnread", &first);
    assert_eq!(unread(&bob)["users"], json!({"alice": 3}));
}
