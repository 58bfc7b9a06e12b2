use serde_json::{Value, json};

use super::client::{Api, Login, server};

fn list(user: &Login, route: &str) -> Value {
    let reply = user.request("GET", route, &json!(null));
    assert_eq!(reply.status, 200, "{}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    let rows = list["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["data"]["text"].as_str().unwrap_or("-"))
        .collect()
}

#[test]
fn a_client_pages_back_through_a_conversation() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    for text in ["1", "2", "3"] {
        alice.send("user", "bob", text).data();
    }
    bob.send("user", "alice", "4").data();
    alice.send("user", "carol", "other").data();

    let newest = list(
        &alice,
        "users/bob/messages?per_page=2&affix=prepend&withThreadSubscribed=true",
    );
    assert_eq!(texts(&newest), ["3", "4"]);
    assert_eq!(newest["meta"]["pagination"]["total_pages"], 2);
    let cursor = &newest["meta"]["cursor"];
    assert_eq!(cursor["affix"], "prepend");
    assert_eq!(cursor["id"], newest["data"][0]["id"]);
    assert_eq!(
        newest["data"][0]["data"]["entities"]["sender"]["entity"]["uid"],
        "alice"
    );

    let before = |anchor: &Value| {
        let (id, sent_at) = (anchor["id"].as_str().unwrap(), &anchor["sentAt"]);
        list(
            &alice,
            &format!("users/bob/messages?per_page=2&affix=prepend&id={id}&sentAt={sent_at}"),
        )
    };
    let older = before(cursor);
    assert_eq!(texts(&older), ["1", "2"]);
    let none = before(&older["meta"]["cursor"]);
    assert_eq!(none["data"], json!([]));
    assert_eq!(none["meta"]["pagination"]["total_pages"], 1);
    assert!(none["meta"]["cursor"].is_object());
}

#[test]
fn a_client_fetches_what_it_missed() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let guild = json!({"guid": "guild", "name": "Guild", "type": "public"});
    alice.request("POST", "groups", &guild).data();
    bob.request("POST", "groups/guild/members", &json!({}))
        .data();
    let seen = alice.send("user", "bob", "seen").data();
    alice.send("user", "bob", "missed").data();
    alice.send("group", "guild", "missed as well").data();
    alice.send("user", "carol", "for carol").data();

    let after = |route: &str| {
        let id = seen["id"].as_str().unwrap();
        list(&bob, &format!("{route}?per_page=100&affix=append&id={id}"))
    };
    let missed = after("messages");
    assert_eq!(texts(&missed), ["missed", "missed as well"]);
    assert_eq!(missed["meta"]["pagination"]["total_pages"], 2);
    assert_eq!(texts(&after("users/alice/messages")), ["missed"]);
    assert_eq!(texts(&after("groups/guild/messages")), ["missed as well"]);
}

#[test]
fn a_message_and_its_thread_are_shown_to_who_may_see_them() {
    let server = server();
    let api = Api::of(&server);
    let (alice, carol) = (api.log_in("alice", "a1"), api.log_in("carol", "c1"));
    let question = alice.send("user", "bob", "question").data();
    let route = format!("messages/{}", question["id"].as_str().unwrap());
    let thread = format!("{route}/thread");
    let answer = super::client::text_message("user", "bob", "answer");
    alice.request("POST", &thread, &answer).data();

    let shown = alice.request("GET", &route, &json!(null)).data();
    assert_eq!(shown["id"], question["id"]);
    assert_eq!(shown["replyCount"], 1);
    assert_eq!(texts(&list(&alice, &thread)), ["answer"]);
    assert_eq!(
        texts(&list(&alice, "users/bob/messages?hideReplies=true")),
        ["question"]
    );
    for route in [route, thread] {
        let refusal = carol.request("GET", &route, &json!(null)).refusal();
        assert_eq!(refusal, (404, "ERR_MESSAGE_ID_NOT_FOUND".to_owned()));
    }
}

#[test]
fn a_list_that_cannot_be_made_is_refused() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let guild = json!({"guid": "guild", "name": "Guild", "type": "public"});
    alice.request("POST", "groups", &guild).data();
    for (route, status, code) in [
        ("users/nobody/messages", 404, "ERR_UID_NOT_FOUND"),
        ("groups/nowhere/messages", 404, "ERR_GUID_NOT_FOUND"),
        ("groups/guild/messages", 403, "ERR_GROUP_NOT_JOINED"),
        ("messages?id=x", 400, "ERR_BAD_REQUEST"),
        ("messages?affix=both", 400, "ERR_BAD_REQUEST"),
        ("messages/x", 404, "ERR_MESSAGE_ID_NOT_FOUND"),
    ] {
        let refusal = bob.request("GET", route, &json!(null)).refusal();
        assert_eq!(refusal, (status, code.to_owned()), "{route}");
    }
}
