use std::{thread, time::Duration};

use bevy_cometchat::{
    AuthKey, AuthToken, ErrorCode,
    client::{AppSettingsBuilder, Event, OutboxState, SendHandle},
    connection::{Cause, ConnectionStatus},
    local_server::LocalServer,
    model::{MessageId, TextMessage},
};

use super::player::{KEY, Player, config, ended, settings};

/// A server whose tokens live so long that a login on a slow machine comes first.
fn forgetful_server() -> LocalServer {
    LocalServer::start(config().token_lifetime(Duration::from_secs(3))).expect("the server starts")
}

fn manual(server: &LocalServer) -> AppSettingsBuilder {
    settings(server.address()).auto_establish_socket_connection(false)
}

/// Talks until the token has expired. Returns what was said, and the time there is to answer.
fn talk_until_expired(player: &mut Player) -> (Vec<SendHandle>, Duration) {
    let mut said = Vec::new();
    loop {
        let text = TextMessage::to_user("bob", said.len().to_string());
        said.push(player.client.send_message(text));
        let expired = player.wait_for("an end of the message", |event| match event {
            Event::TokenExpired { answer_within } => Some(Some(answer_within)),
            Event::OutboxChanged(change) => {
                matches!(change.state, OutboxState::Sent(_)).then_some(None)
            }
            _ => None,
        });
        if let Some(answer_within) = expired {
            return (said, answer_within);
        }
        // The server is not to be flooded meanwhile.
        thread::sleep(Duration::from_millis(50));
    }
}

fn is_asked(player: &mut Player) -> bool {
    let is_it = |event: &Event| matches!(event, Event::TokenExpired { .. });
    player.drain().iter().any(is_it)
}

fn wait_until_expired(player: &mut Player) {
    player.wait_for("expiry", |event| {
        matches!(event, Event::TokenExpired { .. }).then_some(())
    });
}

#[test]
fn t1_and_t2_what_an_expired_token_holds_up_is_done_with_the_new_one() {
    let server = forgetful_server();
    let mut bob = Player::live("bob", settings(server.address()));
    let mut alice = Player::logged_in("alice", manual(&server));
    let (said, answer_within) = talk_until_expired(&mut alice);
    assert_eq!(answer_within, Duration::from_secs(60));
    let call = alice.client.delete_message(MessageId(1));
    ended(alice.client.renew_token(AuthKey::new("alice", KEY))).unwrap();
    assert_ne!(
        ended(call).err().map(|error| error.code),
        Some(ErrorCode::AuthTokenNotFound)
    );
    for (number, request) in said.into_iter().enumerate() {
        assert_eq!(ended(request).unwrap().text(), Some(&*number.to_string()));
        assert_eq!(bob.wait_for_message().text(), Some(&*number.to_string()));
    }
    assert!(!is_asked(&mut alice), "asked for once");
    ended(alice.client.connect()).unwrap();
}

#[test]
fn t1_a_connection_finds_out_as_well_and_is_opened_with_the_new_token() {
    let server = forgetful_server();
    let mut alice = Player::logged_in("alice", manual(&server));
    // Logged in later, so that alice's token has expired when bob's has.
    let mut later = Player::logged_in("bob", manual(&server));
    talk_until_expired(&mut later);
    let connected = alice.client.connect();
    wait_until_expired(&mut alice);
    let wrong = ended(alice.client.renew_token(AuthKey::new("bob", KEY))).unwrap_err();
    assert_eq!(wrong.code, ErrorCode::AnotherUsersToken);
    let wrong = ended(alice.client.renew_token(AuthToken::new("made up"))).unwrap_err();
    assert_eq!(wrong.code, ErrorCode::AuthTokenNotFound);
    ended(alice.client.renew_token(AuthKey::new("alice", KEY))).unwrap();
    ended(connected).unwrap();
    alice.wait_until(ConnectionStatus::Connected);
}

#[test]
fn t3_without_a_new_token_in_time_the_session_ends() {
    let server = forgetful_server();
    let settings = manual(&server).token_renewal_timeout(Duration::from_millis(300));
    let mut alice = Player::logged_in("alice", settings);
    let (said, _) = talk_until_expired(&mut alice);
    alice.wait_for("the end of the session", |event| match event {
        Event::LoggedOut {
            cause: Cause::TokenUnknown,
            ..
        } => Some(()),
        _ => None,
    });
    let last = ended(said.into_iter().last().unwrap()).unwrap_err();
    assert_eq!(
        (last.code, last.cause),
        (ErrorCode::Cancelled, Some(Cause::TokenUnknown))
    );
    assert_eq!(
        ended(alice.client.connect()).unwrap_err().code,
        ErrorCode::UserNotLoggedIn
    );
}

#[test]
fn t2_the_new_token_is_saved() {
    let server = forgetful_server();
    let directory = tempfile::tempdir().unwrap();
    let token = || {
        let saved = std::fs::read_to_string(directory.path().join("session.json")).unwrap();
        let saved: serde_json::Value = serde_json::from_str(&saved).unwrap();
        saved["session"]["auth_token"].as_str().unwrap().to_owned()
    };
    let settings = manual(&server).session_directory(directory.path());
    let alice = Player::logged_in("alice", settings);
    let old = token();
    // Ahead of time.
    ended(alice.client.renew_token(AuthKey::new("alice", KEY))).unwrap();
    assert_ne!(token(), old);
}

#[test]
fn a_login_with_an_expired_token_fails_and_asks_nobody() {
    let config = config().token_lifetime(Duration::ZERO);
    let server = LocalServer::start(config).expect("the server starts");
    let mut alice = Player::new(settings(server.address()));
    assert_eq!(
        alice.log_in("alice").unwrap_err().code,
        ErrorCode::AuthTokenNotFound
    );
    assert!(!is_asked(&mut alice));
    assert_eq!(
        ended(alice.client.renew_token(AuthToken::new("x")))
            .unwrap_err()
            .code,
        ErrorCode::UserNotLoggedIn
    );
}

#[test]
fn t1_a_token_of_another_process_that_has_expired_too_ends_no_session() {
    let server = forgetful_server();
    let shared = manual(&server).session_in_memory();
    let mut idle = Player::logged_in("alice", shared.clone());
    let busy = Player::new(shared);
    ended(busy.client.renew_token(AuthKey::new("alice", KEY))).unwrap();
    // Logged in later, so that both tokens have expired when bob's has.
    let mut later = Player::logged_in("bob", manual(&server));
    talk_until_expired(&mut later);
    let said = idle.client.send_message(TextMessage::to_user("bob", "hi"));
    wait_until_expired(&mut idle);
    ended(idle.client.renew_token(AuthKey::new("alice", KEY))).unwrap();
    assert_eq!(ended(said).unwrap().text(), Some("hi"));
}
