//! Messages that are not sent yet (rules O1–O9), and tokens that expire (rules T1–T3).

use bevy::{prelude::*, window::AppLifecycle};
use bevy_cometchat::{
    client::{OutboxLimits, SendsPause},
    connection::BackgroundPolicy,
    model::{MediaKind, Upload},
    prelude::*,
    test_util::ScriptedChat,
};

use super::game::*;

/// What the game was told of its own messages, in words.
#[derive(Resource, Default)]
struct Own(Vec<String>);

fn follow(
    mut own: ResMut<Own>,
    mut changes: MessageReader<OutboxChanged>,
    mut pauses: MessageReader<SendsPaused>,
    mut expired: MessageReader<TokenExpired>,
) {
    own.0
        .extend(changes.read().map(|change| match &change.state {
            OutboxState::Sent(message) => format!("{} sent as {}", change.muid, message.id),
            OutboxState::Failed(error) => format!("{} failed: {}", change.muid, error.code),
            state => format!("{} {state:?}", change.muid).to_lowercase(),
        }));
    own.0.extend(
        pauses
            .read()
            .map(|SendsPaused(SendsPause { retry_in, .. })| {
                format!("paused {} s", retry_in.as_secs())
            }),
    );
    let within = |expired: &TokenExpired| format!("expired {} s", expired.answer_within.as_secs());
    own.0.extend(expired.read().map(within));
}

fn following(mut game: Game) -> Game {
    game.app.init_resource::<Own>().add_systems(Update, follow);
    game
}

fn game() -> Game {
    following(Game::logged_in(manual()))
}

fn say(game: &Game, muid: &str) -> SendHandle {
    game.chat()
        .send_message(TextMessage::to_user("bob", muid).with_muid(muid))
}

fn own(game: &mut Game) -> Vec<String> {
    std::mem::take(&mut game.app.world_mut().resource_mut::<Own>().0)
}

fn sent(game: &Game) -> Vec<String> {
    let muid = |message: &bevy_cometchat::model::OutgoingMessage| {
        message.envelope.muid.as_deref().unwrap_or("?").to_owned()
    };
    game.script.sent().iter().map(muid).collect()
}

fn code<T: Clone + Send + 'static>(request: &Request<T>) -> Option<ErrorCode> {
    request.outcome()?.err().map(|error| error.code)
}

#[test]
fn o1_a_message_is_pending_in_the_next_frame_and_then_sent() {
    let mut game = game();
    game.script.set_latency(seconds(1));
    say(&game, "m");
    game.script.update(&mut game.app);
    game.script.update(&mut game.app);
    assert_eq!(own(&mut game), ["m pending"]);
    game.advance(seconds(2));
    assert_eq!(own(&mut game), ["m sent as 1"]);
}

#[test]
fn o2_a_muid_is_made_up_when_there_is_none() {
    let mut game = game();
    for muid in [None, None, Some("")] {
        let mut message = TextMessage::to_user("bob", "hi");
        message.envelope.muid = muid.map(Into::into);
        game.chat().send_message(message);
    }
    game.settle();
    let mut muids = sent(&game);
    muids.dedup();
    assert_eq!(muids.len(), 3);
    assert!(muids.iter().all(|muid| muid.len() > 8), "{muids:?}");
}

#[test]
fn o3_without_a_network_messages_wait_in_order_and_go_when_it_is_back() {
    let mut game = following(Game::connected(auto_mode()));
    game.script.set_online(false);
    game.script.refuse_connections(Cause::Unreachable);
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(1));
    let requests: Vec<_> = ["1", "2", "3"].map(|muid| say(&game, muid)).into();
    game.advance(seconds(60));
    assert!(requests.iter().all(|sent| sent.is_open()));
    assert_eq!(own(&mut game), ["1 pending", "2 pending", "3 pending"]);
    assert!(sent(&game).is_empty());

    game.script.set_online(true);
    game.script.accept_connections();
    game.chat().connect();
    game.advance(seconds(1));
    assert_eq!(sent(&game), ["1", "2", "3"], "at once when it is live");
    assert!(
        requests
            .iter()
            .all(|request| matches!(request.outcome(), Some(Ok(_))))
    );
}

