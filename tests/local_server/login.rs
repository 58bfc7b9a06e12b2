use std::time::Duration;

use serde_json::json;

use super::client::{APP, Api, KEY, config, server};
use bevy_cometchat::local_server::LocalServer;

#[test]
fn a_user_logs_in_by_the_auth_key_with_and_without_the_version_in_the_path() {
    let server = server();
    for api in [Api::of(&server), Api::of(&server).without_prefix()] {
        let alice = api.log_in("alice", "device");
        let me = alice.request("GET", "me", &json!(null)).data();
        assert_eq!(me["uid"], "alice");
        assert_eq!(me["name"], "Alice");
        assert_eq!(me["authToken"], *alice.token);
        assert_eq!(me["jwt"], *alice.jwt);
        let port = server.address().port();
        let host = format!("127.0.0.1:{port}");
        let settings = &me["settings"];
        assert_eq!(settings["CHAT_HOST"], "127.0.0.1");
        assert_eq!(settings["CHAT_WSS_PORT"], port);
        assert_eq!(settings["CLIENT_API_HOST"], *host);
        assert_eq!(settings["ADMIN_API_HOST"], *host);
        assert_eq!(settings["CHAT_API_VERSION"], "v3.0");
        assert_eq!(settings["APP_VERSION"], 4);
        assert_eq!(settings["ANALYTICS_PING_DISABLED"], true);
        assert!(settings["parameters"].is_object());
    }
}

#[test]
fn the_settings_name_the_host_that_the_client_used() {
    let server = server();
    let api = Api::of(&server);
    let settings = |host: &str| {
        let headers = [("Host", host), ("appId", APP)];
        api.raw("GET", "/settings", &headers, "").data()
    };
    assert_eq!(settings("chat.test:1234")["CHAT_HOST"], "chat.test");
    assert_eq!(
        settings("chat.test:1234")["CLIENT_API_HOST"],
        "chat.test:1234"
    );
    assert_eq!(settings("a/b@c")["CHAT_HOST"], "127.0.0.1");
}

#[test]
fn a_user_changes_their_own_details() {
    let server = server();
    let alice = Api::of(&server).log_in("alice", "device");
    let changes =
        json!({"name": "Alicia", "avatar": "https://example.org/a.png", "metadata": {"level": 3}});
    let me = alice.request("PUT", "me", &changes).data();
    assert_eq!(me["name"], "Alicia");
    assert_eq!(me["authToken"], *alice.token);
    let seen = alice.request("GET", "users/alice", &json!(null)).data();
    assert_eq!(seen["avatar"], "https://example.org/a.png");
    assert_eq!(seen["metadata"], json!({"level": 3}));
    assert!(seen.get("authToken").is_none());
}

#[test]
fn a_user_is_created_once() {
    let server = server();
    let api = Api::of(&server);
    let create = |user| api.request("POST", "users", &[("apiKey", KEY)], &user);
    let dave = create(json!({"uid": "dave", "name": "Dave", "hasBlockedMe": false})).data();
    assert_eq!(dave["uid"], "dave");
    assert_eq!(dave["role"], "default");
    assert_eq!(
        create(json!({"uid": "dave"})).refusal(),
        (409, "ERR_UID_ALREADY_EXISTS".to_owned())
    );
    api.log_in("dave", "device");
}

#[test]
fn a_uid_is_one_user_in_capitals_or_not() {
    let server = LocalServer::start(config().user("Dave_1-x")).unwrap();
    let api = Api::of(&server);
    for uid in ["dave_1-x", "DAVE_1-x", "%44ave_1-x"] {
        let dave = api.log_in(uid, "device");
        assert_eq!(dave.get("me").data()["uid"], "dave_1-x");
    }
    let bob = api.log_in("bob", "b1");
    let sent = bob.send("user", "Dave_1-X", "hi").data();
    assert_eq!(sent["receiver"], "dave_1-x");
    for bad in ["ü/x?&%", "a b", "a.b", &"x".repeat(101)] {
        let create = json!({"uid": bad, "name": "x"});
        let refused = api.request("POST", "users", &[("apiKey", KEY)], &create);
        assert_eq!(
            refused.refusal(),
            (400, "ERR_BAD_REQUEST".to_owned()),
            "{bad}"
        );
        assert!(LocalServer::start(config().user(bad)).is_err(), "{bad}");
    }
}

