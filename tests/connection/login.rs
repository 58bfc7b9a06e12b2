use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use bevy_cometchat::{
    AuthKey, AuthToken, ErrorCode,
    client::Event,
    connection::{Cause, ConnectionStatus, SessionOrigin},
    model::TextMessage,
};

use super::{
    fake_server::{FakeServer, json},
    player::{APP, BreakingStore, KEY, Player, ended, server, settings},
};

#[test]
fn s1_init_reports_an_empty_app_id_and_a_malformed_region() {
    let (client, _events) = bevy_cometchat::client::Client::start().unwrap();
    let code = |app: &str, region: &str| {
        let settings = bevy_cometchat::AppSettings::builder()
            .region(region)
            .session_in_memory();
        ended(client.init(app, settings.build())).map_err(|error| error.code)
    };
    assert_eq!(code("", "us"), Err(ErrorCode::MissingParameters));
    assert_eq!(code("app", "u s"), Err(ErrorCode::InvalidRegion));
    assert_eq!(code("app", ""), Err(ErrorCode::InvalidRegion));
    assert_eq!(code("../app", "us"), Err(ErrorCode::MissingParameters));
    assert_eq!(code("app", "US"), Ok(None));
}

#[test]
fn everything_before_init_fails_with_a_clear_error() {
    let (client, _events) = bevy_cometchat::client::Client::start().unwrap();
    let code = ErrorCode::NotInitialized;
    assert_eq!(
        ended(client.login(AuthKey::new("a", "k")))
            .unwrap_err()
            .code,
        code
    );
    assert_eq!(ended(client.connect()).unwrap_err().code, code);
    assert_eq!(ended(client.ping()).unwrap_err().code, code);
    assert_eq!(ended(client.logout()).unwrap_err().code, code);
    assert_eq!(
        ended(client.send_message(TextMessage::to_user("b", "x")))
            .unwrap_err()
            .code,
        code
    );
}

#[test]
fn s2_a_login_saves_the_session_before_it_succeeds_and_s4_the_next_start_has_it() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let settings = || settings(server.address()).session_directory(directory.path());
    let player = Player::logged_in("alice", settings());
    assert!(directory.path().join("session.json").exists());
    drop(player);

    let mut again = Player::new(settings());
    let origin = again.wait_for("restored user", |event| match event {
        Event::LoggedIn { user, origin } if user.uid == "alice" => Some(origin),
        _ => None,
    });
    assert_eq!(origin, SessionOrigin::Restored);
    again.wait_until(ConnectionStatus::Connected);
}

