use std::time::Duration;

use bevy_cometchat::{ErrorCode, model::TextMessage};

use super::{
    fake_server::{FakeServer, http, json},
    player::{Player, ended, settings},
};

/// Answers to `PUT me` that are no session.
fn bad_answers() -> Vec<(&'static str, Vec<u8>)> {
    let me = |user: &str| json(&format!(r#"{{"data":{{{user}}}}}"#));
    vec![
        (
            "HTML",
            http(
                "200 OK",
                "text/html",
                "<html><body>Sign in to the network</body></html>",
            ),
        ),
        (
            "a proxy's error",
            http("502 Bad Gateway", "text/html", "<h1>502</h1>"),
        ),
        ("nothing", json("")),
        ("JSON cut short", json(r#"{"data":{"uid":"alice""#)),
        ("no data and no error", json("{}")),
        ("null", json("null")),
        ("a list", json("[]")),
        ("data of another type", json(r#"{"data":17}"#)),
        ("null data", json(r#"{"data":null}"#)),
        ("an error of another type", json(r#"{"error":"no"}"#)),
        ("no uid", me(r#""name":"A","authToken":"t","jwt":"j""#)),
        (
            "an empty uid",
            me(r#""uid":"","name":"A","authToken":"t","jwt":"j""#),
        ),
        ("no token", me(r#""uid":"alice","name":"A","jwt":"j""#)),
        ("no jwt", me(r#""uid":"alice","name":"A","authToken":"t""#)),
        (
            "settings of another type",
            me(r#""uid":"alice","authToken":"t","jwt":"j","settings":"none""#),
        ),
        (
            "deep JSON",
            json(&format!(
                r#"{{"data":{}{}}}"#,
                "[".repeat(50_000),
                "]".repeat(50_000)
            )),
        ),
        ("not HTTP", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        ("a closed connection", vec![]),
        ("half a head", b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        (
            "a body shorter than it says",
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}".to_vec(),
        ),
        ("far too much", json(&" ".repeat(9 * 1024 * 1024))),
    ]
}

#[test]
fn s2_a_reply_that_is_no_session_fails_the_login_with_a_typed_error() {
    for (what, answer) in bad_answers() {
        let server =
            FakeServer::with_requests(move |method, _| (method == "PUT").then(|| answer.clone()));
        let player = Player::new(settings(server.address));
        let error = player.log_in("alice").expect_err(what);
        assert_eq!(error.code, ErrorCode::ServerUnreachable, "{what}: {error}");
        assert_eq!(
            ended(player.client.connect()).unwrap_err().code,
            ErrorCode::UserNotLoggedIn
        );
    }
}

#[test]
fn the_servers_own_words_reach_the_game() {
    let server = FakeServer::with_requests(|method, _| {
        (method == "PUT").then(|| {
            http(
                "429 Too Many Requests",
                "application/json",
                r#"{"error":{"code":"ERR_TOO_MANY_REQUESTS","message":"slow down","details":{"a":1}}}"#,
            )
        })
    });
    let error = Player::new(settings(server.address))
        .log_in("alice")
        .unwrap_err();
    assert_eq!(error.code.as_str(), "ERR_TOO_MANY_REQUESTS");
    assert_eq!(&*error.message, "slow down");
    assert_eq!(error.details.unwrap().as_str(), r#"{"a":1}"#);
}

#[test]
fn a_reply_with_data_is_a_success_whatever_its_http_status() {
    let server = FakeServer::with_requests(|method, path| {
        (method == "POST" && path.ends_with("/messages")).then(|| {
            let body = serde_json::json!({"data": super::fake_server::message(9, "stored")});
            http(
                "500 Internal Server Error",
                "application/json",
                &body.to_string(),
            )
        })
    });
    let player = Player::logged_in("alice", settings(server.address));
    let sent = ended(
        player
            .client
            .send_message(TextMessage::to_user("bob", "hi")),
    )
    .unwrap();
    assert_eq!(sent.id.0, 9);
}

#[test]
fn a_reply_that_never_ends_is_given_up() {
    let server = FakeServer::endless();
    let player = Player::new(settings(server.address).request_timeout(Duration::from_millis(500)));
    let error = player.log_in("alice").unwrap_err();
    assert_eq!(error.code, ErrorCode::ServerUnreachable);
}

#[test]
fn what_the_game_gets_wrong_is_told_before_anything_is_sent() {
    let server = FakeServer::with_requests(|_, _| None);
    let player = Player::logged_in("alice", settings(server.address));
    let code = |message| ended(player.client.send_message(message)).unwrap_err().code;
    assert_eq!(
        code(TextMessage::to_user("bob", "")),
        ErrorCode::InvalidMessageText
    );
    assert_eq!(
        code(TextMessage::to_user("bob", " \n ")),
        ErrorCode::InvalidMessageText
    );
    assert_eq!(
        code(TextMessage::to_user("", "hi")),
        ErrorCode::InvalidReceiver
    );
    let login = ended(player.client.login(bevy_cometchat::AuthKey::new("", "key")));
    assert_eq!(login.unwrap_err().code, ErrorCode::MissingParameters);
    let login = ended(
        player
            .client
            .login(bevy_cometchat::AuthToken::new("two\r\nlines")),
    );
    assert_eq!(login.unwrap_err().code, ErrorCode::MissingParameters);
}
