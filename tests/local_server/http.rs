use std::io::Write;

use serde_json::json;

use super::client::{APP, Api, Reply, config, server};
use bevy_cometchat::local_server::LocalServer;

#[test]
fn pages_of_an_allowed_origin_may_ask() {
    let server = LocalServer::start(config().allow_origin("https://game.test")).unwrap();
    let api = Api::of(&server);
    let asked = [
        ("Origin", "https://game.test"),
        ("Access-Control-Request-Method", "PUT"),
        (
            "Access-Control-Request-Headers",
            "appid,authorization,authtoken",
        ),
    ];
    for path in ["/v3.0/me", "/me", "/whatever"] {
        let reply = api.raw("OPTIONS", path, &asked, "");
        assert_eq!(reply.status, 204);
        let header = |name: &str| &*reply.headers[name];
        assert_eq!(header("access-control-allow-origin"), "https://game.test");
        assert_eq!(header("access-control-allow-headers"), asked[2].1);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            assert!(header("access-control-allow-methods").contains(method));
        }
    }
    let refused = api.raw("GET", "/me", &asked[..1], "");
    assert_eq!(
        refused.headers["access-control-allow-origin"],
        "https://game.test"
    );
}

#[test]
fn header_names_may_be_written_in_any_case() {
    let server = server();
    let api = Api::of(&server);
    let token = api.log_in("alice", "a1").token;
    let headers = [("APPID", APP), ("authtoken", &*token)];
    assert_eq!(api.raw("GET", "/me", &headers, "").data()["uid"], "alice");
}

#[test]
fn what_is_not_served_is_refused_in_json() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "a1");
    let refused = |method, route| alice.request(method, route, &json!({})).refusal();
    let not_found = (404, "ERR_ROUTE_NOT_FOUND".to_owned());
    let not_allowed = (405, "ERR_METHOD_NOT_ALLOWED".to_owned());
    assert_eq!(refused("GET", "nothing"), not_found);
    assert_eq!(refused("GET", "users/alice/auth_tokens/x"), not_found);
    assert_eq!(refused("GET", ""), not_found);
    assert_eq!(refused("GET", "../me"), not_found);
    assert_eq!(refused("PATCH", "me"), not_allowed);
    assert_eq!(refused("GET", "users/alice/auth_tokens"), not_allowed);
    assert_eq!(refused("BREW", "me"), not_allowed);
}

#[test]
fn a_body_that_is_not_json_is_refused() {
    let server = server();
    let api = Api::of(&server);
    let token = api.log_in("alice", "a1").token;
    let headers = [("appId", APP), ("authToken", &*token)];
    let deep = "[".repeat(100_000);
    for body in ["", "{", "nonsense", "\u{0}", &*deep] {
        let reply = api.raw("POST", "/messages", &headers, body);
        assert_eq!(reply.refusal(), (400, "ERR_BAD_REQUEST".to_owned()));
    }
    let multipart = [
        headers[0],
        headers[1],
        ("Content-Type", "multipart/form-data; boundary=x"),
    ];
    let reply = api.raw("POST", "/messages", &multipart, "--x--");
    assert_eq!(reply.refusal(), (400, "ERR_BAD_REQUEST".to_owned()));
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let server = server();
    let api = Api::of(&server);
    let too_large = (413, "ERR_PAYLOAD_TOO_LARGE".to_owned());
    let body = "x".repeat((1 << 20) + 1);
    assert_eq!(
        api.raw("POST", "/messages", &[("appId", APP)], &body)
            .refusal(),
        too_large
    );

    // One that only claims to be huge is refused before it comes.
    let mut stream = api.stream();
    let head = "POST /messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9999999999\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(Reply::read(stream).refusal(), too_large);
}

#[test]
fn a_handshake_that_is_none_is_refused() {
    let server = server();
    let upgrade = [("Upgrade", "websocket"), ("Connection", "Upgrade")];
    let reply = Api::of(&server).raw("GET", "/", &upgrade, "");
    assert_eq!(reply.refusal(), (400, "ERR_BAD_REQUEST".to_owned()));
}

#[test]
fn a_client_that_does_not_speak_http_is_no_trouble() {
    let server = server();
    let api = Api::of(&server);
    let mut stream = api.stream();
    stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n").unwrap();
    drop(stream);
    api.log_in("alice", "a1");
}
