use serde_json::{Value, json};

use super::{page::Page, stage::Stage};

/// What alice has sent to bob, who got it.
fn sent(alice: &Page<'_>, bob: &Page<'_>, text: &str) -> Value {
    let code = "CometChat.sendMessage(new CometChat.TextMessage('bob', text, 'user'))";
    let sent = alice.run_with(code, json!({"text": text}));
    bob.next("onTextMessageReceived");
    sent
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn an_edit_is_told_to_everybody_and_kept() {
    let stage = Stage::new();
    let (alice, bob, phone) = (stage.page("alice"), stage.page("bob"), stage.page("alice"));
    let id = &sent(&alice, &bob, "Helo")["id"];
    let code = "CometChat.editMessage(having(new CometChat.TextMessage('bob', 'Hello', 'user'), {
        setId: id,
        setMetadata: { corrected: true },
        setTags: ['edited'],
    }))";
    let edited = alice.run_with(code, json!({"id": id}));
    for message in [
        &edited,
        &bob.next("onMessageEdited"),
        &phone.next("onMessageEdited"),
    ] {
        assert_eq!(&message["id"], id);
        assert_eq!(message["text"], "Hello");
        assert_eq!(message["metadata"], json!({"corrected": true}));
        assert_eq!(message["tags"], json!(["edited"]));
        assert_eq!(message["editedBy"], "alice");
        assert!(message["editedAt"].as_u64() > Some(0));
    }
    alice.heard_no("onMessageEdited");
    let seen = bob.run_with("CometChat.getMessageDetails(id)", json!({"id": id}));
    assert_eq!(
        (&seen["text"], &seen["editedAt"]),
        (&json!("Hello"), &edited["editedAt"])
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_deletion_is_told_to_everybody_and_leaves_a_gap() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    sent(&alice, &bob, "Stays");
    let id = &sent(&alice, &bob, "Goes")["id"];
    let deleted = alice.run_with("CometChat.deleteMessage(id)", json!({"id": id}));
    for message in [&deleted, &bob.next("onMessageDeleted")] {
        assert_eq!(&message["id"], id);
        assert_eq!(message["deletedBy"], "alice");
        assert!(message["deletedAt"].as_u64() > Some(0));
    }
    let all = bob
        .pager("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(10)")
        .previous();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1]["deletedAt"], deleted["deletedAt"]);
    assert_ne!(all[1]["text"], "Goes");
    let left = bob
        .pager("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(10).hideDeletedMessages(true)")
        .previous();
    assert_eq!(super::messages::texts(&left), ["Stays"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_message_is_changed_by_its_sender_only() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let id = &sent(&alice, &bob, "Mine")["id"];
    let edit = "CometChat.editMessage(having(new CometChat.TextMessage('alice', 'Not yours', 'user'), { setId: id }))";
    assert_eq!(
        bob.refused(edit, json!({"id": id})),
        "ERR_MESSAGE_NOT_A_SENDER"
    );
    assert_eq!(
        bob.refused("CometChat.deleteMessage(id)", json!({"id": id})),
        "ERR_MESSAGE_NOT_A_SENDER"
    );
    assert_eq!(
        bob.refused("CometChat.deleteMessage('999999')", json!({})),
        "ERR_MESSAGE_ID_NOT_FOUND"
    );
    let carol = stage.page("carol");
    assert_eq!(
        carol.refused("CometChat.getMessageDetails(id)", json!({"id": id})),
        "ERR_MESSAGE_ID_NOT_FOUND"
    );
    alice.run_with("CometChat.deleteMessage(id)", json!({"id": id}));
    assert_eq!(
        alice.refused("CometChat.deleteMessage(id)", json!({"id": id})),
        "ERR_MESSAGE_ID_NOT_FOUND"
    );
    bob.heard_no("onMessageEdited");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn reactions_are_counted_told_and_taken_back() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let id = &sent(&alice, &bob, "A joke")["id"];
    let reacted = bob.run_with("CometChat.addReaction(id, '😂')", json!({"id": id}));
    assert_eq!(
        reacted["reactions"],
        json!([{"reaction": "😂", "count": 1, "reactedByMe": true}])
    );
    let event = alice.next("onMessageReactionAdded");
    assert_eq!(event["reaction"]["reaction"], "😂");
    assert_eq!(event["reaction"]["messageId"], *id);
    assert_eq!(event["reaction"]["uid"], "bob");
    assert_eq!(event["reaction"]["reactedBy"]["name"], "Bob");
    assert_eq!(event["receiverType"], "user");

    alice.run_with("CometChat.addReaction(id, '😂')", json!({"id": id}));
    alice.run_with("CometChat.addReaction(id, '👍🏽')", json!({"id": id}));
    let seen = bob.run_with("CometChat.getMessageDetails(id)", json!({"id": id}));
    assert_eq!(
        seen["reactions"],
        json!([
            {"reaction": "😂", "count": 2, "reactedByMe": true},
            {"reaction": "👍🏽", "count": 1, "reactedByMe": false},
        ])
    );
    let code = bob.refused("CometChat.addReaction(id, '😂')", json!({"id": id}));
    assert_eq!(code, "ERR_ALREADY_REACTED");

    let left = bob.run_with("CometChat.removeReaction(id, '😂')", json!({"id": id}));
    assert_eq!(
        left["reactions"][0],
        json!({"reaction": "😂", "count": 1, "reactedByMe": false})
    );
    let event = alice.next("onMessageReactionRemoved");
    assert_eq!(
        (&event["reaction"]["reaction"], &event["reaction"]["uid"]),
        (&json!("😂"), &json!("bob"))
    );
    let code = bob.refused("CometChat.removeReaction(id, '😂')", json!({"id": id}));
    assert_eq!(code, "ERR_REACTION_NOT_FOUND");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn reactions_are_listed_page_by_page() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let id = &sent(&alice, &bob, "A joke")["id"];
    for reaction in ["😂", "👍", "🎉"] {
        bob.run_with(
            "CometChat.addReaction(id, reaction)",
            json!({"id": id, "reaction": reaction}),
        );
        alice.next("onMessageReactionAdded");
    }
    alice.run_with("CometChat.addReaction(id, '👍')", json!({"id": id}));

    let pager = alice.pager_with(
        "new CometChat.ReactionsRequestBuilder().setMessageId(id).setLimit(3)",
        json!({"id": id}),
    );
    let (page, rest, nothing) = (pager.next(), pager.next(), pager.next());
    let all: Vec<_> = page.iter().chain(&rest).collect();
    let who: Vec<_> = all
        .iter()
        .map(|it| {
            (
                it["reaction"].as_str().unwrap(),
                it["uid"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!((page.len(), nothing.len()), (3, 0));
    assert_eq!(
        who,
        [("😂", "bob"), ("👍", "bob"), ("🎉", "bob"), ("👍", "alice")]
    );

    let thumbs = alice
        .pager_with(
            "new CometChat.ReactionsRequestBuilder().setMessageId(id).setReaction('👍').setLimit(10)",
            json!({"id": id}),
        )
        .next();
    let who: Vec<_> = thumbs
        .iter()
        .map(|it| it["reactedBy"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(who, ["Bob", "Alice"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_message_is_flagged_for_a_reason_that_the_server_knows() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let id = &sent(&alice, &bob, "Buy gold now")["id"];
    let reasons = bob.run("CometChat.getFlagReasons()");
    let reason = &reasons[0]["id"];
    assert!(reason.is_string(), "{reasons}");
    let flag = "CometChat.flagMessage(id, { reasonId: reason, remark: 'again' })";
    let done = bob.run_with(flag, json!({"id": id, "reason": reason}));
    assert_eq!(done["success"], true);
    let code = bob.refused(flag, json!({"id": "999999", "reason": reason}));
    assert_eq!(code, "ERR_MESSAGE_ID_NOT_FOUND");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn typing_is_told_while_it_lasts() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run(
        "CometChat.startTyping(new CometChat.TypingIndicator('bob', 'user', { mood: 'slow' }))",
    );
    let started = bob.next("onTypingStarted");
    assert_eq!(started["sender"]["name"], "Alice");
    assert_eq!(
        (&started["receiverId"], &started["receiverType"]),
        (&json!("bob"), &json!("user"))
    );
    assert_eq!(started["metadata"], json!({"mood": "slow"}));
    alice.run("CometChat.endTyping(new CometChat.TypingIndicator('bob', 'user'))");
    assert_eq!(bob.next("onTypingEnded")["sender"]["uid"], "alice");

    alice.run("CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [new CometChat.GroupMember('bob', 'participant')], [])");
    bob.next("onMemberAddedToGroup");
    bob.run("CometChat.startTyping(new CometChat.TypingIndicator('guild', 'group'))");
    let started = alice.next("onTypingStarted");
    assert_eq!(
        (&started["receiverId"], &started["receiverType"]),
        (&json!("guild"), &json!("group"))
    );
    alice.heard_no("onTypingEnded");
}
