//! The history as a game sees it, in virtual time.

use std::sync::Arc;

use bevy::prelude::*;
use bevy_cometchat::{
    client::Event,
    history::{ConversationHistory, EntryStatus, HistoryLimits},
    model::{MessageContent, Receiver, Timestamp},
    prelude::*,
    test_util::{ScriptedChat, text_message},
};

use super::game::*;

fn bob() -> ReceiverId {
    Uid::from("bob").into()
}

fn user(uid: &str) -> Arc<User> {
    Arc::new(User::new(uid, uid))
}

/// A game with a history, and alice connected.
fn game() -> Game {
    let mut game = Game::new(auto_mode());
    game.app.add_plugins(ChatHistoryPlugin::default());
    game.log_in();
    game.settle();
    game
}

fn history(game: &Game) -> &ChatHistory {
    game.app.world().resource()
}

fn with_bob(game: &Game) -> &ConversationHistory {
    history(game).conversation(&bob()).expect("a conversation")
}

fn texts(game: &Game) -> Vec<&str> {
    let entries = with_bob(game).iter();
    entries.map(|entry| entry.text().unwrap_or("-")).collect()
}

/// Whether the history counts as changed in the next update.
fn changes(game: &mut Game) -> bool {
    #[derive(Resource, Default)]
    struct Seen(bool);

    if !game.app.world().contains_resource::<Seen>() {
        game.app.init_resource::<Seen>().add_systems(
            Update,
            |history: Res<ChatHistory>, mut seen: ResMut<Seen>| seen.0 = history.is_changed(),
        );
        game.script.update(&mut game.app);
    }
    game.script.update(&mut game.app);
    game.app.world().resource::<Seen>().0
}

#[test]
fn what_arrives_is_held_in_the_update_in_which_it_is_told() {
    let mut game = game();
    game.script.receive_text("bob", "one");
    game.script.receive_text("bob", "two");
    game.script.update(&mut game.app);
    assert_eq!(texts(&game), ["one", "two"]);
    assert_eq!(with_bob(&game).unread(), 2);
}

#[test]
fn it_does_not_matter_which_plugin_comes_first() {
    let script = ScriptedChat::new();
    let mut app = App::new();
    app.add_plugins((
        MinimalPlugins,
        ChatHistoryPlugin::default(),
        script.plugin("app", auto_mode()),
    ));
    let mut game = Game { app, script };
    game.log_in();
    game.settle();
    game.script.receive_text("bob", "hi");
    game.settle();
    assert_eq!(texts(&game), ["hi"]);
}

#[test]
fn without_the_plugin_there_is_none() {
    let mut game = Game::connected(auto_mode());
    game.script.receive_text("bob", "hi");
    game.settle();
    assert!(!game.app.world().contains_resource::<ChatHistory>());
}

#[test]
fn it_counts_as_changed_only_when_something_in_it_did() {
    let mut game = game();
    assert!(!changes(&mut game));
    game.script.receive_text("bob", "hi");
    assert!(changes(&mut game));
    assert!(!changes(&mut game));
    // A message that is there already.
    let known = with_bob(&game).last().and_then(|entry| entry.message());
    let known = known.expect("a message").clone();
    game.script.receive(known);
    assert!(!changes(&mut game));
    game.chat().ping();
    assert!(!changes(&mut game));
}

#[test]
fn changes_are_applied() {
    let mut game = game();
    let message = text_message(7, user("bob"), Receiver::User(user("alice")), "helo");
    game.script.receive(message.clone());
    let mut edited = message.clone();
    edited.content = MessageContent::Text("hello".into());
    edited.details_mut().edited_at = Some(Timestamp(9));
    game.script
        .receive_event(Event::MessageEdited(edited.clone()));
    game.settle();
    assert_eq!(texts(&game), ["hello"]);

    edited.details_mut().deleted_at = Some(Timestamp(10));
    game.script.receive_event(Event::MessageDeleted(edited));
    game.settle();
    assert_eq!(texts(&game), ["-"]);
    assert_eq!(with_bob(&game).unread(), 0);
}

#[test]
fn the_users_own_message_is_there_at_once_and_then_sent() {
    let mut game = game();
    game.script.set_latency(seconds(1));
    game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.settle();
    let entry = with_bob(&game).last().expect("an entry");
    assert_eq!(entry.status(), &EntryStatus::Pending);
    let key = entry.key();
    game.advance(seconds(2));
    assert_eq!(texts(&game), ["hi"]);
    let entry = with_bob(&game).last().expect("an entry");
    assert_eq!((entry.status(), entry.key()), (&EntryStatus::Sent, key));
}

