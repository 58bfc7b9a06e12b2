//! Whom a line goes to: always to the receiver that the player saw while writing it.

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{ChatInputTarget, ChatLogRow, ChatNotes, ChatTabs},
    prelude::*,
};

use crate::stage::Stage;

fn enter(stage: &mut Stage, line: &str) {
    stage.enter();
    stage.type_text(line);
    stage.enter();
    stage.frames(4);
}

/// Somebody of this name says something in the zone.
fn says(stage: &mut Stage, uid: &str, name: &str) {
    let mut message = stage.message(uid, "hello");
    message.sender = User::new(uid, name).into();
    assert!(stage.chat.receive(message));
    stage.frames(3);
}

fn receivers(stage: &Stage) -> Vec<ReceiverId> {
    let sent = stage.chat.sent();
    sent.iter().map(|it| it.envelope.receiver.clone()).collect()
}

fn user(uid: &str) -> ReceiverId {
    Uid::from(uid).into()
}

fn group(guid: &str) -> ReceiverId {
    Guid::from(guid).into()
}

fn last_line(stage: &mut Stage) -> String {
    stage.lines().pop().unwrap_or_default()
}

#[test]
fn a_whisper_that_arrives_while_the_player_writes_redirects_nothing() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::WHISPERS;
    stage.chat.receive_text("ana", "got a minute?");
    stage.frames(3);
    stage.enter();
    stage.type_text("sure");
    stage.chat.receive_text("mallory", "psst");
    stage.frames(3);
    assert_eq!(stage.says::<ChatInputTarget>(), "To ana");
    stage.type_text(", meet me");
    stage.enter();
    assert_eq!(receivers(&stage), [user("ana")]);

    stage.enter();
    stage.frames(1);
    assert_eq!(stage.says::<ChatInputTarget>(), "To mallory");
}

#[test]
fn the_target_is_fixed_when_the_input_opens() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::WHISPERS;
    stage.chat.receive_text("ana", "got a minute?");
    stage.frames(3);
    stage.enter();
    stage.chat.receive_text("mallory", "psst");
    stage.frames(3);
    assert_eq!(stage.says::<ChatInputTarget>(), "To ana");
    stage.type_text("sure");
    stage.enter();
    assert_eq!(receivers(&stage), [user("ana")]);
}

#[test]
fn a_line_that_was_begun_without_a_receiver_goes_to_nobody() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::WHISPERS;
    stage.enter();
    stage.type_text("is anybody there?");
    stage.chat.receive_text("mallory", "psst");
    stage.frames(3);
    stage.enter();
    stage.frames(3);
    assert_eq!(receivers(&stage), []);
}

#[test]
fn a_zone_that_changes_while_the_player_writes_redirects_nothing() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("wait for me");
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::ZONE, Guid::from("tavern"));
    stage.frames(3);
    stage.enter();
    assert_eq!(receivers(&stage), [group("zone")]);

    enter(&mut stage, "hello, tavern");
    assert_eq!(receivers(&stage)[1], group("tavern"));
}

#[test]
fn a_zone_that_goes_while_the_player_writes_redirects_nothing() {
    let mut stage = Stage::new();
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::PARTY, Guid::from("party"));
    stage.state().tab = ChatTabs::ZONE;
    stage.frames(3);
    stage.enter();
    stage.type_text("wait for me");
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.hide(ChatTabs::ZONE);
    stage.frames(3);
    stage.enter();
    assert_eq!(receivers(&stage), [group("zone")]);
}

#[test]
fn a_tab_that_the_player_turns_to_while_writing_is_the_new_target() {
    let mut stage = Stage::new();
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::PARTY, Guid::from("party"));
    stage.enter();
    stage.type_text("over here");
    stage.state().tab = ChatTabs::PARTY;
    stage.frames(2);
    stage.enter();
    assert_eq!(receivers(&stage), [group("party")]);
}

