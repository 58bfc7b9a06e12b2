mod bounds;

use serde_json::{Value, json};

use super::client::{Api, Login, Socket, config, group, server, text_message};
use bevy_cometchat::local_server::{LocalServer, ModerationRules};

fn route(message: &Value) -> String {
    format!("messages/{}", message["id"].as_str().unwrap())
}

fn action(socket: &mut Socket, kind: &str) -> Value {
    let frame = socket.next();
    assert_eq!(frame["type"], "message", "{frame}");
    on_message(&frame["body"], kind)
}

/// The message that an action says was edited or deleted.
fn on_message(action: &Value, kind: &str) -> Value {
    assert_eq!(
        (&action["category"], &action["type"]),
        (&json!("action"), &json!("message")),
        "{action}"
    );
    assert_eq!(action["data"]["action"], kind);
    let entities = action["data"]["entities"].as_object().unwrap();
    let names: Vec<_> = entities.keys().collect();
    assert_eq!(names, ["by", "for", "on"]);
    assert_eq!(entities["by"]["entity"]["uid"], action["sender"]);
    assert_eq!(entities["for"]["entityType"], action["receiverType"]);
    assert_eq!(entities["on"]["entityType"], "message");
    entities["on"]["entity"].clone()
}

fn edit(user: &Login, message: &Value, text: &str) -> super::client::Reply {
    let body = json!({"type": "text", "category": "message", "data": {"text": text}, "text": text});
    user.request("PUT", &route(message), &body)
}

#[test]
fn an_edit_is_told_to_all_other_devices_and_stays() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let sent = alice.send("user", "bob", "hi").data();
    let (mut a1, mut b1) = (alice.connect(), bob.connect());
    let mut a2 = api.log_in("alice", "a2").connect();

    let reply = edit(&alice, &sent, "hello <@uid:bob> <@uid:nobody>").data();
    assert_eq!(reply["data"]["action"], "edited");
    let edited = &reply["data"]["entities"]["on"]["entity"];
    assert_eq!(edited["id"], sent["id"]);
    assert_eq!(edited["editedBy"], "alice");
    assert!(edited["editedAt"].is_u64());
    assert_eq!(edited["data"]["text"], "hello <@uid:bob> <@uid:nobody>");
    let mentions = edited["data"]["mentions"].as_object().unwrap();
    assert_eq!(mentions.keys().collect::<Vec<_>>(), ["bob"]);
    assert_eq!(mentions["bob"]["name"], "Bob");
    for socket in [&mut b1, &mut a2] {
        let on = action(socket, "edited");
        assert_eq!(on["data"]["text"], edited["data"]["text"]);
    }
    a1.expect_silence();

    let shown = bob.get(&route(&sent)).data();
    assert_eq!(shown["data"]["text"], edited["data"]["text"]);
    // The action has an id of its own, which no other message gets.
    let next = alice.send("user", "bob", "next").data();
    assert_ne!(next["id"], reply["id"]);
}

#[test]
fn a_deleted_message_says_nothing_more() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let sent = alice.send("user", "bob", "secret").data();
    let mut b1 = bob.connect();

    let reply = alice
        .request("DELETE", &route(&sent), &json!({"id": sent["id"]}))
        .data();
    assert_eq!(reply["data"]["action"], "deleted");
    let on = action(&mut b1, "deleted");
    assert_eq!(on["id"], sent["id"]);
    assert_eq!(on["deletedBy"], "alice");
    assert!(on["deletedAt"].is_u64());
    let shown = bob.get(&route(&sent));
    assert!(!shown.body.contains("secret"));
    assert!(shown.data()["deletedAt"].is_u64());
    assert_eq!(edit(&alice, &sent, "again").refusal(), no_message());
    let again = alice.request("DELETE", &route(&sent), &json!(null));
    assert_eq!(again.refusal(), no_message());
}

fn no_message() -> (u16, String) {
    (404, "ERR_MESSAGE_ID_NOT_FOUND".to_owned())
}

