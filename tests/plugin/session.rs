//! Logging in and out (rules S2–S7).

use bevy_cometchat::{
    OwnUserChanged, client::AppSettingsBuilder, model::UserDetails, prelude::*,
    test_util::ScriptedChat,
};

use super::game::*;

#[test]
fn s1_an_init_that_fails_changes_nothing_of_the_running_client() {
    let mut game = Game::connected(auto_mode());
    let alice = Uid::from("alice");
    let record = |game: &Game| game.chat().load_record::<u32>(&alice, "level");
    game.chat()
        .save_record(&alice, "level", &7)
        .expect("it is saved");
    let limit = game.chat().messages_per_minute();
    let mut fail = |app_id: &str, change: fn(AppSettingsBuilder) -> AppSettingsBuilder| {
        let settings = AppSettings::builder()
            .auto_establish_socket_connection(false)
            .session_in_memory()
            .outbox(|limits| limits.per_minute = None);
        let init = game.chat().init(app_id, change(settings).build());
        // Also while the core does not know of it yet.
        assert!(game.chat().keep_alive());
        assert_eq!(game.chat().messages_per_minute(), limit);
        assert_eq!(record(&game), Ok(Some(7)));
        game.settle();
        init.outcome()
            .expect("it ended")
            .expect_err("it failed")
            .code
    };
    assert_eq!(fail("app", |it| it.region("")), ErrorCode::InvalidRegion);
    assert_eq!(fail("", |it| it), ErrorCode::MissingParameters);
    let persistent = |it: AppSettingsBuilder| {
        it.persistent_outbox(true)
            .outbox(|limits| limits.bytes = usize::MAX)
    };
    assert_eq!(fail("app", persistent), ErrorCode::InvalidSettings);
    let untrusted = |it: AppSettingsBuilder| it.trust_certificate("no certificate");
    assert_eq!(fail("app", untrusted), ErrorCode::InvalidSettings);

    game.background();
    game.advance(seconds(100));
    assert!(game.script.pings() > 2);
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn s1_an_init_that_is_one_request_too_many_changes_nothing() {
    let mut game = Game::connected(auto_mode());
    let pings: Vec<_> = (0..1_024).map(|_| game.chat().ping()).collect();
    let init = game.chat().init("app", manual());
    assert!(matches!(init.outcome(), Some(Err(error)) if error.code == ErrorCode::TooManyRequests));
    assert!(game.chat().keep_alive());
    game.settle();
    assert!(pings.iter().all(|ping| !ping.is_open()));
}

#[test]
fn s2_a_login_is_told_and_auto_mode_connects() {
    let mut game = Game::logged_in(auto_mode());
    game.settle();
    assert_eq!(
        game.told(),
        [
            "alice in (Login)",
            "connecting (LoggedIn)",
            "connected (Accepted)"
        ]
    );
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn s3_one_login_at_a_time() {
    let mut game = Game::new(manual());
    game.script.set_latency(seconds(1));
    let first = game.chat().login(AuthKey::new("alice", "key"));
    let second = game.chat().login(AuthKey::new("bob", "key"));
    game.advance(seconds(2));
    assert!(matches!(first.outcome(), Some(Ok(user)) if user.uid == "alice"));
    assert!(
        matches!(second.outcome(), Some(Err(error)) if error.code == ErrorCode::LoginInProgress)
    );
}

#[test]
fn s3_logging_in_again_asks_nobody() {
    let mut game = Game::logged_in(manual());
    let again = game.chat().login(AuthKey::new("alice", "key"));
    game.settle();
    assert!(matches!(again.outcome(), Some(Ok(_))));
    assert_eq!(game.script.logins().len(), 1);
    assert_eq!(game.told(), ["alice in (Login)"]);
}

#[test]
fn s3_another_user_takes_over() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    game.script.set_latency(seconds(1));
    let unsent = game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.chat().login(AuthKey::new("bob", "key"));
    game.advance(millis(500));
    assert!(matches!(unsent.outcome(), Some(Err(error)) if error.code == ErrorCode::Cancelled));
    assert!(game.chat().logged_in_user().is_none());
    // A login is two requests, and the connection is a third.
    game.advance(seconds(3));
    assert_eq!(
        game.told(),
        [
            "disconnected (LoggedOut)",
            "alice out (LoggedOut)",
            "bob in (Login)",
            "connecting (LoggedIn)",
            "connected (Accepted)"
        ]
    );
}

#[test]
fn s4_a_saved_session_is_there_in_the_first_frame() {
    let script = ScriptedChat::new().with_saved_session("alice");
    let mut game = Game::with(script, manual(), |plugin| plugin);
    game.script.update(&mut game.app);
    assert!(
        game.chat()
            .logged_in_user()
            .is_some_and(|user| user.uid == "alice")
    );
    game.advance(seconds(60));
    assert_eq!(game.told(), ["alice in (Restored)"]);
    assert_eq!(game.script.attempts(), 0);
    assert!(game.script.logins().is_empty());
}

#[test]
fn s4_auto_mode_connects_a_saved_session() {
    let first_run = Game::connected(auto_mode());
    let script = first_run.script.clone();
    drop(first_run);
    let mut second_run = Game::with(script, auto_mode(), |plugin| plugin);
    second_run.settle();
    assert_eq!(
        second_run.told(),
        [
            "alice in (Restored)",
            "connecting (SessionRestored)",
            "connected (Accepted)"
        ]
    );
}

#[test]
fn s5_after_logout_nothing_of_the_user_arrives() {
    let mut game = Game::connected(auto_mode());
    game.script.set_latency(seconds(1));
    game.script.receive_text("bob", "too late");
    let logout = game.chat().logout();
    game.forget();
    game.advance(seconds(60));
    assert!(matches!(logout.outcome(), Some(Ok(()))));
    assert_eq!(
        game.told(),
        ["disconnected (LoggedOut)", "alice out (LoggedOut)"]
    );
    assert!(game.chat().logged_in_user().is_none());

    let script = game.script.clone();
    drop(game);
    let mut next_run = Game::with(script, auto_mode(), |plugin| plugin);
    next_run.settle();
    assert!(next_run.chat().logged_in_user().is_none());
}

#[test]
fn s5_logging_out_needs_a_user() {
    let mut game = Game::new(auto_mode());
    let logout = game.chat().logout();
    game.settle();
    assert!(
        matches!(logout.outcome(), Some(Err(error)) if error.code == ErrorCode::UserNotLoggedIn)
    );
}

#[test]
fn s6_a_revoked_session_ends_once_and_for_all() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    game.script.revoke_session();
    game.advance(seconds(120));
    assert_eq!(
        game.told(),
        ["disconnected (TokenUnknown)", "alice out (TokenUnknown)"]
    );
    assert_eq!(game.script.attempts(), 1);
}

