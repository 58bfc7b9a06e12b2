//! Slash commands, completion, and where a line goes.

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{AddChatCommand, ChatBoxPart, ChatBoxState, ChatCommandCall, ChatTabs},
    prelude::*,
};

use crate::stage::{Stage, zone};

fn enter(stage: &mut Stage, line: &str) {
    stage.enter();
    stage.type_text(line);
    stage.enter();
    stage.frames(4);
}

#[test]
fn a_line_goes_where_the_tab_says() {
    let mut stage = Stage::new();
    enter(&mut stage, "hello");
    assert_eq!(stage.chat.sent()[0].envelope.receiver, zone());
}

#[test]
fn w_whispers_to_somebody_by_name_and_r_answers() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi all");
    stage.frames(3);
    enter(&mut stage, "/w Ana psst");
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        Uid::from("ana").into()
    );

    stage.chat.receive_text("bob", "got a minute?");
    stage.frames(3);
    enter(&mut stage, "/r sure");
    assert_eq!(
        stage.chat.sent()[1].envelope.receiver,
        Uid::from("bob").into()
    );
    assert_eq!(stage.sent(), ["psst", "sure"]);
}

#[test]
fn me_says_what_the_player_does() {
    let mut stage = Stage::new();
    enter(&mut stage, "/me waves");
    assert_eq!(stage.sent(), ["waves"]);
}

#[test]
fn an_unknown_command_is_answered_and_not_sent() {
    let mut stage = Stage::new();
    enter(&mut stage, "/dance");
    assert!(stage.sent().is_empty());
    let lines = stage.lines();
    assert!(lines.last().unwrap().contains("/dance"), "{lines:?}");
}

#[test]
fn a_game_adds_a_command_and_help_lists_it() {
    #[derive(Resource, Default)]
    struct Rolled(Vec<String>);
    let mut stage = Stage::new();
    stage.app.init_resource::<Rolled>().add_chat_command(
        "roll",
        "/roll SIDES: roll a die",
        |call: In<ChatCommandCall>, mut rolled: ResMut<Rolled>| {
            rolled.0.push(call.0.arguments);
        },
    );
    enter(&mut stage, "/roll  20 ");
    assert_eq!(stage.app.world().resource::<Rolled>().0, ["20"]);
    enter(&mut stage, "/help");
    let lines = stage.lines();
    assert!(
        lines.iter().any(|line| line.contains("/roll SIDES")),
        "{lines:?}"
    );
}

#[test]
fn tab_completes_commands_and_names() {
    let mut stage = Stage::new();
    stage.hear("anabel", "hi");
    stage.frames(3);
    stage.enter();
    stage.type_text("/he");
    assert_eq!(stage.says(ChatBoxPart::Hint), "/help");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.enter();
    stage.frames(2);
    assert!(stage.lines().iter().any(|line| line.contains("/help")));

    stage.enter();
    stage.type_text("/w an");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.type_text("hey");
    stage.enter();
    assert_eq!(stage.sent(), ["hey"]);
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        Uid::from("anabel").into()
    );
}

#[test]
fn arrows_bring_back_what_was_sent() {
    let mut stage = Stage::new();
    enter(&mut stage, "one");
    enter(&mut stage, "two");
    stage.enter();
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    stage.enter();
    assert_eq!(stage.sent(), ["one", "two", "one"]);
}

#[test]
fn escape_keeps_what_was_typed() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("half a");
    stage.escape();
    stage.enter();
    stage.type_text(" line");
    stage.enter();
    assert_eq!(stage.sent(), ["half a line"]);
}

#[test]
fn a_whisper_that_was_begun_is_still_one_after_escape() {
    let mut stage = Stage::new();
    stage.enter();
    let ana = Uid::from("ana");
    stage.app.world_mut().resource_mut::<ChatBoxState>().to = Some(ana.clone().into());
    stage.type_text("between");
    stage.escape();
    stage.enter();
    stage.type_text(" us");
    stage.enter();
    assert_eq!(stage.sent(), ["between us"]);
    assert_eq!(stage.chat.sent()[0].envelope.receiver, ana.into());
}

#[test]
fn the_counter_appears_near_the_limit_which_holds() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text(&"a".repeat(899));
    stage.frames(1);
    assert_eq!(stage.says(ChatBoxPart::Counter), "");
    stage.type_text(&"a".repeat(11));
    stage.frames(1);
    assert_eq!(stage.says(ChatBoxPart::Counter), "90");
    stage.type_text(&"a".repeat(200));
    stage.enter();
    assert_eq!(stage.sent()[0].len(), 1_000);
}

#[test]
fn the_receiver_learns_that_something_is_typed_and_the_player_who_types() {
    let mut stage = Stage::new();
    let before = stage.chat.frames().len();
    stage.enter();
    stage.type_text("h");
    stage.frames(3);
    let frames = stage.chat.frames();
    assert!(
        frames[before..]
            .iter()
            .any(|frame| frame.contains("typing_indicator")),
        "{frames:?}"
    );

    stage.app.world_mut().resource_mut::<ChatBoxState>().tab = ChatTabs::WHISPERS;
    stage.chat.receive_text("ana", "hi");
    stage.frames(2);
    stage.chat.receive_typing("ana", true);
    stage.frames(3);
    assert_eq!(stage.says(ChatBoxPart::Hint), "ana is typing…");
}

#[test]
fn w_finds_somebody_who_has_not_been_heard_of() {
    let mut stage = Stage::new();
    stage
        .chat
        .answer_next_call(r#"{"data":[{"uid":"mira-7","name":"Mira"}]}"#);
    enter(&mut stage, "/w mira psst");
    stage.frames(3);
    assert!(stage.chat.calls()[0].contains("searchKey=mira"));
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        ReceiverId::User("mira-7".into())
    );
    assert_eq!(stage.sent(), ["psst"]);
}