#[test]
fn whoever_does_not_exist_is_no_target() {
    let mut stage = Stage::new();
    stage.chat.receive_text("ana", "got a minute?");
    stage.frames(3);
    stage.chat.fail_next_send(ErrorCode::UserNotFound, "nobody");
    stage.state().to = Some(user("nobody"));
    enter(&mut stage, "hello?");
    enter(&mut stage, "/r sure");
    assert_eq!(receivers(&stage)[1..], [user("ana")]);

    stage.state().tab = ChatTabs::WHISPERS;
    enter(&mut stage, "meet me");
    assert_eq!(receivers(&stage)[2..], [user("ana")]);
}

#[test]
fn the_longest_name_is_meant() {
    let mut stage = Stage::new();
    says(&mut stage, "u1", "Bob");
    says(&mut stage, "u2", "Bob Smith");
    enter(&mut stage, "/w Bob Smith meet me at nine");
    enter(&mut stage, "/w bob hello");
    assert_eq!(receivers(&stage), [user("u2"), user("u1")]);
    assert_eq!(stage.sent(), ["meet me at nine", "hello"]);
}

#[test]
fn a_name_of_several_words_is_completed() {
    let mut stage = Stage::new();
    says(&mut stage, "u2", "Bob Smith");
    stage.enter();
    stage.type_text("/w bob s");
    stage.tap(bevy::input::keyboard::Key::Tab, KeyCode::Tab);
    stage.frames(2);
    assert_eq!(stage.typed(), "/w Bob Smith ");
    stage.type_text("hi");
    stage.enter();
    stage.frames(3);
    assert_eq!(receivers(&stage), [user("u2")]);
    assert_eq!(stage.sent(), ["hi"]);
}

#[test]
fn a_name_that_two_have_is_asked_about() {
    let mut stage = Stage::new();
    says(&mut stage, "friend", "Ana");
    says(&mut stage, "impostor", "Ana");
    for command in ["/w Ana the code is 1234", "/w Ana", "/block Ana"] {
        let calls = stage.chat.calls().len();
        enter(&mut stage, command);
        stage.frames(4);
        let line = last_line(&mut stage);
        assert!(
            line.contains("friend") && line.contains("impostor"),
            "{command}: {line}"
        );
        assert_eq!(stage.chat.calls().len(), calls, "{command}");
    }
    assert_eq!(receivers(&stage), []);
    assert_eq!(stage.state().to, None);

    enter(&mut stage, "/w friend the code is 1234");
    assert_eq!(receivers(&stage), [user("friend")]);
}

#[test]
fn an_exact_uid_means_its_user_whatever_others_call_themselves() {
    let mut stage = Stage::new();
    says(&mut stage, "mira", "Mira of the Hill");
    says(&mut stage, "impostor", "mira");
    enter(&mut stage, "/w mira the code is 1234");
    assert_eq!(receivers(&stage), [user("mira")]);
    // Not the uid as it is: this can be the name or the uid.
    enter(&mut stage, "/w Mira the code is 1234");
    assert_eq!(receivers(&stage), [user("mira")]);
    let line = last_line(&mut stage);
    assert!(
        line.contains("impostor") && line.contains("Mira of the Hill"),
        "{line}"
    );
    // Nobody else is completed to the uid.
    stage.enter();
    stage.type_text("/w impost");
    stage.tap(bevy::input::keyboard::Key::Tab, KeyCode::Tab);
    stage.frames(2);
    assert_eq!(stage.typed(), "/w impostor ");
}

