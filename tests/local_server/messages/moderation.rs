//! What becomes of messages that moderation holds back.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::super::client::{APP, Api, Login, config};
use bevy_cometchat::local_server::{LocalServer, LocalServerConfig, ModerationRules};

const LONG: Duration = Duration::from_secs(24 * 3_600);

fn holding() -> LocalServerConfig {
    let rules = ModerationRules::default()
        .hold_and_approve("eventually", LONG)
        .hold_and_approve("soon", Duration::from_secs(1));
    config().moderation(rules)
}

fn route(message: &Value) -> String {
    format!("messages/{}", message["id"].as_str().unwrap())
}

fn edit(user: &Login, message: &Value, text: &str) -> Value {
    let body = json!({"data": {"text": text}});
    user.request("PUT", &route(message), &body).data()
}

#[test]
fn a_text_that_moderation_cannot_read_is_refused() {
    let rules = ModerationRules::default().disapprove("goblin");
    let server = LocalServer::start(config().moderation(rules)).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let image = json!({"type": "image", "receiverType": "user", "receiver": "bob",
                       "data": {"url": "https://x/y.png", "text": "fine"}});
    let sent = alice.request("POST", "messages", &image).data();
    let edited = format!("/v3.0/messages/{}", sent["id"].as_str().unwrap());
    let mut at_bob = bob.connect();
    let headers = [
        ("appId", APP),
        ("authToken", &*alice.token),
        ("Content-Type", "application/json"),
    ];
    for text in [
        r#""\ud800 goblin""#,
        r#""goblin \udc00""#,
        r#"["goblin"]"#,
        r#"{"0":"goblin"}"#,
    ] {
        for (category, kind) in [
            ("message", "image"),
            ("custom", "gift"),
            ("interactive", "form"),
        ] {
            let body = format!(
                r#"{{"category":"{category}","type":"{kind}","receiverType":"user","receiver":"bob",
                   "data":{{"url":"https://x/y.png","text":{text}}}}}"#
            );
            for (method, route) in [("POST", "/v3.0/messages"), ("PUT", &edited)] {
                let refusal = api.raw(method, route, &headers, &body).refusal();
                let expected = (400, "ERR_BAD_REQUEST".to_owned());
                assert_eq!(refusal, expected, "{method} {body}");
            }
        }
    }
    at_bob.expect_silence();
}

#[test]
fn a_message_that_was_deleted_while_it_was_held_is_not_delivered() {
    let server = LocalServer::start(holding()).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let mut at_bob = bob.connect();
    let sent = alice.send("user", "bob", "soon: a secret").data();
    alice.request("DELETE", &route(&sent), &json!(null)).data();
    let kept = alice.send("user", "bob", "soon: no secret").data();
    assert_eq!(at_bob.next()["body"]["id"], kept["id"]);
    assert_eq!(bob.get(&route(&sent)).status, 404);
}

#[test]
fn a_held_edit_reaches_who_has_the_message_as_an_edit() {
    let server = LocalServer::start(holding()).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let mut at_bob = bob.connect();
    let sent = alice.send("user", "bob", "now").data();
    assert_eq!(at_bob.next()["body"]["id"], sent["id"]);
    edit(&alice, &sent, "eventually");
    let edited = edit(&alice, &sent, "soon");
    let heard = at_bob.next()["body"].clone();
    assert_eq!(heard["id"], edited["id"]);
    assert_eq!(heard["category"], "action");
    let on = &heard["data"]["entities"]["on"]["entity"];
    assert_eq!(
        (&on["id"], &on["data"]["text"]),
        (&sent["id"], &json!("soon"))
    );

    // Who does not have it yet receives the message itself.
    let sent = alice.send("user", "bob", "eventually").data();
    edit(&alice, &sent, "soon");
    let heard = at_bob.next()["body"].clone();
    assert_eq!(heard["id"], sent["id"]);
    assert_eq!(heard["data"]["text"], "soon");
    at_bob.expect_silence();
}

#[test]
fn long_holds_do_not_keep_a_short_one_undecided() {
    let server = LocalServer::start(holding()).unwrap();
    let api = Api::of(&server);
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));
    let mut at_bob = bob.connect();
    for _ in 0..120 {
        alice.send("user", "bob", "eventually").data();
    }
    let sent = alice.send("user", "bob", "soon").data();
    assert_eq!(at_bob.next()["body"]["id"], sent["id"]);
}

#[test]
fn a_message_that_no_rule_holds_after_a_restart_is_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat.db");
    let server = LocalServer::start(holding().data(&path)).unwrap();
    let alice = Api::of(&server).log_in("alice", "a1");
    let sent = alice.send("user", "bob", "eventually").data();
    server.stop();

    let server = LocalServer::start(config().data(&path)).unwrap();
    let bob = Api::of(&server).log_in("bob", "b1");
    let deadline = Instant::now() + Duration::from_secs(30);
    while bob.get(&route(&sent)).status == 404 {
        assert!(Instant::now() < deadline, "it is still held");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(bob.get(&route(&sent)).data()["data"]["text"], "eventually");
}
