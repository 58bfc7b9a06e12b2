use serde_json::{Value, json};

use super::client::{Api, Login, Reply, group, server, text_message};

fn texts(list: &Reply) -> Vec<String> {
    let texts = list.json()["data"].as_array().unwrap().clone();
    let text = |message: &Value| message["data"]["text"].as_str().unwrap_or("-").to_owned();
    texts.iter().map(text).collect()
}

fn send(user: &Login, change: Value) -> Value {
    let mut message = text_message("user", "bob", "text");
    for (name, value) in change.as_object().unwrap() {
        message[name] = value.clone();
    }
    user.request("POST", "messages", &message).data()
}

#[test]
fn a_list_is_filtered() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let first = send(&alice, json!({"data": {"text": "Hello <@uid:bob>"}}));
    send(
        &alice,
        json!({"data": {"text": "see https://bevy.org"}, "tags": ["news"]}),
    );
    let image = json!([{"url": "https://x/y.png", "mimeType": "image/png"}]);
    send(
        &alice,
        json!({"type": "image", "data": {"text": "picture", "attachments": image}}),
    );
    send(
        &alice,
        json!({"data": {"text": "reply"}, "parentMessageId": first["id"]}),
    );
    send(
        &alice,
        json!({"data": {"text": "quoting"}, "quotedMessageId": first["id"]}),
    );
    let gone = send(&alice, json!({"data": {"text": "gone"}}));
    let gone = format!("messages/{}", gone["id"].as_str().unwrap());
    alice.request("DELETE", &gone, &json!(null)).data();
    let smile = format!("messages/{}/reactions/x", first["id"].as_str().unwrap());
    bob.request("POST", &smile, &json!({})).data();

    let all = [
        "Hello <@uid:bob>",
        "see https://bevy.org",
        "picture",
        "reply",
        "quoting",
        "-",
    ];
    for (filter, expected) in [
        ("", &all[..]),
        (
            "unread=0&hideDeleted=0&withTags=0&hideReplies=0&hasLinks=0&onlyUpdates=0",
            &all,
        ),
        (
            "hideDeleted=1&hideReplies=true&hideQuotedMessages=1",
            &all[..3],
        ),
        ("searchKey=hello", &all[..1]),
        ("searchKey=BEVY", &all[1..2]),
        ("hasMentions=1", &all[..1]),
        ("mentionedUids=alice,bob", &all[..1]),
        ("mentionedUids=alice", &[]),
        ("hasLinks=1", &all[1..2]),
        ("tags=news,old&withTags=1", &all[1..2]),
        ("hasAttachments=1", &all[2..3]),
        ("attachmentTypes=image", &all[2..3]),
        ("attachmentTypes=video", &[]),
        ("attachmentTypes=%25,image%25,_mage", &[]),
        ("hasReactions=1", &all[..1]),
        ("types=image&categories=message", &all[2..3]),
        ("onlyUpdates=1", &all[5..]),
    ] {
        let list = bob.get(&format!("users/alice/messages?{filter}"));
        assert_eq!(texts(&list), expected, "{filter}");
    }
}

#[test]
fn data_of_any_shape_leaves_every_list_readable() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let image = json!([{"url": "https://x/y.png", "mimeType": "image/png"}]);
    for data in [
        json!({"attachments": ["x"], "interactionGoal": "x"}),
        json!({"attachments": "x", "interactionGoal": {"type": "anyOf", "elementIds": "x"}}),
        json!({"attachments": [["x"], 1, null, {}, {"mimeType": ["x"]}]}),
        json!({"attachments": {"x": "y"}, "interactionGoal": {"type": "allOf", "elementIds": ["x", {}]}}),
        json!({"text": "picture", "attachments": image}),
    ] {
        send(
            &alice,
            json!({"category": "custom", "type": "odd", "data": data}),
        );
    }
    for (filter, expected) in [
        ("attachmentTypes=image", 1),
        ("attachmentTypes=image/png", 1),
        ("attachmentTypes=odd", 5),
        ("hasAttachments=1", 3),
        ("onlyInteractionGoalCompleted=1", 0),
        ("searchKey=picture", 1),
        ("hasLinks=1", 0),
    ] {
        let list = bob.get(&format!("users/alice/messages?{filter}"));
        assert_eq!(texts(&list).len(), expected, "{filter}");
    }
}

#[test]
fn a_client_learns_what_was_changed_while_it_was_away() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    group(&alice, "guild", &[&bob]);
    let sent: Vec<_> = [("user", "bob"), ("group", "guild"), ("user", "carol")]
        .map(|(kind, receiver)| alice.send(kind, receiver, "draft").data())
        .into();
    let since = sent[0]["sentAt"].as_u64().unwrap();
    let changes = |since: u64| {
        bob.get(&format!(
            "messages?affix=append&onlyUpdates=1&per_page=100&updatedAt={since}"
        ))
    };
    assert_eq!(texts(&changes(since)), [""; 0]);
    for message in &sent {
        let route = format!("messages/{}", message["id"].as_str().unwrap());
        alice
            .request("PUT", &route, &json!({"data": {"text": "final"}}))
            .data();
    }
    assert_eq!(texts(&changes(since)), ["final", "final"]);
    assert_eq!(texts(&changes(since + 3_600)), [""; 0]);
}

