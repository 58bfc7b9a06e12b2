//! Slash commands, completion, and where a line goes.

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{
        AddChatCommand, ChatCommandCall, ChatHint, ChatInputCounter, ChatInputTarget, ChatTabs,
    },
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
    let is_listed = lines.iter().any(|line| line.contains("/roll"));
    assert!(is_listed, "{lines:?}");
    enter(&mut stage, "/help roll");
    let lines = stage.lines();
    let is_explained = lines.iter().any(|line| line.contains("/roll SIDES"));
    assert!(is_explained, "{lines:?}");
}

#[test]
fn tab_completes_commands_and_names() {
    let mut stage = Stage::new();
    stage.hear("anabel", "hi");
    stage.frames(3);
    stage.enter();
    stage.type_text("/he");
    assert_eq!(stage.says::<ChatHint>(), "/help");
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
fn tab_goes_as_far_as_all_commands_agree() {
    let mut stage = Stage::new();
    for name in ["dance", "dare"] {
        stage
            .app
            .add_chat_command(name, "", |_: In<ChatCommandCall>| {});
    }
    stage.enter();
    stage.type_text("/d");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.frames(2);
    assert_eq!(stage.typed(), "/da");
    stage.type_text("r");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.frames(2);
    assert_eq!(stage.typed(), "/dare ");
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
    stage.state().to = Some(ana.clone().into());
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
    assert_eq!(stage.says::<ChatInputCounter>(), "");
    stage.type_text(&"a".repeat(11));
    stage.frames(1);
    assert_eq!(stage.says::<ChatInputCounter>(), "90");
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

    stage.state().tab = ChatTabs::WHISPERS;
    stage.chat.receive_text("ana", "hi");
    stage.frames(2);
    stage.chat.receive_typing("ana", true);
    stage.frames(3);
    assert_eq!(stage.says::<ChatHint>(), "ana is typing…");
}

#[test]
fn w_finds_somebody_who_has_not_been_heard_of() {
    let mut stage = Stage::new();
    stage
        .chat
        .answer_next_call(r#"{"data":[{"uid":"mira-7","name":"Mira"}]}"#);
    enter(&mut stage, "/w mira psst");
    stage.frames(3);
    let mut calls = stage.chat.calls().into_iter();
    assert!(calls.any(|call| call.contains("searchKey=mira")));
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        ReceiverId::User("mira-7".into())
    );
    assert_eq!(stage.sent(), ["psst"]);
}

#[test]
fn join_and_leave_go_to_the_server() {
    let mut stage = Stage::new();
    stage
        .chat
        .add_group("tavern", GroupDetails::new().with_name("Tavern"));
    enter(&mut stage, "/join tavern");
    stage.frames(4);
    assert_eq!(stage.chat.group_members("tavern"), [Uid::from("me")]);
    enter(&mut stage, "/leave tavern");
    stage.frames(4);
    assert!(stage.chat.group_members("tavern").is_empty());
    assert!(stage.sent().is_empty());
}

#[test]
fn block_says_that_it_is_done_and_a_refusal_says_why() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.frames(3);
    stage
        .chat
        .answer_next_call(r#"{"data":{"ana":{"success":true,"message":"blocked"}}}"#);
    enter(&mut stage, "/block Ana");
    stage.frames(4);
    let lines = stage.lines();
    assert!(
        lines
            .last()
            .unwrap()
            .contains("You will hear no more of ana."),
        "{lines:?}"
    );
    assert!(stage.chat.calls().last().unwrap().contains("blockedusers"));

    stage
        .chat
        .fail_next_call(ErrorCode::ServerUnreachable, "no route");
    enter(&mut stage, "/block bob");
    stage.frames(4);
    let lines = stage.lines();
    assert!(
        lines
            .last()
            .unwrap()
            .ends_with("That did not work: no connection."),
        "{lines:?}"
    );
}

#[test]
fn commands_without_what_they_need_say_how_they_are_used() {
    let mut stage = Stage::new();
    for command in ["w", "me", "join", "block", "mute", "report"] {
        enter(&mut stage, &format!("/{command}"));
        let lines = stage.lines();
        let usage = format!("/{command} ");
        assert!(lines.last().unwrap().contains(&usage), "{lines:?}");
    }
    enter(&mut stage, "/r hello?");
    let lines = stage.lines();
    assert!(
        lines
            .last()
            .unwrap()
            .ends_with("Nobody has whispered to you yet."),
        "{lines:?}"
    );
    assert!(stage.sent().is_empty());
}

#[test]
fn help_lists_every_command() {
    let mut stage = Stage::new();
    enter(&mut stage, "/help");
    let lines = stage.lines();
    let commands = [
        "block", "blocked", "help", "join", "leave", "me", "mute", "muted", "r", "report",
        "unblock", "unmute", "w",
    ];
    for command in commands {
        let listed = lines
            .iter()
            .any(|line| line.contains(&format!("/{command}")));
        assert!(listed, "/{command} in {lines:?}");
    }
}

#[test]
fn help_says_how_a_command_is_used() {
    let mut stage = Stage::new();
    enter(&mut stage, "/help w");
    let lines = stage.lines();
    assert!(lines.last().unwrap().contains("/w NAME TEXT"), "{lines:?}");
}

#[test]
fn w_without_a_text_addresses_what_is_typed_next() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.frames(3);
    enter(&mut stage, "/w ana");
    assert!(stage.is_open());
    assert_eq!(stage.says::<ChatInputTarget>(), "To ana");
    stage.type_text("psst");
    stage.enter();
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        Uid::from("ana").into()
    );
}