#[test]
fn s6_a_request_can_be_what_brings_the_news() {
    let mut game = Game::connected(auto_mode());
    game.script
        .fail_next_send(ErrorCode::AuthTokenNotFound, "unknown token");
    game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.advance(seconds(61));
    assert!(game.chat().logged_in_user().is_none());
}

#[test]
fn s6_another_process_with_the_same_storage_logs_out() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    game.script.log_out_elsewhere();
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(120));
    assert_eq!(
        game.told(),
        [
            "disconnected (ConnectionLost)",
            "disconnected (TokenUnknown)",
            "alice out (TokenUnknown)"
        ]
    );
    assert_eq!(game.script.attempts(), 1);
    let mut next = Game::with(game.script.clone(), auto_mode(), |plugin| plugin);
    next.settle();
    assert!(next.chat().logged_in_user().is_none());
}

#[test]
fn s6_a_session_that_another_process_ended_is_not_saved_again() {
    let mut game = Game::connected(auto_mode());
    game.script.log_out_elsewhere();
    game.forget();
    game.advance(seconds(11));
    game.script.receive_text("bob", "hi");
    game.settle();
    assert!(game.chat().logged_in_user().is_none());
    let mut next = Game::with(game.script.clone(), auto_mode(), |plugin| plugin);
    next.settle();
    assert!(next.chat().logged_in_user().is_none());
}

#[test]
fn s6_a_refused_token_of_a_session_that_another_process_ended_asks_nobody() {
    let mut game = Game::logged_in(manual());
    game.forget();
    game.script.log_out_elsewhere();
    game.script.expire_token();
    let message = game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.settle();
    assert!(message.outcome().is_some_and(|outcome| outcome.is_err()));
    assert_eq!(game.told(), ["alice out (TokenUnknown)"]);
}

#[test]
fn s7_an_unusable_session_is_reported() {
    let script = ScriptedChat::new().with_unusable_session();
    let mut game = Game::with(script, auto_mode(), |plugin| plugin);
    game.settle();
    assert_eq!(game.told(), ["session set aside"]);
    assert!(game.chat().logged_in_user().is_none());
}

#[test]
fn s2_a_changed_profile_is_the_users_from_then_on_and_after_a_restart() {
    let mut game = Game::logged_in(auto_mode());
    game.script
        .answer_next_call(r#"{"data":{"uid":"alice","name":"Alice the Brave"}}"#);
    let details = UserDetails::new().with_name("Alice the Brave");
    let request = game.chat().update_current_user_details(details);
    assert_eq!(&*game.chat().logged_in_user().unwrap().name, "alice");
    game.settle();
    assert_eq!(
        &*request.outcome().unwrap().unwrap().name,
        "Alice the Brave"
    );
    assert_eq!(
        &*game.chat().logged_in_user().unwrap().name,
        "Alice the Brave"
    );
    let changes = game
        .app
        .world()
        .resource::<bevy::prelude::Messages<OwnUserChanged>>();
    assert_eq!(changes.len(), 1);

    let mut again = Game::with(game.script.clone(), auto_mode(), |plugin| plugin);
    again.settle();
    assert_eq!(
        &*again.chat().logged_in_user().unwrap().name,
        "Alice the Brave"
    );
}

#[test]
fn s2_a_late_profile_does_not_bring_back_the_token_of_its_request() {
    let mut game = Game::logged_in(manual());
    let reply =
        r#"{"data":{"uid":"alice","name":"Alice the Brave","authToken":"first","jwt":"jwt-0-"}}"#;
    let change = |game: &Game| {
        game.script.answer_next_call(reply);
        let details = UserDetails::new().with_name("Alice the Brave");
        game.chat().update_current_user_details(details)
    };
    change(&game);
    game.settle();
    game.script.set_latency(seconds(2));
    let request = change(&game);
    game.settle();
    game.script.set_latency(seconds(0));
    game.script.expire_token();
    game.chat().renew_token(AuthToken::new("alice"));
    game.settle();
    assert!(request.is_open());
    game.advance(seconds(3));
    let user = request.outcome().expect("it ended").expect("it succeeded");
    assert_eq!(&*user.name, "Alice the Brave");
    let sent = game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.settle();
    assert!(matches!(sent.outcome(), Some(Ok(_))), "{sent:?}");
}