#[test]
fn a_message_is_changed_by_its_sender_or_a_moderator() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    let sent = alice.send("user", "bob", "mine").data();
    let not_the_sender = (403, "ERR_MESSAGE_NOT_A_SENDER".to_owned());
    assert_eq!(edit(&bob, &sent, "yours").refusal(), not_the_sender);
    assert_eq!(edit(&carol, &sent, "ours").refusal(), no_message());
    for (user, refusal) in [(&bob, &not_the_sender), (&carol, &no_message())] {
        let reply = user.request("DELETE", &route(&sent), &json!(null));
        assert_eq!(reply.refusal(), *refusal);
    }
    assert_eq!(
        edit(&alice, &sent, " ").refusal(),
        (400, "ERR_EMPTY_MESSAGE_TEXT".to_owned())
    );

    group(&alice, "guild", &[&bob, &carol]);
    let said = carol.send("group", "guild", "rude").data();
    let refused = bob.request("DELETE", &route(&said), &json!(null));
    assert_eq!(refused.refusal(), not_the_sender);
    let scope = json!({"scope": "moderator"});
    alice
        .request("PUT", "groups/guild/members/bob", &scope)
        .data();
    bob.request("DELETE", &route(&said), &json!(null)).data();
    // An action is nobody's to change.
    let list = alice.get("groups/guild/messages?categories=action").json();
    let joined = &list["data"][0];
    assert_eq!(
        alice
            .request("DELETE", &route(joined), &json!(null))
            .refusal(),
        no_message()
    );
}

#[test]
fn reactions_are_counted_told_and_taken_back() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let carol = api.log_in("carol", "c1");
    let sent = alice.send("user", "bob", "hi").data();
    let (mut a1, mut b1) = (alice.connect(), bob.connect());
    let smile = format!("{}/reactions/%F0%9F%98%80", route(&sent));

    let reacted = bob.request("POST", &smile, &json!({})).data();
    let counts = json!([{"reaction": "\u{1F600}", "count": 1, "reactedByMe": true}]);
    assert_eq!(reacted["data"]["reactions"], counts);
    let frame = a1.next();
    assert_eq!(frame["type"], "reaction");
    let body = &frame["body"];
    assert_eq!(body["action"], "message_reaction_added");
    assert_eq!(body["messageId"], sent["id"]);
    assert_eq!(body["reaction"], "\u{1F600}");
    assert_eq!(body["reactedBy"]["uid"], "bob");
    assert_eq!(body["conversationId"], "alice_user_bob");
    b1.expect_silence();
    assert_eq!(
        bob.request("POST", &smile, &json!({})).refusal(),
        (409, "ERR_ALREADY_REACTED".to_owned())
    );

    alice.request("POST", &smile, &json!({})).data();
    let seen = alice.get(&route(&sent)).data()["data"]["reactions"].clone();
    assert_eq!(
        (&seen[0]["count"], &seen[0]["reactedByMe"]),
        (&json!(2), &json!(true))
    );
    let list = alice
        .get(&format!("{}/reactions?limit=1", route(&sent)))
        .json();
    assert_eq!(list["data"][0]["reactedBy"]["uid"], "alice");
    assert_eq!(list["data"][0]["messageId"], sent["id"]);
    let before = format!(
        "{smile}?limit=1&affix=prepend&id={}",
        list["meta"]["previous"]["id"]
    );
    assert_eq!(alice.get(&before).json()["data"][0]["uid"], "bob");

    bob.request("DELETE", &smile, &json!({})).data();
    assert_eq!(
        bob.request("DELETE", &smile, &json!({})).refusal(),
        (404, "ERR_REACTION_NOT_FOUND".to_owned())
    );
    assert_eq!(a1.next()["body"]["action"], "message_reaction_removed");
    for method in ["POST", "DELETE", "GET"] {
        let refusal = carol.request(method, &smile, &json!(null)).refusal();
        assert_eq!(refusal, no_message());
    }
    let long = format!("{}/reactions/{}", route(&sent), "x".repeat(65));
    assert_eq!(
        bob.request("POST", &long, &json!({})).refusal(),
        (400, "ERR_BAD_REQUEST".to_owned())
    );
}

#[test]
fn an_edit_shows_everybody_their_own_reaction() {
    let server = server();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "device"));
    group(&alice, "guild", &[&bob, &carol]);
    let sent = alice.send("group", "guild", "vote").data();
    let yes = format!("{}/reactions/yes", route(&sent));
    bob.request("POST", &yes, &json!({})).data();
    let (mut b, mut c) = (bob.connect(), carol.connect());
    edit(&alice, &sent, "vote!").data();
    for (socket, by_me) in [(&mut b, true), (&mut c, false)] {
        let on = action(socket, "edited");
        assert_eq!(on["data"]["reactions"][0]["reactedByMe"], by_me);
        socket.expect_silence();
    }
}