#[test]
fn a_message_that_fails_says_why_and_is_sent_again() {
    let mut game = game();
    game.script
        .fail_next_send(ErrorCode::UserNotLoggedIn, "blocked");
    game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.settle();
    let entry = with_bob(&game).last().expect("an entry");
    assert!(matches!(entry.status(), EntryStatus::Failed(error) if &*error.message == "blocked"));
    let muid = entry.muid().expect("a muid").clone();
    game.chat().resend(muid);
    game.settle();
    let entry = with_bob(&game).last().expect("an entry");
    assert_eq!(entry.status(), &EntryStatus::Sent);
}

#[test]
fn what_the_user_changes_by_a_request_shows_without_the_games_help() {
    let mut game = game();
    game.chat()
        .send_message(TextMessage::to_user("bob", "helo"));
    game.settle();
    let id = with_bob(&game)
        .last()
        .and_then(|entry| entry.id())
        .expect("it is sent");
    let on = format!(
        r#"{{"id":"{id}","sender":"alice","receiver":"bob","receiverType":"user","category":"message","type":"text","sentAt":1,"updatedAt":9,"editedAt":9,"data":{{"text":"hello"}}}}"#
    );
    game.script.answer_next_call(format!(
        r#"{{"data":{{"id":"99","sender":"alice","receiver":"bob","receiverType":"user","category":"action","type":"message","data":{{"action":"edited","entities":{{"on":{{"entity":{on}}}}}}}}}}}"#
    ));
    game.chat()
        .edit_message(id, TextMessage::to_user("bob", "hello"));
    game.settle();
    assert_eq!(texts(&game), ["hello"]);
    assert!(with_bob(&game).last().expect("an entry").is_edited());
}

#[test]
fn a_page_that_the_game_fetched_fills_what_is_missing() {
    let mut game = game();
    let message = text_message(7, user("bob"), Receiver::User(user("alice")), "seven");
    game.script.receive(message);
    game.settle();
    let missing = with_bob(&game).missing_before(0).expect("older messages");
    assert_eq!(missing.before, Some(MessageId(7)));

    let row = |id: u64, text: &str| {
        format!(
            r#"{{"id":"{id}","sender":"bob","receiver":"alice","receiverType":"user","category":"message","type":"text","sentAt":1,"data":{{"text":"{text}"}}}}"#
        )
    };
    let rows = [row(5, "five"), row(6, "six")].join(",");
    let meta = r#"{"cursor":{"affix":"prepend"},"pagination":{"total_pages":1}}"#;
    game.script
        .answer_next_call(format!(r#"{{"data":[{rows}],"meta":{meta}}}"#));
    let older = MessagesRequest::in_conversation(bob()).from_message(MessageId(7));
    game.chat().fetch_previous(&older.pager()).on_success(
        move |page: In<Page<ChatMessage>>, mut history: ResMut<ChatHistory>| {
            assert_eq!(history.insert_page(&bob(), missing, page.0), 2);
        },
    );
    game.settle();
    assert_eq!(texts(&game), ["five", "six", "seven"]);
    assert_eq!(with_bob(&game).missing_before(0), None);
    assert_eq!(with_bob(&game).unread(), 1);
}

#[test]
fn what_another_device_read_meanwhile_is_read_after_a_reconnect() {
    let mut game = game();
    game.script.receive_text("bob", "one");
    game.script.receive_text("bob", "two");
    game.settle();
    let last = with_bob(&game).last().expect("an entry");
    let last = last.message().expect("a message that was received").id;
    assert_eq!(with_bob(&game).unread(), 2);
    game.script.answer_next_call(format!(
        r#"{{"data":{{"conversationId":"alice_user_bob","conversationType":"user","unreadMessageCount":"0",
            "lastReadMessageId":"{last}","conversationWith":{{"uid":"bob","name":"Bob"}}}}}}"#
    ));
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(5));
    assert!(game.script.is_connected());
    assert_eq!(with_bob(&game).unread(), 0);
    assert_eq!(with_bob(&game).read_up_to(), Some(last));
    assert_eq!(texts(&game), ["one", "two"]);
}

/// The reply to the request for the conversation with bob.
fn report(unread: u64, last_read: u64) -> String {
    format!(
        r#"{{"data":{{"conversationId":"alice_user_bob","conversationType":"user","unreadMessageCount":"{unread}",
            "lastReadMessageId":"{last_read}","conversationWith":{{"uid":"bob","name":"Bob"}}}}}}"#
    )
}

