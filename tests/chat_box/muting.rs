//! Mutes: at once, over restarts, and undone with a click.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{ChatHint, ChatInputTarget, ChatTabBar, ChatTabs, MuteDuration, Muted},
    prelude::*,
};

use crate::stage::{Stage, text_of_node};

fn enter(stage: &mut Stage, line: &str) {
    stage.enter();
    stage.type_text(line);
    stage.enter();
    stage.frames(4);
}

fn muted(stage: &mut Stage) -> Mut<'_, Muted> {
    stage.app.world_mut().resource_mut()
}

fn says(stage: &mut Stage, text: &str) -> bool {
    stage.lines().iter().any(|line| line.contains(text))
}

/// Otis and Ana talk in the zone.
fn square() -> Stage {
    let mut stage = Stage::new();
    stage.hear("otis", "buy my gold");
    stage.hear("ana", "hello");
    stage.frames(3);
    stage
}

#[test]
fn earlier_and_later_lines_of_a_muted_player_are_hidden_at_once() {
    let mut stage = square();
    stage.frames(2);
    muted(&mut stage).mute(&User::new("otis", "Otis"), MuteDuration::ForGood);
    stage.frames(1);
    let lines = stage.lines();
    assert!(
        lines.len() == 1 && lines[0].ends_with("ana: hello"),
        "{lines:?}"
    );
    stage.hear("otis", "buy my silver");
    stage.hear("ana", "bye");
    stage.frames(3);
    let lines = stage.lines();
    assert!(
        lines.len() == 2 && lines[1].ends_with("ana: bye"),
        "{lines:?}"
    );

    muted(&mut stage).unmute(&"otis".into());
    stage.frames(3);
    assert_eq!(stage.lines().len(), 4);
}

#[test]
fn notices_by_and_about_muted_players_are_hidden_but_not_those_about_the_user() {
    let mut stage = Stage::new();
    muted(&mut stage).mute(&User::new("otis", "Otis"), MuteDuration::ForGood);
    muted(&mut stage).mute(&User::new("admin", "Admin"), MuteDuration::ForGood);
    stage
        .chat
        .add_group("zone", GroupDetails::new().with_name("Zone"));
    for uid in ["otis", "ana", "bob", "me"] {
        stage.chat.add_group_member("zone", uid);
    }
    for uid in ["otis", "bob", "me"] {
        stage.chat.kick_group_member("zone", uid);
    }
    stage.frames(4);
    let lines = stage.lines();
    let all = lines.join("\n");
    assert!(all.contains("ana") && all.contains("bob"), "{lines:?}");
    assert!(
        !all.contains("otis") && !all.contains("removed bob"),
        "{lines:?}"
    );
    assert!(all.ends_with("removed me"), "{lines:?}");
}

#[test]
fn the_command_mutes_and_a_click_undoes_it() {
    let mut stage = square();
    enter(&mut stage, "/mute Otis");
    assert!(!says(&mut stage, "buy my gold"));
    let lines = stage.lines();
    assert!(
        lines.last().unwrap().contains("otis is muted ·"),
        "{lines:?}"
    );
    let undo = stage.place_of("Undo");
    stage.click(undo);
    stage.frames(2);
    assert!(says(&mut stage, "buy my gold"));
    assert!(!says(&mut stage, "Undo"), "it was used");
    assert!(stage.sent().is_empty());
}

#[test]
fn the_command_takes_a_duration() {
    let mut stage = square();
    enter(&mut stage, "/mute otis 10");
    assert!(says(&mut stage, "otis is muted for 10 minutes"));
    let until = |stage: &mut Stage| muted(stage).iter().next().unwrap().1.until;
    assert!(until(&mut stage).is_some());
    enter(&mut stage, "/mute otis today");
    assert!(says(&mut stage, "otis is muted for today"));
    enter(&mut stage, "/mute otis");
    assert_eq!(until(&mut stage), None);
    enter(&mut stage, "/unmute otis");
    assert!(says(&mut stage, "otis is no longer muted."));
    assert!(says(&mut stage, "buy my gold"));
}

#[test]
fn a_mute_ends_by_itself() {
    let mut stage = square();
    let otis = User::new("otis", "Otis");
    muted(&mut stage).mute(&otis, MuteDuration::For(Duration::ZERO));
    stage.frames(3);
    assert!(muted(&mut stage).is_empty());
    assert!(says(&mut stage, "buy my gold"));
}

#[test]
fn a_name_that_two_have_is_asked_about_and_nobody_is_muted() {
    let mut stage = Stage::new();
    for uid in ["friend", "impostor"] {
        let mut message = stage.message(uid, "hi");
        message.sender = User::new(uid, "Ana").into();
        assert!(stage.chat.receive(message));
    }
    stage.frames(3);
    enter(&mut stage, "/mute Ana today");
    let lines = stage.lines();
    let last = lines.last().unwrap();
    assert!(
        last.contains("friend") && last.contains("impostor"),
        "{last}"
    );
    assert!(muted(&mut stage).is_empty());
    enter(&mut stage, "/mute impostor");
    assert!(muted(&mut stage).contains(&"impostor".into()));
}

#[test]
fn mutes_last_over_restarts_and_belong_to_their_user() {
    let mut stage = square();
    enter(&mut stage, "/mute otis");
    let mut stage = stage.restart();
    stage.frames(10);
    assert!(
        muted(&mut stage).contains(&"otis".into()),
        "after a restart"
    );
    assert_eq!(
        muted(&mut stage).iter().next().unwrap().1.name,
        "otis".into()
    );

    stage.comet().logout();
    stage.frames(6);
    assert!(muted(&mut stage).is_empty(), "nobody is logged in");
    stage.comet().login(AuthKey::new("other", "key"));
    stage.frames(10);
    assert!(muted(&mut stage).is_empty(), "it is another user");
    stage.comet().logout();
    stage.frames(6);
    stage.log_in();
    assert!(
        muted(&mut stage).contains(&"otis".into()),
        "it is the user again"
    );
}