#[test]
fn a_quotation_comes_with_what_it_quotes() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let first = alice.send("user", "bob", "first").data();
    let mut b1 = bob.connect();
    let mut answer = text_message("user", "bob", "as I said");
    answer["quotedMessageId"] = first["id"].clone();
    let sent = alice.request("POST", "messages", &answer).data();
    assert_eq!(sent["quotedMessage"]["data"]["text"], "first");
    assert_eq!(b1.next()["body"]["quotedMessage"]["id"], first["id"]);
    answer["receiver"] = "carol".into();
    let refusal = alice.request("POST", "messages", &answer).refusal();
    assert_eq!(refusal, no_message());
}

#[test]
fn messages_are_flagged_and_interacted_with() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let carol = api.log_in("carol", "c1");
    let form = json!({"category": "interactive", "type": "form", "receiver": "bob", "receiverType": "user",
                      "data": {"interactiveData": {"title": "x"}, "interactionGoal": {"type": "none"}}});
    let sent = alice.request("POST", "messages", &form).data();
    let mut a1 = alice.connect();
    let interacted = format!("{}/interacted", route(&sent));
    let body = json!({"interactions": ["button"]});
    let shown = bob.request("PATCH", &interacted, &body).data();
    assert_eq!(shown["data"]["interactions"][0]["elementId"], "button");
    let frame = a1.next();
    assert_eq!(frame["type"], "interaction_completed");
    assert_eq!(frame["body"]["messageId"], sent["id"]);
    assert_eq!(frame["body"]["user"]["uid"], "bob");
    assert_eq!(frame["body"]["interactions"][0]["elementId"], "button");

    let flagged = format!("{}/flagged", route(&sent));
    let reason = json!({"id": "spam", "remark": "no"});
    bob.request("POST", &flagged, &reason).data();
    assert_eq!(
        carol.request("POST", &flagged, &reason).refusal(),
        no_message()
    );
    assert_eq!(
        carol.request("PATCH", &interacted, &body).refusal(),
        no_message()
    );
}

fn rows(user: &Login, route: &str) -> Vec<Value> {
    user.get(route).data().as_array().unwrap().clone()
}

fn ids(rows: &[Value]) -> Vec<&Value> {
    rows.iter().map(|row| &row["id"]).collect()
}

#[test]
fn edits_and_deletions_are_rows_of_the_history() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    group(&alice, "guild", &[&bob]);
    for (receiver_type, receiver, list) in [
        ("user", "bob", "users/alice/messages"),
        ("group", "guild", "groups/guild/messages"),
    ] {
        let with_actions = format!("{list}?categories=message,action");
        let before = rows(&bob, &with_actions).len();
        let kept = alice.send(receiver_type, receiver, "draft").data();
        let gone = alice.send(receiver_type, receiver, "rude").data();
        let edited = edit(&alice, &kept, "final").data();
        let deleted = alice.request("DELETE", &route(&gone), &json!(null)).data();
        let all = rows(&bob, &with_actions);
        let all = &all[before..];
        let expected = [&kept, &gone, &edited, &deleted].map(|row| row["id"].clone());
        assert_eq!(ids(all), expected.iter().collect::<Vec<_>>());
        let on = on_message(&all[2], "edited");
        assert_eq!(
            (&on["id"], &on["data"]["text"]),
            (&kept["id"], &json!("final"))
        );
        assert_eq!(on_message(&all[3], "deleted")["id"], gone["id"]);
        assert_eq!(
            on_message(&bob.get(&route(&edited)).data(), "edited")["id"],
            kept["id"]
        );

        // By what is asked for.
        for (filter, expected) in [
            ("", &expected[..2]),
            (
                "categories=message,action&hideDeleted=1",
                &expected[..][..3],
            ),
            ("categories=action&types=message", &expected[2..]),
            ("categories=message", &expected[..2]),
            ("unread=1", &expected[..1]),
            ("onlyUpdates=1", &expected[..2]),
        ] {
            let listed = rows(&bob, &format!("{list}?per_page=100&{filter}"));
            let mut listed = ids(&listed);
            // Who joined is an action as well.
            listed.retain(|id| expected.contains(id) || all.iter().any(|row| row["id"] == **id));
            if filter.ends_with("hideDeleted=1") {
                assert_eq!(listed, [&expected[0], &expected[2]]);
            } else {
                assert_eq!(listed, expected.iter().collect::<Vec<_>>(), "{filter}");
            }
        }

        // What a client missed says it all.
        let last = all[1]["id"].as_str().unwrap();
        let missed = rows(&bob, &format!("messages?affix=append&id={last}"));
        assert_eq!(ids(&missed), expected[2..].iter().collect::<Vec<_>>());

        // Neither unread, nor what a conversation shows, nor part of a thread.
        let route = list.replace("messages", "conversation");
        let conversation = bob.get(&route).data();
        assert_eq!(conversation["lastMessage"]["id"], gone["id"]);
        assert_eq!(conversation["latestMessageId"], gone["id"]);
        assert_eq!(conversation["unreadMessageCount"], 1);
        for method in ["PUT", "DELETE"] {
            let changed = alice.request(
                method,
                &format!("messages/{}", edited["id"].as_str().unwrap()),
                &json!(null),
            );
            assert_eq!(changed.refusal(), no_message());
        }
    }
}