#[test]
fn logging_out_ends_the_token_and_its_sockets_only() {
    let server = server();
    let api = Api::of(&server);
    let (here, there) = (api.log_in("alice", "here"), api.log_in("alice", "there"));
    let (here_socket, mut there_socket) = (here.connect(), there.connect());

    here.request("DELETE", "me", &json!(null)).data();

    assert_eq!(here_socket.closed_with(), 4002);
    assert_eq!(
        here.request("GET", "me", &json!(null)).refusal(),
        (401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND".to_owned())
    );
    there_socket.expect_silence();
    there.request("GET", "me", &json!(null)).data();
    let mut socket = api.socket();
    socket.send(&here.auth_frame());
    assert_eq!(socket.next()["body"]["code"], "401");
}

/// A method, a path, headers, and the refusal's status and code.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], u16, &'a str);

#[test]
fn what_does_not_authenticate_is_refused_by_its_own_code() {
    let server = server();
    let api = Api::of(&server);
    let token = api.log_in("alice", "device").token;
    let cases: &[Case<'_>] = &[
        (
            "GET",
            "/me",
            &[("appId", APP)],
            401,
            "AUTH_ERR_EMPTY_AUTHTOKEN",
        ),
        (
            "GET",
            "/me",
            &[("appId", APP), ("authToken", "")],
            401,
            "AUTH_ERR_EMPTY_AUTHTOKEN",
        ),
        (
            "GET",
            "/me",
            &[("appId", APP), ("authToken", "x")],
            401,
            "AUTH_ERR_AUTH_TOKEN_NOT_FOUND",
        ),
        (
            "GET",
            "/me",
            &[("authToken", &token)],
            401,
            "AUTH_ERR_EMPTY_APPID",
        ),
        (
            "GET",
            "/me",
            &[("appId", "x"), ("authToken", &token)],
            404,
            "ERR_APP_NOT_FOUND",
        ),
        (
            "POST",
            "/users/alice/auth_tokens",
            &[("appId", APP)],
            401,
            "AUTH_ERR_EMPTY_APIKEY",
        ),
        (
            "POST",
            "/users/alice/auth_tokens",
            &[("appId", APP), ("apiKey", "x")],
            401,
            "AUTH_ERR_APIKEY_NOT_FOUND",
        ),
        (
            "POST",
            "/users/alice/auth_tokens",
            &[("appId", APP), ("authToken", &token)],
            401,
            "AUTH_ERR_EMPTY_APIKEY",
        ),
        (
            "POST",
            "/users/nobody/auth_tokens",
            &[("appId", APP), ("apiKey", KEY)],
            404,
            "ERR_UID_NOT_FOUND",
        ),
        (
            "POST",
            "/users",
            &[("appId", APP), ("authToken", &token)],
            401,
            "AUTH_ERR_EMPTY_APIKEY",
        ),
        (
            "POST",
            "/messages",
            &[("appId", APP), ("apiKey", KEY)],
            401,
            "AUTH_ERR_EMPTY_AUTHTOKEN",
        ),
        (
            "GET",
            "/users/nobody",
            &[("appId", APP), ("authToken", &token)],
            404,
            "ERR_UID_NOT_FOUND",
        ),
    ];
    for (method, path, headers, status, code) in cases {
        let refusal = api.raw(method, path, headers, "{}").refusal();
        assert_eq!(
            refusal,
            (*status, (*code).to_owned()),
            "{method} {path} {headers:?}"
        );
    }
}

#[test]
fn a_token_expires_when_the_configuration_says_so() {
    let server = LocalServer::start(config().token_lifetime(Duration::ZERO)).unwrap();
    let api = Api::of(&server);
    let path = "/users/alice/auth_tokens";
    let headers = [("appId", APP), ("apiKey", KEY)];
    let made = api.raw("POST", path, &headers, "{}").data();
    let token = made["authToken"].as_str().unwrap();
    assert_eq!(
        api.raw("GET", "/me", &[("appId", APP), ("authToken", token)], "")
            .refusal(),
        (401, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND".to_owned())
    );
}
