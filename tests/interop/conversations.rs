use serde_json::{Value, json};

use super::{page::Page, stage::Stage};

fn say(page: &Page<'_>, to: &str, kind: &str, text: &str) {
    let code = "CometChat.sendMessage(new CometChat.TextMessage(to, text, kind))";
    page.run_with(code, json!({"to": to, "kind": kind, "text": text}));
}

fn with(conversation: &Value) -> &str {
    let with = &conversation["conversationWith"];
    with["uid"]
        .as_str()
        .or(with["guid"].as_str())
        .expect("somebody to talk with")
}

fn list(page: &Page<'_>, calls: &str) -> Vec<Value> {
    page.pager(&format!(
        "new CometChat.ConversationsRequestBuilder().setLimit(50){calls}"
    ))
    .next()
}

fn names(page: &Page<'_>, calls: &str) -> Vec<String> {
    list(page, calls)
        .iter()
        .map(|conversation| with(conversation).to_owned())
        .collect()
}

/// Bob has talked with alice, with carol, and in a group.
fn talks(stage: &Stage) -> [Page<'static>; 3] {
    let pages = [stage.page("alice"), stage.page("bob"), stage.page("carol")];
    let [alice, bob, carol] = &pages;
    alice.run("CometChat.createGroup(new CometChat.Group('guild', 'The Guild', 'public'))");
    bob.run("CometChat.joinGroup('guild', 'public')");
    say(carol, "bob", "user", "From Carol");
    say(alice, "guild", "group", "In the group");
    say(alice, "bob", "user", "From Alice");
    say(alice, "bob", "user", "More from Alice");
    pages
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn conversations_are_listed_newest_first_with_what_was_said_last() {
    let stage = Stage::new();
    let [alice, bob, _carol] = talks(&stage);
    let all = list(&bob, "");
    assert_eq!(
        all.iter().map(with).collect::<Vec<_>>(),
        ["alice", "guild", "carol"]
    );
    let first = &all[0];
    assert_eq!(first["conversationType"], "user");
    assert_eq!(first["lastMessage"]["text"], "More from Alice");
    assert_eq!(first["conversationWith"]["name"], "Alice");
    assert_eq!(first["unreadMessageCount"], 2);
    assert_eq!(
        first["latestMessageId"].to_string(),
        first["lastMessage"]["id"].to_string()
    );
    assert_eq!(all[1]["conversationType"], "group");
    assert_eq!(all[1]["conversationWith"]["name"], "The Guild");
    assert_eq!(all[1]["lastMessage"]["text"], "In the group");

    assert_eq!(names(&bob, ".setConversationType('group')"), ["guild"]);
    assert_eq!(
        names(&bob, ".setConversationType('user')"),
        ["alice", "carol"]
    );
    assert_eq!(names(&bob, ".setSearchKeyword('guil')"), ["guild"]);
    assert_eq!(names(&bob, ".setUnread(true)"), ["alice", "guild", "carol"]);
    // What alice said is no news to her, nor is it that bob came.
    assert_eq!(names(&alice, ".setUnread(true)"), [""; 0]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn conversations_come_page_by_page() {
    let stage = Stage::new();
    let [_alice, bob, _carol] = talks(&stage);
    let pager = bob.pager("new CometChat.ConversationsRequestBuilder().setLimit(2)");
    let pages = [pager.next(), pager.next(), pager.next()];
    let names: Vec<Vec<_>> = pages
        .iter()
        .map(|page| page.iter().map(with).collect())
        .collect();
    assert_eq!(names, [vec!["alice", "guild"], vec!["carol"], vec![]]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_conversation_is_read_tagged_and_deleted() {
    let stage = Stage::new();
    let [alice, bob, _carol] = talks(&stage);
    let one = bob.run("CometChat.getConversation('alice', 'user')");
    assert_eq!(
        (with(&one), &one["unreadMessageCount"]),
        ("alice", &json!(2))
    );
    let of_group = bob.run("CometChat.getConversation('guild', 'group')");
    assert_eq!(of_group["conversationId"], "group_guild");

    let tagged = bob.run("CometChat.tagConversation('alice', 'user', ['friend'])");
    assert_eq!(tagged["tags"], json!(["friend"]));
    assert_eq!(names(&bob, ".setTags(['friend'])"), ["alice"]);
    assert_eq!(list(&bob, ".withTags(true)")[0]["tags"], json!(["friend"]));

    bob.run("CometChat.deleteConversation('alice', 'user')");
    assert_eq!(names(&bob, ""), ["guild", "carol"]);
    // The other party keeps theirs, and a new message begins anew.
    assert!(names(&alice, "").contains(&"bob".to_owned()));
    say(&alice, "bob", "user", "Still there?");
    let again = bob.run("CometChat.getConversation('alice', 'user')");
    assert_eq!(again["unreadMessageCount"], 1);
    let history = bob
        .pager("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(10)")
        .previous();
    assert_eq!(super::messages::texts(&history), ["Still there?"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_conversation_that_is_none_is_refused() {
    let stage = Stage::new();
    let bob = stage.page("bob");
    let refused = |with: &str, kind: &str| {
        let code = "CometChat.getConversation(who, kind)";
        bob.refused(code, json!({"who": with, "kind": kind}))
    };
    assert_eq!(refused("alice", "user"), "ERR_CONVERSATION_NOT_ACCESSIBLE");
    assert_eq!(refused("nobody", "user"), "ERR_UID_NOT_FOUND");
    assert_eq!(refused("nowhere", "group"), "ERR_GUID_NOT_FOUND");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_conversation_is_made_of_a_message() {
    let stage = Stage::new();
    let [_alice, bob, _carol] = talks(&stage);
    let conversation = bob.run(
        "new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(1).build().fetchPrevious()
            .then(([message]) => CometChat.CometChatHelper.getConversationFromMessage(message))",
    );
    assert_eq!(
        (with(&conversation), &conversation["conversationType"]),
        ("alice", &json!("user"))
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_conversation_with_who_is_blocked_is_hidden_unless_asked_for() {
    let stage = Stage::new();
    let [_alice, bob, _carol] = talks(&stage);
    bob.run("CometChat.blockUsers(['carol'])");
    assert_eq!(names(&bob, ""), ["alice", "guild"]);
    let all = list(
        &bob,
        ".setIncludeBlockedUsers(true).setWithBlockedInfo(true)",
    );
    assert_eq!(
        all.iter().map(with).collect::<Vec<_>>(),
        ["alice", "guild", "carol"]
    );
    assert_eq!(all[2]["conversationWith"]["blockedByMe"], true);
}