#[test]
fn an_edited_reply_is_one_reply() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let root = alice.send("user", "bob", "question").data();
    let thread = format!("{}/thread", route(&root));
    let answer = text_message("user", "bob", "answer");
    let reply = alice.request("POST", &thread, &answer).data();
    edit(&alice, &reply, "better answer").data();
    assert_eq!(bob.get(&route(&root)).data()["replyCount"], 1);
    assert_eq!(ids(&rows(&bob, &thread)), [&reply["id"]]);
    let conversation = bob.get("users/alice/conversation").data();
    assert_eq!(conversation["lastMessage"]["id"], root["id"]);
}

#[test]
fn what_became_of_a_message_is_for_who_may_read_it() {
    let rules = ModerationRules::default().disapprove("rude");
    let server = LocalServer::start(config().moderation(rules)).unwrap();
    let api = Api::of(&server);
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "d"));
    let sent = alice.send("user", "bob", "kind").data();
    let first = edit(&alice, &sent, "kinder").data();
    let mut quoting = text_message("user", "alice", "as you said");
    quoting["quotedMessageId"] = sent["id"].clone();
    let quotation = bob.request("POST", "messages", &quoting).data();
    let second = edit(&alice, &sent, "rude").data();
    for action in [&first, &second] {
        assert_eq!(bob.get(&route(action)).refusal(), no_message());
        assert_eq!(carol.get(&route(action)).refusal(), no_message());
        assert_eq!(alice.get(&route(action)).data()["id"], action["id"]);
    }
    for list in ["messages", "users/alice/messages?categories=message,action"] {
        assert_eq!(ids(&rows(&bob, list)), [&quotation["id"]], "{list}");
    }
    // Nor do they read it in what quotes it.
    for text in [
        bob.get("messages").body,
        bob.get(&route(&quotation)).body,
        bob.get("conversations").body,
    ] {
        assert!(!text.contains("rude"), "{text}");
    }
    // A reply would tell of it.
    let reply = text_message("user", "bob", "in its thread");
    let refused = alice.request("POST", &format!("{}/thread", route(&sent)), &reply);
    assert_eq!(refused.refusal(), no_message());
}

#[test]
fn what_was_deleted_with_its_conversation_does_not_come_back_by_an_edit() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    group(&alice, "guild", &[&bob]);
    let sent = [("user", "bob"), ("group", "guild")]
        .map(|(kind, receiver)| alice.send(kind, receiver, "draft").data());
    for route in ["users/alice/conversation", "groups/guild/conversation"] {
        bob.request("DELETE", route, &json!(null)).data();
    }
    for message in &sent {
        edit(&alice, message, "final").data();
    }
    for list in ["messages", "users/alice/messages", "groups/guild/messages"] {
        let list = format!("{list}?categories=message,action");
        assert_eq!(rows(&bob, &list), [json!(null); 0], "{list}");
    }
    assert_eq!(rows(&bob, "conversations"), [json!(null); 0]);
}