#[test]
fn o3_the_return_to_the_foreground_tries_at_once() {
    let mut game = game();
    game.script.set_online(false);
    say(&game, "m");
    game.advance(seconds(120));
    game.background();
    game.script.set_online(true);
    game.foreground();
    game.advance(millis(600));
    assert_eq!(sent(&game), ["m"]);
}

#[test]
fn o3_a_reactive_game_is_woken_when_its_message_goes() {
    let mut game = game();
    game.script.set_online(false);
    let request = say(&game, "m");
    game.sleep(seconds(30));
    game.script.set_online(true);
    game.sleep(seconds(30));
    assert!(matches!(request.outcome(), Some(Ok(_))));
}

#[test]
fn o4_a_refused_message_fails_and_a_click_sends_it_again() {
    let mut game = game();
    game.script
        .fail_next_send(ErrorCode::Other("ERR_BLOCKED_USER".into()), "blocked");
    let request = say(&game, "m");
    game.settle();
    assert_eq!(own(&mut game), ["m pending", "m failed: ERR_BLOCKED_USER"]);
    assert_eq!(
        code(&request),
        Some(ErrorCode::Other("ERR_BLOCKED_USER".into()))
    );
    let again = game.chat().resend("m");
    game.settle();
    assert!(matches!(again.outcome(), Some(Ok(_))));
    assert_eq!(own(&mut game), ["m pending", "m sent as 1"]);
}

#[test]
fn a_message_that_waits_can_be_discarded() {
    let mut game = game();
    game.script.set_online(false);
    let request = say(&game, "m");
    game.settle();
    let discarded = game.chat().discard("m");
    let again = game.chat().discard("m");
    game.settle();
    assert_eq!(discarded.outcome(), Some(Ok(())));
    assert_eq!(code(&again), Some(ErrorCode::NotInOutbox));
    assert_eq!(code(&request), Some(ErrorCode::Cancelled));
    assert_eq!(own(&mut game), ["m pending", "m discarded"]);
    game.script.set_online(true);
    game.advance(seconds(60));
    assert!(sent(&game).is_empty());
}

#[test]
fn o5_a_lost_reply_never_doubles_a_message() {
    for stored in [true, false] {
        let mut game = game();
        game.script.lose_next_reply(stored);
        let request = say(&game, "m");
        game.advance(seconds(30));
        let times = if stored { 1 } else { 2 };
        assert_eq!(sent(&game).len(), times);
        assert_eq!(own(&mut game), ["m pending", "m sent as 1"]);
        assert!(matches!(request.outcome(), Some(Ok(_))));
    }
}

#[test]
fn o6_a_full_outbox_says_so_at_once() {
    let settings = AppSettings::builder()
        .auto_establish_socket_connection(false)
        .outbox(|limits: &mut OutboxLimits| limits.messages = 1)
        .build();
    let mut game = following(Game::logged_in(settings));
    game.script.set_online(false);
    let (first, second) = (say(&game, "1"), say(&game, "2"));
    game.settle();
    assert!(first.is_open());
    assert_eq!(code(&second), Some(ErrorCode::OutboxFull));
    assert_eq!(own(&mut game), ["1 pending"]);
}

fn persistent(is_persistent: bool) -> AppSettings {
    AppSettings::builder()
        .auto_establish_socket_connection(false)
        .persistent_outbox(is_persistent)
        .build()
}

#[test]
fn o7_unsent_messages_survive_a_restart_where_the_game_says_so() {
    for is_persistent in [true, false] {
        let game = Game::logged_in(persistent(is_persistent));
        let script = game.script.clone();
        let mut game = following(game);
        script.set_online(false);
        say(&game, "1");
        say(&game, "2");
        game.settle();
        drop(game);
        script.set_online(true);

        let mut next = following(Game::with(script, persistent(is_persistent), |plugin| {
            plugin
        }));
        next.advance(seconds(1));
        if is_persistent {
            assert_eq!(
                own(&mut next),
                ["1 pending", "2 pending", "1 sent as 1", "2 sent as 2"]
            )
        } else {
            assert!(own(&mut next).is_empty())
        }
    }
}