#[test]
fn mutes_are_in_a_file_beside_the_session() {
    let directory = std::env::temp_dir().join(format!("muting-{}", std::process::id()));
    let settings = AppSettings::builder().session_directory(&directory);
    let mut stage = Stage::begin(settings.build());
    stage.log_in();
    muted(&mut stage).mute(&User::new("otis", "Otis"), MuteDuration::ForGood);
    stage.frames(1);
    let files = std::fs::read_dir(&directory).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let texts: Vec<_> = texts.collect();
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(texts.iter().any(|text| text.contains("otis")), "{texts:?}");
}

#[test]
fn a_muted_whisper_is_no_target_no_badge_and_nobody_types() {
    let mut stage = Stage::new();
    stage.chat.receive_text("ana", "got a minute?");
    stage.frames(3);
    stage.state().tab = ChatTabs::ZONE;
    muted(&mut stage).mute(&User::new("otis", "Otis"), MuteDuration::ForGood);
    stage.chat.receive_text("otis", "psst");
    stage.frames(3);
    let bar = stage.part::<ChatTabBar>();
    let children = stage.app.world().get::<Children>(bar).unwrap();
    let labels: Vec<_> = children
        .iter()
        .map(|tab| text_of_node(&stage, tab))
        .collect();
    assert!(labels.contains(&"Whispers".to_owned()), "{labels:?}");

    stage.state().tab = ChatTabs::WHISPERS;
    stage.enter();
    assert_eq!(stage.says::<ChatInputTarget>(), "To ana");
    stage.escape();
    enter(&mut stage, "/r sure");
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        Uid::from("ana").into()
    );

    stage.state().to = Some(Uid::from("otis").into());
    stage.chat.receive_typing("otis", true);
    stage.frames(3);
    assert_eq!(stage.says::<ChatHint>(), "");
}

#[test]
fn older_messages_are_fetched_past_those_of_a_muted_player() {
    let mut stage = Stage::new();
    muted(&mut stage).mute(&User::new("otis", "Otis"), MuteDuration::ForGood);
    for number in 0..300 {
        stage.hear("otis", &format!("gold {number}"));
    }
    stage.hear("ana", "hello");
    stage.frames(6);
    let lines = stage.lines();
    assert!(lines.len() == 1 && lines[0].ends_with("hello"), "{lines:?}");
}

#[test]
fn a_blocked_player_is_hidden_too_and_a_click_undoes_it() {
    let mut stage = square();
    let done = r#"{"data":{"otis":{"success":true,"message":"done"}}}"#;
    stage.chat.answer_next_call(done);
    enter(&mut stage, "/block otis");
    assert!(!says(&mut stage, "buy my gold"));
    assert!(says(&mut stage, "You will hear no more of otis. ·"));
    stage.chat.answer_next_call(done);
    let undo = stage.place_of("Undo");
    stage.click(undo);
    stage.frames(4);
    assert!(says(&mut stage, "buy my gold"));
    let calls = stage.chat.calls();
    let blocks = calls.iter().filter(|call| call.contains("blockedusers"));
    assert_eq!(blocks.count(), 2);
}

#[test]
fn a_player_whom_the_server_did_not_block_is_not_called_blocked() {
    let mut stage = square();
    stage
        .chat
        .answer_next_call(r#"{"data":{"otis":{"success":false,"message":"no"}}}"#);
    enter(&mut stage, "/block otis");
    assert!(says(&mut stage, "buy my gold"));
    assert!(says(&mut stage, "That did not work"));
}

#[test]
fn one_list_shows_the_muted_and_the_blocked() {
    let mut stage = square();
    enter(&mut stage, "/mute otis");
    stage
        .chat
        .answer_next_call(r#"{"data":[{"uid":"bob","name":"Bob"}]}"#);
    enter(&mut stage, "/muted");
    assert!(says(&mut stage, "otis is muted · \u{a0}Unmute"));
    assert!(says(&mut stage, "Bob is blocked · \u{a0}Unblock"));
    assert!(stage.chat.calls().last().unwrap().contains("blockedByMe"));
    let unmute = stage.place_of("Unmute");
    stage.click(unmute);
    assert!(muted(&mut stage).is_empty());

    stage.chat.answer_next_call(r#"{"data":[]}"#);
    enter(&mut stage, "/blocked");
    assert!(says(&mut stage, "Nobody is muted or blocked."));
}

#[test]
fn who_was_unblocked_elsewhere_is_seen_again() {
    let mut stage = square();
    stage
        .chat
        .answer_next_call(r#"{"data":{"otis":{"success":true,"message":"done"}}}"#);
    enter(&mut stage, "/block otis");
    assert!(!says(&mut stage, "buy my gold"));
    stage.chat.answer_next_call(r#"{"data":[]}"#);
    enter(&mut stage, "/blocked");
    assert!(says(&mut stage, "buy my gold"));
}

#[test]
fn unblock_finds_the_player_among_the_blocked() {
    let mut stage = Stage::new();
    stage
        .chat
        .answer_next_call(r#"{"data":[{"uid":"bob-7","name":"Bob Smith"}]}"#);
    stage
        .chat
        .answer_next_call(r#"{"data":{"bob-7":{"success":true,"message":"done"}}}"#);
    enter(&mut stage, "/unblock bob smith");
    stage.frames(4);
    assert!(says(&mut stage, "Bob Smith is no longer blocked."));
    assert!(stage.chat.call_bodies().last().unwrap().contains("bob-7"));
}