#[test]
fn a_name_that_nobody_has_is_asked_about() {
    let mut stage = Stage::new();
    for command in ["/w nobody hello", "/block nobody"] {
        stage.chat.answer_next_call(r#"{"data":[]}"#);
        enter(&mut stage, command);
        stage.frames(4);
        let line = last_line(&mut stage);
        assert!(line.contains("nobody has that name"), "{command}: {line}");
        let calls = stage.chat.calls();
        assert!(!calls.iter().any(|call| call.contains("blockedusers")));
    }
    assert_eq!(receivers(&stage), []);
}

#[test]
fn a_name_that_two_have_on_the_server_is_asked_about() {
    let mut stage = Stage::new();
    stage.chat.answer_next_call(
        r#"{"data":[{"uid":"a-1","name":"Bob Smith"},{"uid":"a-2","name":"Bob Smith"},{"uid":"a-3","name":"Bob"}]}"#,
    );
    enter(&mut stage, "/w Bob Smith meet me");
    stage.frames(4);
    assert_eq!(receivers(&stage), []);
    let line = last_line(&mut stage);
    assert!(line.contains("a-1") && line.contains("a-2"), "{line}");
}

#[test]
fn somebody_whose_name_only_begins_so_is_not_blocked() {
    let mut stage = Stage::new();
    says(&mut stage, "u1", "Bob");
    stage
        .chat
        .answer_next_call(r#"{"data":[{"uid":"u2","name":"Bob Smith"}]}"#);
    stage
        .chat
        .answer_next_call(r#"{"data":{"u2":{"success":true,"message":"blocked"}}}"#);
    enter(&mut stage, "/block Bob Smith");
    stage.frames(6);
    assert!(last_line(&mut stage).contains("Bob Smith"));
}

/// All texts of the box, and all that assistive technology gets.
fn everything(stage: &mut Stage) -> String {
    let world = stage.app.world_mut();
    let mut texts = world.query::<&Text>();
    let mut all: Vec<String> = texts.iter(world).map(|text| text.0.clone()).collect();
    let mut spans = world.query::<&TextSpan>();
    all.extend(spans.iter(world).map(|span| span.0.clone()));
    let mut nodes = world.query::<&bevy::a11y::AccessibilityNode>();
    for node in nodes.iter(world) {
        all.extend(node.label().map(String::from));
        all.extend(node.value().map(String::from));
    }
    all.join("\n")
}

#[test]
fn nothing_of_a_user_is_left_after_the_logout() {
    let mut stage = Stage::new();
    stage.chat.receive_text("ana", "secret one");
    stage.hear("ana", "secret two");
    stage.frames(3);
    enter(&mut stage, "secret three");
    let mut notes = stage.app.world_mut().resource_mut::<ChatNotes>();
    notes.push("secret four");
    stage.state().tab = ChatTabs::WHISPERS;
    stage.state().to = Some(user("ana"));
    stage.enter();
    stage.type_text("secret five");
    stage.escape();
    stage.frames(3);
    assert!(everything(&mut stage).contains("secret"));

    stage.comet().logout();
    stage.frames(6);
    let left = everything(&mut stage);
    assert!(!left.contains("secret"), "{left}");
    assert_eq!(stage.typed(), "");
    assert_eq!(stage.state().to, None);
    assert_eq!(stage.state().tab, ChatTabs::ALL);
    let mut rows = stage.app.world_mut().query::<&ChatLogRow>();
    assert_eq!(rows.iter(stage.app.world()).count(), 0);

    stage.comet().login(AuthKey::new("other", "key"));
    stage.frames(10);
    stage.enter();
    stage.tap(bevy::input::keyboard::Key::ArrowUp, KeyCode::ArrowUp);
    stage.frames(2);
    assert_eq!(stage.typed(), "");
    assert!(!everything(&mut stage).contains("secret"));
}

#[test]
fn a_note_about_the_logout_stays() {
    let mut stage = Stage::new();
    stage.app.add_systems(
        Update,
        |mut logouts: MessageReader<LoggedOut>, mut notes: ResMut<ChatNotes>| {
            for _ in logouts.read() {
                notes.push("Good night.");
            }
        },
    );
    stage.comet().logout();
    stage.frames(6);
    assert!(last_line(&mut stage).ends_with("Good night."));
}

#[test]
fn the_password_of_a_group_is_not_recalled() {
    for line in ["/join vault hunter2", "/JOIN  vault   hunter2 "] {
        let mut stage = Stage::new();
        enter(&mut stage, line);
        stage.enter();
        stage.tap(bevy::input::keyboard::Key::ArrowUp, KeyCode::ArrowUp);
        stage.frames(2);
        let recalled = stage.typed();
        assert!(!recalled.contains("hunter2"), "{recalled}");
        assert!(recalled.ends_with("vault"), "{recalled}");
    }
}