/// A second `init` of the running game.
fn init_again(game: &mut Game, settings: AppSettings) {
    let init = game.chat().init("app", settings);
    game.settle();
    assert!(matches!(init.outcome(), Some(Ok(Some(_)))));
}

#[test]
fn o7_another_init_keeps_what_is_saved_and_no_game_is_told_that_it_failed() {
    let mut game = following(Game::logged_in(persistent(true)));
    game.script.set_online(false);
    let request = say(&game, "m");
    game.settle();
    init_again(&mut game, persistent(true));
    assert_eq!(own(&mut game), ["m pending", "m pending"]);
    assert_eq!(code(&request), Some(ErrorCode::StaysInOutbox));

    game.script.set_online(true);
    game.advance(seconds(60));
    assert_eq!(own(&mut game), ["m sent as 1"]);
    assert_eq!(sent(&game), ["m"]);
}

#[test]
fn o7_another_init_does_not_double_what_is_under_way() {
    let mut game = following(Game::logged_in(persistent(true)));
    game.script.set_latency(seconds(1));
    let request = say(&game, "m");
    game.advance(millis(500));
    init_again(&mut game, persistent(true));
    assert_eq!(code(&request), Some(ErrorCode::StaysInOutbox));
    game.advance(seconds(60));
    assert_eq!(own(&mut game), ["m pending", "m pending", "m sent as 1"]);
    assert_eq!(sent(&game), ["m"]);
}

#[test]
fn o7_what_another_init_does_not_keep_fails_for_good() {
    for (before, after) in [(true, false), (false, true), (false, false)] {
        let mut game = following(Game::logged_in(persistent(before)));
        game.script.set_online(false);
        let request = say(&game, "m");
        game.settle();
        init_again(&mut game, persistent(after));
        assert_eq!(own(&mut game), ["m pending", "m failed: REQUEST_CANCELLED"]);
        assert_eq!(code(&request), Some(ErrorCode::Cancelled));
        game.script.set_online(true);
        init_again(&mut game, persistent(true));
        game.advance(seconds(60));
        assert!(sent(&game).is_empty(), "{before} {after}");
    }
}

#[test]
fn o7_another_init_fails_messages_with_files_which_are_not_saved() {
    let mut game = following(Game::logged_in(persistent(true)));
    game.script.set_online(false);
    let file = MediaMessage::new(Uid::from("bob"), MediaKind::File)
        .with_upload(Upload::new("a", "text/plain", vec![1]))
        .with_muid("file");
    let request = game.chat().send_message(file);
    say(&game, "text");
    game.settle();
    init_again(&mut game, persistent(true));
    assert_eq!(
        own(&mut game),
        [
            "file pending",
            "text pending",
            "file failed: REQUEST_CANCELLED",
            "text pending"
        ]
    );
    assert_eq!(code(&request), Some(ErrorCode::Cancelled));
}

#[test]
fn o7_the_end_of_the_client_says_which_messages_stay() {
    for is_persistent in [true, false] {
        let mut game = following(Game::logged_in(persistent(is_persistent)));
        game.script.set_online(false);
        let request = say(&game, "m");
        game.settle();
        game.chat().shut_down();
        game.settle();
        assert_eq!(own(&mut game), ["m pending"]);
        let expected = if is_persistent {
            ErrorCode::StaysInOutbox
        } else {
            ErrorCode::Cancelled
        };
        assert_eq!(code(&request), Some(expected));
    }
}

#[test]
fn o8_a_logout_fails_what_waits_for_good() {
    let mut game = following(Game::logged_in(persistent(true)));
    game.script.set_online(false);
    let request = say(&game, "m");
    game.settle();
    game.chat().logout();
    game.settle();
    assert_eq!(code(&request), Some(ErrorCode::Cancelled));
    assert_eq!(own(&mut game), ["m pending", "m failed: REQUEST_CANCELLED"]);
    game.script.set_online(true);
    game.log_in();
    game.advance(seconds(60));
    assert!(sent(&game).is_empty());
}