/// Breaks the connection, and waits until the game asks for the conversation with bob again.
fn reconnect_until_asked(game: &mut Game) {
    let asked = game.script.calls().len();
    game.script.drop_connection(Cause::ConnectionLost);
    while game.script.calls().len() == asked {
        assert!(game.script.now() < seconds(60), "it asks for nothing");
        game.advance_at(millis(10), millis(10));
    }
}

fn mark_read(game: &mut Game) {
    let mut history = game.app.world_mut().resource_mut::<ChatHistory>();
    history.mark_read(&bob());
}

#[test]
fn what_the_user_reads_while_the_server_is_asked_stays_read() {
    let mut game = game();
    for text in ["one", "two", "three"] {
        game.script.receive_text("bob", text);
    }
    game.settle();
    game.script.answer_next_call(report(3, 0));
    game.script.set_latency(millis(500));
    reconnect_until_asked(&mut game);
    mark_read(&mut game);
    let read = with_bob(&game).read_up_to();
    game.advance(seconds(2));
    assert_eq!(with_bob(&game).unread(), 0);
    assert_eq!(with_bob(&game).read_up_to(), read);
}

#[test]
fn what_the_user_read_without_a_connection_stays_read() {
    let mut game = game();
    game.script.receive_text("bob", "one");
    game.script.receive_text("bob", "two");
    game.settle();
    game.script.refuse_connections(Cause::Unreachable);
    game.script.drop_connection(Cause::ConnectionLost);
    game.advance(seconds(1));
    mark_read(&mut game);
    let read = with_bob(&game).read_up_to();
    game.script.receive_text("bob", "three");
    game.script.answer_next_call(report(3, 0));
    game.script.accept_connections();
    game.advance(seconds(5));
    assert_eq!(game.script.calls().len(), 1);
    assert_eq!(texts(&game), ["one", "two", "three"]);
    assert_eq!(with_bob(&game).read_up_to(), read);
    assert_eq!(with_bob(&game).unread(), 1);
}

#[test]
fn s5_the_next_user_gets_no_conversation_of_the_one_before() {
    let mut game = game();
    game.script.receive_text("bob", "hi alice");
    game.settle();
    game.script.answer_next_call(report(1, 0));
    reconnect_until_asked(&mut game);
    // The game has not seen the reply when alice is logged out, nor when another user is logged in.
    game.script.revoke_session();
    game.chat().login(AuthKey::new("carol", "key"));
    game.settle();
    assert!(
        history(&game)
            .user()
            .is_some_and(|user| user.uid == "carol")
    );
    assert_eq!(history(&game).conversations().count(), 0);
}

#[test]
fn typing_lasts_while_it_is_said_again_and_ends_by_itself() {
    let mut game = game();
    let typing = |game: &Game| history(game).typing(&bob()).count();
    for _ in 0..10 {
        game.script.receive_typing("bob", true);
        game.advance(seconds(3));
        assert_eq!(typing(&game), 1);
    }
    game.advance(millis(11_900));
    assert_eq!(typing(&game), 1);
    game.advance(millis(200));
    assert_eq!(typing(&game), 0);
}

#[test]
fn d5_nobody_types_for_ever_whose_end_was_shed_in_a_flood() {
    let mut game = game();
    let typing = |game: &Game| history(game).typing(&bob()).count();
    game.script.receive_typing("bob", true);
    game.settle();
    assert_eq!(typing(&game), 1);
    game.script.receive_typing("bob", false);
    for _ in 0..10_000 {
        game.script.receive_text("carol", "hi");
    }
    // The game hangs meanwhile, so everything piles up.
    game.freeze(seconds(1));
    for _ in 0..10 {
        game.script.update(&mut game.app);
    }
    assert_eq!(game.chat().counters().shed(), 1);
    assert_eq!(typing(&game), 0);
}

#[test]
fn s5_a_logout_empties_it() {
    let mut game = game();
    game.script.receive_text("bob", "hi");
    game.settle();
    game.chat().logout();
    game.settle();
    assert_eq!(history(&game).conversations().count(), 0);
    assert!(history(&game).user().is_none());
}

#[test]
fn the_game_sets_its_limits() {
    let mut game = Game::new(auto_mode());
    let mut limits = HistoryLimits::default();
    limits.messages = 3;
    game.app.add_plugins(ChatHistoryPlugin { limits });
    game.log_in();
    game.settle();
    for number in 0..10 {
        game.script.receive_text("bob", &number.to_string());
    }
    game.settle();
    assert_eq!(texts(&game), ["7", "8", "9"]);
}
