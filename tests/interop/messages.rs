use serde_json::{Value, json};

use super::stage::Stage;

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_text_arrives_as_it_was_sent_and_stored() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent = alice.run(
        "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'Hello, Bob 👋', 'user'), {
            setMuid: 'my-own-id',
            setMetadata: { where: 'market', level: 3 },
            setTags: ['greeting', 'first'],
        }))",
    );
    let got = bob.next("onTextMessageReceived");
    for message in [&sent, &got] {
        assert_eq!(message["text"], "Hello, Bob 👋");
        assert_eq!(message["muid"], "my-own-id");
        assert_eq!(message["metadata"], json!({"where": "market", "level": 3}));
        assert_eq!(message["tags"], json!(["greeting", "first"]));
        assert_eq!(message["sender"]["name"], "Alice");
        assert_eq!(message["receiver"]["name"], "Bob");
        assert_eq!(message["receiverId"], "bob");
        assert_eq!(message["receiverType"], "user");
        assert_eq!(
            (&message["category"], &message["type"]),
            (&json!("message"), &json!("text"))
        );
    }
    for name in ["id", "conversationId", "sentAt"] {
        assert!(!sent[name].is_null(), "{name}");
        assert_eq!(sent[name], got[name], "{name}");
    }
    alice.heard_no("onTextMessageReceived");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_users_other_device_gets_what_they_send() {
    let stage = Stage::new();
    let (desk, phone, bob) = (stage.page("alice"), stage.page("alice"), stage.page("bob"));
    desk.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'From my desk', 'user'))");
    assert_eq!(bob.next("onTextMessageReceived")["text"], "From my desk");
    let copy = phone.next("onTextMessageReceived");
    assert_eq!(
        (&copy["text"], &copy["sender"]["uid"]),
        (&json!("From my desk"), &json!("alice"))
    );
    desk.heard_no("onTextMessageReceived");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_text_to_a_group_arrives_at_its_members() {
    let stage = Stage::new();
    let (alice, bob, carol) = (stage.page("alice"), stage.page("bob"), stage.page("carol"));
    alice.run("CometChat.createGroup(new CometChat.Group('guild', 'The Guild', 'public'))");
    bob.run("CometChat.joinGroup('guild', 'public')");
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('guild', 'Hello, all', 'group'))");
    let got = bob.next("onTextMessageReceived");
    assert_eq!(got["text"], "Hello, all");
    assert_eq!(got["receiver"]["guid"], "guild");
    assert_eq!(got["receiver"]["name"], "The Guild");
    assert_eq!(got["conversationId"], "group_guild");
    carol.heard_no("onTextMessageReceived");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_custom_message_keeps_its_data() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent = alice.run(
        "CometChat.sendCustomMessage(having(new CometChat.CustomMessage('bob', 'user', 'map_ping', { x: 12.5, layers: ['sea'] }), {
            setSubType: 'danger',
            setConversationText: '📍 A place on the map',
            shouldUpdateConversation: false,
            shouldSendNotification: true,
            setMetadata: { map: 'north' },
        }))",
    );
    let got = bob.next("onCustomMessageReceived");
    for message in [&sent, &got] {
        assert_eq!(
            (&message["category"], &message["type"]),
            (&json!("custom"), &json!("map_ping"))
        );
        assert_eq!(message["customData"], json!({"x": 12.5, "layers": ["sea"]}));
        assert_eq!(message["subType"], "danger");
        assert_eq!(message["conversationText"], "📍 A place on the map");
        assert_eq!(message["metadata"], json!({"map": "north"}));
    }
    let code = "CometChat.getMessageDetails(id)
        .then((message) => [message.willUpdateConversation(), message.willSendNotification()])";
    let args = json!({"id": got["id"]});
    assert_eq!(bob.run_with(code, args), json!([false, true]));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn an_interactive_message_is_interacted_with() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent = alice.run(
        "CometChat.sendInteractiveMessage(new CometChat.InteractiveMessage(
            'bob', 'user', 'form',
            { title: 'Join the party?', formFields: [{ elementType: 'button', elementId: 'yes' }] },
            new CometChat.InteractionGoal('anyAction', ['yes', 'no']),
        ))",
    );
    let got = bob.next("onInteractiveMessageReceived");
    for message in [&sent, &got] {
        assert_eq!(
            (&message["category"], &message["type"]),
            (&json!("interactive"), &json!("form"))
        );
        assert_eq!(message["interactiveData"]["title"], "Join the party?");
        assert_eq!(
            message["interactionGoal"]["elementIds"],
            json!(["yes", "no"])
        );
    }

    bob.run_with(
        "CometChat.markAsInteracted(id, 'yes')",
        json!({"id": got["id"]}),
    );
    let receipt = alice.next("onInteractionGoalCompleted");
    assert_eq!(receipt["messageId"], sent["id"]);
    assert_eq!(receipt["sender"]["uid"], "bob");
    assert_eq!(receipt["interactions"][0]["elementId"], "yes");
    let seen = bob.run_with("CometChat.getMessageDetails(id)", json!({"id": got["id"]}));
    assert_eq!(seen["interactions"][0]["elementId"], "yes");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_transient_message_arrives_and_is_not_kept() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run("CometChat.sendTransientMessage(new CometChat.TransientMessage('bob', 'user', { emote: 'wave' }))");
    let got = bob.next("onTransientMessageReceived");
    assert_eq!(got["data"], json!({"emote": "wave"}));
    assert_eq!(got["sender"]["uid"], "alice");
    assert_eq!(
        (&got["receiverId"], &got["receiverType"]),
        (&json!("bob"), &json!("user"))
    );
    bob.run("CometChat.sendTransientMessage(new CometChat.TransientMessage('alice', 'user', { emote: 'bow' }))");
    assert_eq!(
        alice.next("onTransientMessageReceived")["data"],
        json!({"emote": "bow"})
    );
    let history = bob.pager("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(10)");
    assert_eq!(history.previous(), Vec::<Value>::new());
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_thread_has_its_replies_and_the_parent_their_count() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let parent =
        alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'Who comes?', 'user'))");
    bob.next("onTextMessageReceived");
    let reply = "CometChat.sendMessage(having(new CometChat.TextMessage('alice', 'I do', 'user'), {
        setParentMessageId: parent,
    }))";
    bob.run_with(reply, json!({"parent": parent["id"]}));
    let got = alice.next("onTextMessageReceived");
    assert_eq!(
        (&got["text"], &got["parentMessageId"].to_string()),
        (&json!("I do"), &parent["id"].to_string())
    );

    let seen = alice.run_with(
        "CometChat.getMessageDetails(id)",
        json!({"id": parent["id"]}),
    );
    assert_eq!(seen["replyCount"], 1);
    let thread = alice.pager_with(
        "new CometChat.MessagesRequestBuilder().setParentMessageId(parent).setLimit(10)",
        json!({"parent": parent["id"]}),
    );
    assert_eq!(texts(&thread.previous()), ["I do"]);
    let conversation =
        "new CometChat.MessagesRequestBuilder().setUID('bob').setLimit(10).hideReplies(true)";
    assert_eq!(texts(&alice.pager(conversation).previous()), ["Who comes?"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_message_quotes_another() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let quoted =
        alice.run("CometChat.sendMessage(new CometChat.TextMessage('bob', 'At noon?', 'user'))");
    let code = "CometChat.sendMessage(having(new CometChat.TextMessage('alice', 'Yes', 'user'), {
        setQuotedMessageId: quoted,
    }))";
    let sent = bob.run_with(code, json!({"quoted": quoted["id"]}));
    let got = alice.next("onTextMessageReceived");
    for message in [&sent, &got] {
        assert_eq!(
            message["quotedMessageId"].to_string(),
            quoted["id"].to_string()
        );
        assert_eq!(message["quotedMessage"]["text"], "At noon?");
        assert_eq!(message["quotedMessage"]["sender"]["uid"], "alice");
    }
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_is_mentioned_is_told_so() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run("CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [new CometChat.GroupMember('bob', 'participant')], [])");
    bob.next("onMemberAddedToGroup");
    let sent = alice.run(
        "CometChat.sendMessage(new CometChat.TextMessage('guild', 'Look, <@uid:bob>', 'group'))",
    );
    let got = bob.next("onTextMessageReceived");
    assert_eq!(got["text"], "Look, <@uid:bob>");
    assert_eq!(got["mentionedUsers"][0]["name"], "Bob");
    assert_eq!(
        (&got["hasMentionedMe"], &sent["hasMentionedMe"]),
        (&json!(true), &json!(false))
    );
}

pub(super) fn texts(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message["text"].as_str().unwrap_or("no text"))
        .collect()
}