fn unread(user: &Login) -> Vec<(String, u64)> {
    let counts = user.get("messages?unread=1&count=1").data();
    let pair = |count: &Value| {
        (
            count["entityId"].as_str().unwrap().to_owned(),
            count["count"].as_u64().unwrap(),
        )
    };
    counts.as_array().unwrap().iter().map(pair).collect()
}

#[test]
fn receipts_are_kept_and_unread_counts_follow() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    group(&alice, "guild", &[&bob]);
    let first = alice.send("user", "bob", "1").data();
    let second = alice.send("user", "bob", "2 <@uid:bob>").data();
    let said = alice.send("group", "guild", "3").data();
    let mut news = unread(&bob);
    news.sort();
    assert_eq!(news, [("alice".to_owned(), 2), ("guild".to_owned(), 1)]);
    assert_eq!(
        bob.get("users/alice/messages?unread=1&count=1").data(),
        json!([{"entityType": "user", "entityId": "alice", "count": 2}])
    );
    assert_eq!(
        texts(&bob.get("messages?unread=1&affix=append")),
        ["1", "2 <@uid:bob>", "3"]
    );
    assert_eq!(unread(&alice), []);

    // By the socket.
    let (mut a, mut b) = (alice.connect(), bob.connect());
    let body = json!({"action": "read", "messageId": first["id"], "user": {"uid": "bob"}});
    b.send(&bob.frame("receipts", "user", "alice", body.clone()));
    let frame = a.next();
    assert_eq!(frame["body"]["messageId"], first["id"]);
    b.send(&bob.frame("receipts", "user", "alice", body));
    b.expect_silence();
    // Said again, it is no news.
    a.expect_silence();
    assert_eq!(
        texts(&bob.get("users/alice/messages?unread=1")),
        ["2 <@uid:bob>"]
    );
    let route = format!("messages/{}", first["id"].as_str().unwrap());
    let shown = alice.get(&route).data();
    assert!(shown["readAt"].is_u64() && shown["deliveredAt"].is_u64());
    assert_eq!(shown["receipts"]["data"][0]["recipient"]["uid"], "bob");
    assert!(bob.get(&route).data()["myReceipt"]["readAt"].is_u64());

    // By HTTP.
    let up_to = json!({"messageId": second["id"]});
    bob.request("POST", "users/alice/conversation/delivered", &up_to)
        .data();
    assert_eq!(a.next()["body"]["action"], "delivered");
    let conversation = bob.get("users/alice/conversation").data();
    assert_eq!(conversation["unreadMessageCount"], 1);
    assert_eq!(conversation["unreadMentionsCount"], 1);
    assert_eq!(conversation["lastReadMessageId"], first["id"]);
    bob.request("POST", "users/alice/conversation/read", &json!({}))
        .data();
    let frame = a.next();
    assert_eq!(frame["body"]["action"], "read");
    assert_eq!(frame["body"]["messageId"], second["id"]);
    assert_eq!(unread(&bob), [("guild".to_owned(), 1)]);

    let marked = bob
        .request("DELETE", "users/alice/conversation/read", &up_to)
        .data();
    assert_eq!(marked["conversation"]["unreadMessageCount"], 1);
    assert_eq!(marked["conversation"]["lastReadMessageId"], first["id"]);

    // Not theirs.
    let of_group = json!({"messageId": said["id"]});
    for (user, route, body, status, code) in [
        (
            &bob,
            "users/alice/conversation/read",
            &of_group,
            404,
            "ERR_MESSAGE_ID_NOT_FOUND",
        ),
        (
            &carol,
            "groups/guild/conversation/read",
            &of_group,
            403,
            "ERR_GROUP_NOT_JOINED",
        ),
        (
            &carol,
            "users/alice/conversation/read",
            &up_to,
            404,
            "ERR_CONVERSATION_NOT_ACCESSIBLE",
        ),
        (
            &carol,
            "users/nobody/conversation/read",
            &up_to,
            404,
            "ERR_UID_NOT_FOUND",
        ),
    ] {
        for method in ["POST", "DELETE"] {
            let refusal = user.request(method, route, body).refusal();
            assert_eq!(refusal, (status, code.to_owned()), "{method} {route}");
        }
    }
    a.expect_silence();
}