#[test]
fn s3_a_second_login_while_one_runs_is_refused() {
    let server = FakeServer::with_requests(|method, _| {
        (method == "PUT").then(|| {
            std::thread::sleep(Duration::from_millis(300));
            json(r#"{"error":{"code":"ERR_LATE","message":"late"}}"#)
        })
    });
    let player = Player::new(settings(server.address));
    let first = player.client.login(AuthKey::new("alice", KEY));
    let second = ended(player.client.login(AuthKey::new("alice", KEY))).unwrap_err();
    assert_eq!(second.code, ErrorCode::LoginInProgress);
    assert_eq!(
        ended(first).unwrap_err().code,
        ErrorCode::Other("ERR_LATE".into())
    );
}

#[test]
fn s3_login_of_the_same_user_needs_no_request_and_of_another_ends_the_first_session() {
    let server = server();
    let mut player = Player::live("alice", settings(server.address()));
    let before = player.client.clone();
    server_is_not_needed(&before);

    player.log_in("bob").unwrap();
    player.wait_until_lost(Cause::LoggedOut);
    player.wait_for("alice's logout", |event| match event {
        Event::LoggedOut { user, .. } if user.uid == "alice" => Some(()),
        _ => None,
    });
    player.wait_for("bob's login", |event| match event {
        Event::LoggedIn { user, .. } if user.uid == "bob" => Some(()),
        _ => None,
    });
    player.wait_until(ConnectionStatus::Connected);
}

#[test]
fn s1_another_init_ends_the_connection_and_says_so() {
    let server = server();
    let mut player = Player::live("alice", settings(server.address()));
    let init = player.client.init(APP, settings(server.address()).build());
    ended(init).unwrap();
    player.wait_until_lost(Cause::InitCalled);
}

fn server_is_not_needed(client: &bevy_cometchat::client::Client) {
    // A wrong key would be refused, were it asked for.
    let user = ended(client.login(AuthKey::new("alice", "a key that is not the app's"))).unwrap();
    assert_eq!(user.uid, "alice");
}

#[test]
fn s5_logout_clears_the_session_also_when_the_server_is_gone() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let mut player = Player::live(
        "alice",
        settings(server.address()).session_directory(directory.path()),
    );
    server.kill();
    ended(player.client.logout()).unwrap();
    player.wait_for("logout", |event| {
        matches!(event, Event::LoggedOut { .. }).then_some(())
    });
    let saved = std::fs::read_to_string(directory.path().join("session.json")).unwrap();
    assert!(saved.contains(r#""session":null"#), "{saved}");
    assert_eq!(
        ended(player.client.connect()).unwrap_err().code,
        ErrorCode::UserNotLoggedIn
    );
}

#[test]
fn s5_logout_fails_what_is_under_way() {
    let server = FakeServer::with_requests(|method, path| {
        (method == "POST" && path.ends_with("/messages")).then(|| {
            std::thread::sleep(Duration::from_secs(2));
            Vec::new()
        })
    });
    let player = Player::logged_in("alice", settings(server.address));
    let send = player
        .client
        .send_message(TextMessage::to_user("bob", "hi"));
    player.client.logout();
    let error = ended(send).unwrap_err();
    assert_eq!(
        (error.code, error.cause),
        (ErrorCode::Cancelled, Some(Cause::LoggedOut))
    );
}

#[test]
fn s6_an_unknown_token_ends_the_session_once() {
    let server = FakeServer::with_requests(|method, path| {
        (method == "POST" && path.ends_with("/messages"))
            .then(|| json(r#"{"error":{"code":"AUTH_ERR_AUTH_TOKEN_NOT_FOUND","message":"?"}}"#))
    });
    let settings = settings(server.address).token_renewal_timeout(Duration::from_millis(100));
    let mut player = Player::live("alice", settings);
    let error = ended(
        player
            .client
            .send_message(TextMessage::to_user("bob", "hi")),
    )
    .unwrap_err();
    assert_eq!(
        (error.code, error.cause),
        (ErrorCode::Cancelled, Some(Cause::TokenUnknown))
    );
    player.wait_for("the question for a new token", |event| {
        matches!(event, Event::TokenExpired { .. }).then_some(())
    });
    let change = player.wait_until_lost(Cause::TokenUnknown);
    assert_eq!(change.retry, bevy_cometchat::connection::Retry::Never);
    player.wait_for("logout", |event| match event {
        Event::LoggedOut {
            cause: Cause::TokenUnknown,
            ..
        } => Some(()),
        _ => None,
    });
}

#[test]
fn s6_a_logout_of_another_process_with_the_same_directory_ends_the_session() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let settings = || settings(server.address()).session_directory(directory.path());
    let mut first = Player::live("alice", settings());
    let second = Player::new(settings());
    ended(second.client.logout()).unwrap();
    let cause = first.wait_for("the end of the session", |event| match event {
        Event::TokenExpired { .. } => panic!("it was logged out"),
        Event::LoggedOut { cause, .. } => Some(cause),
        _ => None,
    });
    assert_eq!(cause, Cause::TokenUnknown);
    drop(first);
    let third = Player::new(settings());
    let error = ended(third.client.logout()).unwrap_err();
    assert_eq!(error.code, ErrorCode::UserNotLoggedIn, "it stays so");
}

#[test]
fn s6_a_login_of_another_user_with_the_same_storage_ends_no_session() {
    let server = server();
    let settings = settings(server.address()).session_in_memory();
    let alice = Player::live("alice", settings.clone());
    let bob = Player::live("bob", settings.clone());
    // Each attempt to connect looks at what is stored.
    let reconnect = |player: &Player| {
        ended(player.client.disconnect()).unwrap();
        ended(player.client.connect()).unwrap();
        ended(player.client.ping()).unwrap();
    };
    for _ in 0..2 {
        reconnect(&alice);
        reconnect(&bob);
    }
    ended(alice.client.logout()).unwrap();
    reconnect(&bob);
    let mut next = Player::new(settings);
    let user = next.wait_for("the stored session", |event| match event {
        Event::LoggedIn { user, .. } => Some(user),
        _ => None,
    });
    assert_eq!(
        user.uid.as_str(),
        "bob",
        "what is stored is the last login's"
    );
}

#[test]
fn a_login_while_the_server_is_down_fails_and_works_when_it_is_up() {
    let address = server().address();
    let player = Player::new(settings(address));
    assert_eq!(
        player.log_in("alice").unwrap_err().code,
        ErrorCode::ServerUnreachable
    );
    let _server =
        bevy_cometchat::local_server::LocalServer::start(super::player::config().listen(address))
            .unwrap();
    player.log_in("alice").unwrap();
}

#[test]
fn refusals_carry_the_servers_code() {
    let server = server();
    let player = Player::new(settings(server.address()));
    let nobody = player.log_in("nobody").unwrap_err();
    assert_eq!(nobody.code, ErrorCode::UserNotFound);
    let wrong_key = ended(player.client.login(AuthKey::new("alice", "wrong"))).unwrap_err();
    assert_eq!(wrong_key.code, ErrorCode::WrongApiKey);
    assert!(
        !format!("{wrong_key:?}").contains("wrong\""),
        "a key shows in {wrong_key:?}"
    );
    let token = ended(player.client.login(AuthToken::new("made up"))).unwrap_err();
    assert_eq!(token.code, ErrorCode::AuthTokenNotFound);
    let (other, _events) = bevy_cometchat::client::Client::start().unwrap();
    ended(other.init("otherapp", settings(server.address()).build())).unwrap();
    assert!(ended(other.login(AuthKey::new("alice", KEY))).is_err());
}

#[test]
fn messages_go_both_ways_and_the_own_device_hears_no_echo() {
    let server = server();
    let mut alice = Player::live("alice", settings(server.address()));
    let mut bob = Player::live("bob", settings(server.address()));
    let sent = ended(
        alice
            .client
            .send_message(TextMessage::to_user("bob", "hello").with_muid("m-1")),
    )
    .unwrap();
    let received = bob.wait_for_message();
    assert_eq!(received.id, sent.id);
    assert_eq!(received.text(), Some("hello"));
    assert_eq!(received.sender.uid, "alice");
    assert_eq!(sent.muid.as_deref(), Some("m-1"));
    ended(
        bob.client
            .send_message(TextMessage::to_user("alice", "hi back")),
    )
    .unwrap();
    assert_eq!(alice.wait_for_message().text(), Some("hi back"));
}

#[test]
fn secrets_never_show_in_debug_output() {
    let credentials = bevy_cometchat::Credentials::from(AuthKey::new("alice", "hush-hush"));
    assert!(
        !format!("{credentials:?}").contains("hush"),
        "{credentials:?}"
    );
    let token = bevy_cometchat::Credentials::from(AuthToken::new("hush-hush"));
    assert!(!format!("{token:?}").contains("hush"));
}

#[test]
fn s5_a_session_that_cannot_be_removed_from_storage_is_told() {
    let server = server();
    let store = Arc::new(BreakingStore::default());
    let mut player = Player::live(
        "alice",
        settings(server.address()).session_store(store.clone()),
    );
    store.broken.store(true, SeqCst);
    let error = ended(player.client.logout()).unwrap_err();
    assert_eq!(error.code, ErrorCode::Storage);
    player.wait_for("logout", |event| {
        matches!(event, Event::LoggedOut { .. }).then_some(())
    });
}
