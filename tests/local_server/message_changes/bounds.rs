//! What users add to a message has an end.

use serde_json::{Value, json};

use super::{
    super::client::{Api, Login, Reply, config, server},
    route,
};
use bevy_cometchat::local_server::LocalServer;

fn bad() -> (u16, String) {
    (400, "ERR_BAD_REQUEST".to_owned())
}

fn send(user: &Login, category: &str, data: Value) -> Value {
    let message = json!({"category": category, "type": "x", "receiver": "bob", "receiverType": "user", "data": data});
    user.request("POST", "messages", &message).data()
}

#[test]
fn interactions_are_few_and_with_live_messages_only() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let interact = |message: &Value, elements: std::ops::Range<u32>| {
        let elements: Vec<_> = elements.map(|number| number.to_string()).collect();
        let used = format!("{}/interacted", route(message));
        bob.request("PATCH", &used, &json!({"interactions": elements}))
    };
    let form = send(&alice, "interactive", json!({"interactiveData": {}}));
    interact(&form, 0..60).data();
    assert_eq!(interact(&form, 60..101).refusal(), bad());
    let shown = interact(&form, 50..100).data();
    let used = shown["data"]["interactions"].as_array().unwrap();
    assert_eq!(used.len(), 100);

    // The official SDK marks any message.
    let text = alice.send("user", "bob", "no form").data();
    interact(&text, 0..1).data();
    alice.request("DELETE", &route(&form), &json!(null)).data();
    let gone = (404, "ERR_MESSAGE_ID_NOT_FOUND".to_owned());
    assert_eq!(interact(&form, 0..1).refusal(), gone);
}

#[test]
fn edits_make_no_message_larger_than_one_may_be() {
    let links = json!("x".repeat(11_000));
    let server = LocalServer::start(config().extension("link-preview", &links).unwrap()).unwrap();
    let extended = send_and_edit(&server);
    // What the extension added is not the sender's fault.
    extended(json!({"text": "z".repeat(20_000)})).data();
    extended(json!({"a": "y".repeat(4_000)})).data();

    let server = self::server();
    let edit = send_and_edit(&server);
    edit(json!({"b": "x".repeat(4_000)})).data();
    assert_eq!(edit(json!({"c": "x".repeat(4_000)})).refusal(), bad());
    edit(json!({"b": "", "c": "x".repeat(4_000)})).data();
}

/// Sends a message with 4000 bytes of data. Returns what edits it.
fn send_and_edit(server: &LocalServer) -> impl Fn(Value) -> Reply {
    let alice = Api::of(server).log_in("alice", "a1");
    let sent = send(&alice, "custom", json!({"a": "x".repeat(4_000)}));
    move |data| alice.request("PUT", &route(&sent), &json!({"data": data}))
}

#[test]
fn reactions_are_of_a_hundred_kinds_at_most() {
    let server = server();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let sent = alice.send("user", "bob", "hi").data();
    let react = |user: &Login, number: u32| {
        let reaction = format!("{}/reactions/{number}", route(&sent));
        user.request("POST", &reaction, &json!({}))
    };
    for number in 0..100 {
        react(&bob, number).data();
    }
    assert_eq!(react(&bob, 100).refusal(), bad());
    let counts = &react(&alice, 7).data()["data"]["reactions"];
    assert_eq!(counts.as_array().unwrap().len(), 100);
}