#[test]
fn a_games_own_command_is_completed_and_may_replace_one_of_the_boxs() {
    let mut stage = Stage::new();
    stage
        .app
        .add_chat_command(
            "where",
            "/where: where you are",
            |_: In<ChatCommandCall>| {},
        )
        .add_chat_command(
            "me",
            "/me: nothing",
            |_: In<ChatCommandCall>, mut notes: ResMut<bevy_cometchat::chat_box::ChatNotes>| {
                notes.push("nobody");
            },
        );
    stage.enter();
    stage.type_text("/wh");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.frames(2);
    assert_eq!(stage.typed(), "/where ");
    stage.escape();
    stage
        .app
        .world_mut()
        .trigger(bevy_cometchat::chat_box::ChatLineEntered::new("/me waves"));
    stage.frames(3);
    assert!(stage.sent().is_empty());
    assert!(stage.lines().last().unwrap().ends_with("nobody"));
}

#[test]
fn the_arrows_come_back_to_what_was_being_typed() {
    let mut stage = Stage::new();
    enter(&mut stage, "one");
    stage.enter();
    stage.type_text("half");
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    stage.frames(1);
    assert_eq!(stage.typed(), "one");
    stage.tap(Key::ArrowDown, KeyCode::ArrowDown);
    stage.frames(1);
    assert_eq!(stage.typed(), "half");
}

#[test]
fn somebody_elses_typing_is_shown_until_it_ends() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::WHISPERS;
    stage.chat.receive_text("ana", "hi");
    stage.chat.receive_typing("ana", true);
    stage.frames(3);
    assert_eq!(stage.says::<ChatHint>(), "ana is typing…");
    stage.chat.receive_typing("ana", false);
    stage.frames(3);
    assert_eq!(stage.says::<ChatHint>().trim(), "");

    stage.chat.receive_typing("ana", true);
    stage.frames(3);
    stage.frames(16 * 63);
    assert_eq!(
        stage.says::<ChatHint>().trim(),
        "",
        "nothing more was heard of her"
    );
}

#[test]
fn the_receiver_learns_that_the_typing_has_ended_when_the_box_is_closed() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("h");
    stage.frames(3);
    let before = stage.chat.frames().len();
    stage.escape();
    stage.frames(3);
    let frames = stage.chat.frames();
    assert!(
        frames[before..].iter().any(|frame| frame.contains("ended")),
        "{frames:?}"
    );
}
