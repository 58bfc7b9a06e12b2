//! What becomes of messages that moderation holds back.

use serde_json::json;

use super::super::client::{APP, Api, config};
use bevy_cometchat::local_server::{LocalServer, ModerationRules};

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
