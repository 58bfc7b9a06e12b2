//! Typing and receipts at their pace, in virtual time.

use bevy_cometchat::{
    model::{self, Receiver, Uid},
    prelude::*,
    test_util::text_message,
};
use std::sync::Arc;

use super::game::*;

fn bob() -> Uid {
    "bob".into()
}

/// The frames that the game sent since the last call, in short: `started bob`, `read bob 7`.
fn frames(game: &Game, seen: &mut usize) -> Vec<String> {
    let frames = game.script.frames().split_off(*seen);
    *seen += frames.len();
    let short = |frame: &String| {
        let frame: serde_json::Value = serde_json::from_str(frame).expect("JSON");
        let body = &frame["body"];
        let words = [&body["action"], &frame["receiver"], &body["messageId"]];
        let words: Vec<_> = words.iter().filter_map(|word| word.as_str()).collect();
        words.join(" ")
    };
    frames.iter().map(short).collect()
}

fn user(uid: &str) -> Arc<User> {
    Arc::new(User::new(uid, uid))
}

fn message(id: u64, from: &str) -> model::Message {
    text_message(id, user(from), Receiver::User(user("alice")), "hi")
}

#[test]
fn typing_at_every_key_is_told_every_3_s_and_ends_5_s_after_the_last() {
    let mut game = Game::connected(auto_mode());
    let mut seen = 0;
    for _ in 0..60 {
        game.chat().start_typing(bob());
        game.advance(millis(100));
    }
    assert_eq!(frames(&game, &mut seen), ["started bob", "started bob"]);
    game.advance(millis(4_850));
    assert_eq!(frames(&game, &mut seen), [""; 0]);
    game.advance(millis(100));
    assert_eq!(frames(&game, &mut seen), ["ended bob"]);
    game.advance(seconds(20));
    assert_eq!(frames(&game, &mut seen), [""; 0], "once");
}

#[test]
fn typing_ends_on_time_while_the_game_sleeps() {
    let mut game = Game::connected(auto_mode());
    game.chat().start_typing(bob());
    game.sleep(millis(4_900));
    assert_eq!(frames(&game, &mut 0), ["started bob"]);
    game.sleep(millis(200));
    assert_eq!(frames(&game, &mut 0), ["started bob", "ended bob"]);
}

#[test]
fn typing_ends_when_the_message_is_sent() {
    let mut game = Game::connected(auto_mode());
    let mut seen = 0;
    game.chat().start_typing(bob());
    let elsewhere = TextMessage::to_user("carol", "not there");
    game.chat().send_message(elsewhere);
    game.settle();
    assert_eq!(frames(&game, &mut seen), ["started bob"]);
    game.chat()
        .send_message(TextMessage::to_user("bob", "there"));
    game.settle();
    assert_eq!(frames(&game, &mut seen), ["ended bob"]);
    game.advance(seconds(10));
    assert_eq!(frames(&game, &mut seen), [""; 0]);
}

#[test]
fn every_start_succeeds_whether_or_not_it_is_told() {
    let mut game = Game::connected(auto_mode());
    let started = [(); 3].map(|()| game.chat().start_typing(bob()));
    game.settle();
    for request in started {
        assert_eq!(request.outcome(), Some(Ok(())));
    }
    let ended = [(); 2].map(|()| game.chat().end_typing(bob()));
    game.settle();
    for request in ended {
        assert_eq!(request.outcome(), Some(Ok(())));
    }
    assert_eq!(frames(&game, &mut 0), ["started bob", "ended bob"]);
}

#[test]
fn whoever_is_not_heard_for_15_s_types_no_longer() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    game.script.receive_typing("bob", true);
    game.advance(seconds(10));
    game.script.receive_typing("bob", true);
    game.advance(millis(14_900));
    assert_eq!(game.told(), ["bob types: true"]);
    game.advance(millis(200));
    assert_eq!(game.told(), ["bob types: true", "bob types: false"]);
    game.script.receive_typing("bob", false);
    game.settle();
    assert_eq!(game.told().len(), 2, "that is no news");
}

#[test]
fn a_message_ends_the_typing_of_who_wrote_it() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    game.script.receive_typing("bob", true);
    game.script.receive_typing("carol", true);
    game.script.receive_text("bob", "done");
    game.advance(seconds(1));
    let told: Vec<_> = game
        .told()
        .iter()
        .filter(|told| told.contains("bob"))
        .collect();
    assert_eq!(told, ["bob types: true", "bob types: false"]);
    assert!(!game.told().contains(&"carol types: false".to_owned()));
}

#[test]
fn nobody_types_over_a_lost_connection() {
    let mut game = Game::connected(auto_mode());
    game.script.receive_typing("bob", true);
    game.chat().start_typing(bob());
    game.settle();
    game.forget();
    game.script.drop_connection(Cause::ConnectionLost);
    game.settle();
    assert!(game.told().contains(&"bob types: false".to_owned()));
    game.advance(seconds(30));
    assert_eq!(game.status(), ConnectionStatus::Connected);
    let ends = game
        .told()
        .iter()
        .filter(|told| *told == "bob types: false");
    assert_eq!(ends.count(), 1);
    assert_eq!(
        frames(&game, &mut 0),
        ["started bob"],
        "what was told before is over"
    );
}

#[test]
fn marks_of_a_quarter_of_a_second_are_one_receipt_a_conversation() {
    let mut game = Game::connected(auto_mode());
    let mut marks = Vec::new();
    for (id, from) in [(3, "bob"), (9, "bob"), (7, "bob"), (8, "carol")] {
        marks.push(game.chat().mark_as_read(&message(id, from)));
    }
    marks.push(game.chat().mark_as_delivered(&message(10, "bob")));
    game.advance(millis(200));
    assert_eq!(frames(&game, &mut 0), [""; 0]);
    assert!(marks.iter().all(|mark| mark.is_open()));
    game.advance(millis(100));
    assert_eq!(
        frames(&game, &mut 0),
        ["read bob 9", "read carol 8", "delivered bob 10"]
    );
    for mark in marks {
        assert_eq!(mark.outcome(), Some(Ok(())));
    }
}

#[test]
fn without_a_connection_a_receipt_is_one_request() {
    let mut game = Game::logged_in(manual());
    game.script.answer_next_call(r#"{"data":{"success":true}}"#);
    let marks = [3, 9].map(|id| game.chat().mark_as_read(&message(id, "bob")));
    game.advance(millis(300));
    assert_eq!(game.script.calls(), ["POST users/bob/conversation/read"]);
    for mark in marks {
        assert_eq!(mark.outcome(), Some(Ok(())));
    }
}

#[test]
fn s5_marks_end_with_their_session() {
    let mut game = Game::logged_in(manual());
    let mark = game.chat().mark_as_read(&message(3, "bob"));
    game.chat().logout();
    game.settle();
    let error = mark.outcome().expect("an end").expect_err("no success");
    assert_eq!(error.code, ErrorCode::Cancelled);
    game.advance(seconds(1));
    assert_eq!(game.script.calls(), [""; 0]);
}