#[test]
fn the_last_member_to_read_makes_it_read_by_all() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    group(&alice, "guild", &[&bob]);
    let said = alice.send("group", "guild", "news").data();
    let mut a = alice.connect();
    let receive = |user: &Login, action: &str| {
        let route = format!("groups/guild/conversation/{action}");
        user.request("POST", &route, &json!({"messageId": said["id"]}))
            .data();
    };
    let mut expect = |actions: &[&str]| {
        for action in actions {
            let frame = a.next();
            assert_eq!(frame["body"]["action"], *action);
            assert_eq!(frame["body"]["messageId"], said["id"]);
            assert_eq!(frame["receiver"], "guild");
        }
        a.expect_silence();
    };
    receive(&bob, "delivered");
    expect(&["delivered", "deliveredToAll"]);
    // Who joins later was not there to read it.
    carol
        .request("POST", "groups/guild/members", &json!({}))
        .data();
    assert_eq!(unread(&carol), []);
    receive(&bob, "read");
    let route = format!("messages/{}", said["id"].as_str().unwrap());
    let _joined = a.next();
    for action in ["read", "readByAll"] {
        assert_eq!(a.next()["body"]["action"], action);
    }
    let list = alice.get("groups/guild/messages?categories=message").json();
    assert!(list["data"][0]["readAt"].is_u64());
    assert!(alice.get(&route).data()["readAt"].is_u64());
}

#[test]
fn conversations_are_listed_by_what_was_said_last() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    group(&alice, "guild", &[&bob]);
    alice.send("group", "guild", "to all").data();
    carol.send("user", "bob", "from carol").data();
    alice.send("user", "bob", "from alice").data();
    let ids = |route: &str| {
        let list = bob.get(route).json();
        assert!(list["meta"]["pagination"].is_object());
        let list = list["data"].as_array().unwrap().clone();
        let id = |it: &Value| it["conversationId"].as_str().unwrap().to_owned();
        list.iter().map(id).collect::<Vec<_>>()
    };
    let all = ["alice_user_bob", "bob_user_carol", "group_guild"];
    assert_eq!(ids("conversations?per_page=50"), all);
    assert_eq!(ids("conversations?per_page=2&page=2"), all[2..]);
    assert_eq!(ids("conversations?conversationType=group"), all[2..]);
    assert_eq!(ids("conversations?searchKey=car"), all[1..2]);
    assert_eq!(ids("conversations?page=9"), [""; 0]);

    let first = bob.get("conversations").json()["data"][0].clone();
    assert_eq!(first["conversationType"], "user");
    assert_eq!(first["lastMessage"]["data"]["text"], "from alice");
    assert_eq!(first["conversationWith"]["uid"], "alice");
    assert_eq!(first["unreadMessageCount"], 1);

    let tags = json!({"tags": ["friends"]});
    let tagged = bob.request("PUT", "users/carol/conversation", &tags).data();
    assert_eq!(tagged["tags"], tags["tags"]);
    assert_eq!(ids("conversations?tags=friends"), all[1..2]);

    // Deleted for bob, who starts anew; the others keep what they have.
    bob.request("DELETE", "users/alice/conversation", &json!(null))
        .data();
    assert_eq!(ids("conversations"), all[1..]);
    assert_eq!(texts(&bob.get("users/alice/messages")), [""; 0]);
    assert!(!texts(&bob.get("messages")).contains(&"from alice".to_owned()));
    assert_eq!(texts(&alice.get("users/bob/messages")), ["from alice"]);
    alice.send("user", "bob", "again").data();
    assert_eq!(texts(&bob.get("users/alice/messages")), ["again"]);
    assert_eq!(ids("conversations?unread=true")[0], all[0]);

    for (route, status, code) in [
        ("users/nobody/conversation", 404, "ERR_UID_NOT_FOUND"),
        ("groups/nowhere/conversation", 404, "ERR_GUID_NOT_FOUND"),
        ("groups/guild/conversation", 403, "ERR_GROUP_NOT_JOINED"),
        (
            "users/alice/conversation",
            404,
            "ERR_CONVERSATION_NOT_ACCESSIBLE",
        ),
    ] {
        for (method, body) in [
            ("GET", &json!(null)),
            ("PUT", &tags),
            ("DELETE", &json!(null)),
        ] {
            let refusal = carol.request(method, route, body).refusal();
            assert_eq!(refusal, (status, code.to_owned()), "{method} {route}");
        }
    }
}

#[test]
fn an_odd_attachment_does_not_cost_the_list() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let odd = json!(["https://x/y.png", 5, null, [], {"mimeType": 5}, {"mimeType": "image/png"}]);
    send(
        &alice,
        json!({"type": "file", "data": {"attachments": odd}}),
    );
    send(
        &alice,
        json!({"type": "file", "data": {"attachments": "x"}}),
    );
    let list = alice.get("messages?attachmentTypes=image").data();
    assert_eq!(list.as_array().unwrap().len(), 1);
}