#[test]
fn o9_too_many_messages_wait_and_the_game_is_told_how_long() {
    let mut game = game();
    for n in 0..30 {
        say(&game, &n.to_string());
    }
    game.advance(seconds(10));
    assert_eq!(sent(&game).len(), 30);
    own(&mut game);
    say(&game, "one more");
    game.settle();
    assert_eq!(own(&mut game), ["one more pending", "paused 50 s"]);
    game.advance(seconds(49));
    assert_eq!(sent(&game).len(), 30);
    game.advance(seconds(2));
    assert_eq!(sent(&game).len(), 31);
}

#[test]
fn o9_the_server_has_the_game_wait() {
    let mut game = game();
    game.script.throttle_next_send(seconds(20));
    say(&game, "m");
    game.advance(seconds(19));
    assert_eq!(own(&mut game), ["m pending", "paused 20 s"]);
    game.advance(seconds(2));
    assert_eq!(own(&mut game), ["m sent as 1"]);
}

#[test]
fn a_transient_message_is_never_queued() {
    let mut game = game();
    let emote = TransientMessage::new(Uid::from("bob"), &"wave").expect("JSON");
    let request = game.chat().send_transient_message(emote);
    game.settle();
    assert_eq!(code(&request), Some(ErrorCode::NotConnected));
    game.chat().connect();
    game.advance(seconds(60));
    assert!(game.script.frames().is_empty());
}

#[test]
fn t1_an_expired_token_is_asked_for_once_and_what_waits_goes_on_with_the_new_one() {
    let mut game = following(Game::connected(auto_mode()));
    game.script.expire_token();
    let message = say(&game, "m");
    let call = game.chat().delete_message(MessageId(7));
    game.advance(seconds(30));
    assert_eq!(own(&mut game), ["m pending", "expired 60 s"]);
    assert!(message.is_open() && call.is_open());

    game.script
        .answer_next_call(r#"{"error":{"code":"ERR_X","message":"?"}}"#);
    let renewed = game.chat().renew_token(AuthToken::new("alice"));
    game.settle();
    assert!(matches!(renewed.outcome(), Some(Ok(user)) if user.uid == "alice"));
    assert_eq!(own(&mut game), ["m sent as 1"]);
    assert_eq!(code(&call), Some(ErrorCode::Other("ERR_X".into())));
    game.advance(seconds(120));
    assert!(game.chat().logged_in_user().is_some());
    assert!(own(&mut game).is_empty(), "it is asked for once");
}

#[test]
fn t2_a_connection_that_is_wanted_is_opened_with_the_new_token() {
    let mut game = following(Game::connected(auto_mode()));
    game.script.expire_token();
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(30));
    assert_eq!(own(&mut game), ["expired 60 s"]);
    assert_eq!(game.status(), ConnectionStatus::Disconnected);
    assert_eq!(game.last_cause(), Cause::TokenExpired);
    assert_eq!(
        game.script.attempts(),
        2,
        "one found out, and no other was made"
    );
    game.chat().renew_token(AuthKey::new("alice", "key"));
    game.settle();
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn t2_another_users_token_is_none_and_another_can_be_tried() {
    let mut game = game();
    game.script.expire_token();
    let message = say(&game, "m");
    game.settle();
    let wrong = game.chat().renew_token(AuthToken::new("bob"));
    game.settle();
    assert_eq!(code(&wrong), Some(ErrorCode::AnotherUsersToken));
    game.script
        .fail_next_login(ErrorCode::ServerUnreachable, "no network");
    let failed = game.chat().renew_token(AuthToken::new("alice"));
    let too_many = game.chat().renew_token(AuthToken::new("alice"));
    game.settle();
    assert_eq!(code(&failed), Some(ErrorCode::ServerUnreachable));
    assert_eq!(code(&too_many), Some(ErrorCode::LoginInProgress));
    assert!(message.is_open());
    game.chat().renew_token(AuthToken::new("alice"));
    game.settle();
    assert!(matches!(message.outcome(), Some(Ok(_))));
}

#[test]
fn t3_without_an_answer_in_time_the_session_ends() {
    let mut game = following(Game::connected(auto_mode()));
    game.script.expire_token();
    let message = say(&game, "m");
    game.advance(seconds(59));
    assert!(game.chat().logged_in_user().is_some());
    game.forget();
    game.advance(seconds(2));
    assert_eq!(
        game.told(),
        ["disconnected (TokenUnknown)", "alice out (TokenUnknown)"]
    );
    assert_eq!(code(&message), Some(ErrorCode::Cancelled));
    let late = game.chat().renew_token(AuthToken::new("alice"));
    game.settle();
    assert_eq!(code(&late), Some(ErrorCode::UserNotLoggedIn));
}

#[test]
fn t3_a_suspended_app_has_all_of_its_time_when_it_runs_again() {
    let mut game = following(Game::logged_in(manual()));
    game.script.expire_token();
    let message = say(&game, "m");
    game.app.world_mut().write_message(AppLifecycle::Suspended);
    game.settle();
    game.freeze(seconds(600));
    game.app.world_mut().write_message(AppLifecycle::Running);
    game.advance(seconds(59));
    assert_eq!(own(&mut game), ["m pending", "expired 60 s"]);
    game.chat().renew_token(AuthToken::new("alice"));
    game.settle();
    assert!(matches!(message.outcome(), Some(Ok(_))));

    game.script.expire_token();
    say(&game, "n");
    game.advance(seconds(30));
    game.app.world_mut().write_message(AppLifecycle::Suspended);
    game.settle();
    game.freeze(seconds(600));
    game.app.world_mut().write_message(AppLifecycle::Running);
    game.advance(seconds(59));
    assert!(game.chat().logged_in_user().is_some());
    game.advance(seconds(2));
    assert!(game.chat().logged_in_user().is_none());
}

#[test]
fn t1_an_unknown_token_is_renewed_as_an_expired_one_and_the_outbox_waits() {
    let mut game = game();
    game.script
        .fail_next_send(ErrorCode::AuthTokenNotFound, "unknown token");
    let [first, second] = ["m", "n"].map(|muid| say(&game, muid));
    game.advance(seconds(30));
    assert_eq!(own(&mut game), ["m pending", "n pending", "expired 60 s"]);
    game.chat().renew_token(AuthToken::new("alice"));
    game.settle();
    assert!(matches!(first.outcome(), Some(Ok(_))));
    assert!(matches!(second.outcome(), Some(Ok(_))));
}

#[test]
fn t3_the_time_to_answer_can_be_set() {
    let settings = AppSettings::builder()
        .token_renewal_timeout(seconds(5))
        .build();
    let mut game = following(Game::with(ScriptedChat::new(), settings, |plugin| plugin));
    game.log_in();
    game.script.expire_token();
    say(&game, "m");
    game.advance(seconds(6));
    assert!(game.chat().logged_in_user().is_none());
}

#[test]
fn t2_in_the_background_a_new_token_opens_no_connection() {
    let settings = AppSettings::builder()
        .background_policy(BackgroundPolicy::DisconnectAtOnce)
        .build();
    let mut game = Game::connected(settings);
    game.set_app_state(AppState::Background);
    game.settle();
    game.script.expire_token();
    let message = say(&game, "m");
    game.settle();
    let attempts = game.script.attempts();
    game.chat().renew_token(AuthToken::new("alice"));
    game.advance(seconds(60));
    assert!(matches!(message.outcome(), Some(Ok(_))));
    assert_eq!(game.script.attempts(), attempts);
    assert_eq!(game.last_cause(), Cause::Backgrounded);
    game.foreground();
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn t2_a_connection_with_a_new_token_is_not_said_to_be_asked_for_by_the_game() {
    let mut game = Game::connected(auto_mode());
    game.script.expire_token();
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(30));
    game.forget();
    game.chat().renew_token(AuthToken::new("alice"));
    game.advance(seconds(1));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    assert!(
        !game.told().iter().any(|it| it.contains("ConnectCalled")),
        "{:?}",
        game.told()
    );
}

#[test]
fn t1_a_login_of_the_same_user_answers_too() {
    let mut game = game();
    game.script.expire_token();
    let message = say(&game, "m");
    game.settle();
    let login = game.chat().login(AuthKey::new("alice", "key"));
    game.settle();
    assert!(matches!(login.outcome(), Some(Ok(user)) if user.uid == "alice"));
    assert!(matches!(message.outcome(), Some(Ok(_))));
    game.advance(seconds(120));
    assert!(game.chat().logged_in_user().is_some());
}
