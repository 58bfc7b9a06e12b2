//! Messages that are not held are fetched where they belong, and their lack is never silent (rule D3).

use std::time::Duration;

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::ChatTabs,
    model::{Receiver, Timestamp},
    prelude::*,
    test_util::ScriptedChat,
};

use crate::stage::{FRAME, NO_MESSAGES, Stage, zone};

const MISSING: &str = "Some messages are missing here…";

/// A page of texts of Ana's in the zone.
fn page(ids: impl IntoIterator<Item = u64>) -> String {
    let messages = ids.into_iter().map(|id| {
        format!(
            r#"{{"id":"{id}","conversationId":"group_zone","sender":"ana","receiver":"zone","receiverType":"group",
            "category":"message","type":"text","sentAt":{id},"data":{{"text":"message {id}"}}}}"#
        )
    });
    format!(r#"{{"data":[{}]}}"#, messages.collect::<Vec<_>>().join(","))
}

/// One before which there is another.
fn newer_page(ids: impl IntoIterator<Item = u64>) -> String {
    let meta = r#","meta":{"cursor":{"affix":"prepend"},"pagination":{"total_pages":2}}}"#;
    page(ids).trim_end_matches('}').to_owned() + meta
}

fn asked(chat: &ScriptedChat) -> Vec<String> {
    let mut calls = chat.calls();
    calls.retain(|call| call.contains("groups/zone/messages"));
    calls
}

fn hear_number(stage: &mut Stage, id: u64) {
    let mut message = stage.message("ana", &format!("message {id}"));
    message.id = MessageId(id);
    assert!(stage.chat.receive(message));
}

fn leave_gap(stage: &mut Stage, after: u64, before: u64) {
    stage
        .chat
        .leave_gap(MessageId(after), Some(MessageId(before)));
    stage.frames(2);
}

fn has_placeholder(stage: &mut Stage) -> bool {
    stage.lines().iter().any(|line| line.contains(MISSING))
}

#[test]
fn a_tab_whose_conversation_is_unknown_fetches_its_last_page_once() {
    let mut stage = Stage::begin(AppSettings::builder().region("us").build());
    stage.chat.answer_next_call(newer_page(1..=3));
    stage.log_in();
    stage.frames(4);
    let lines = stage.lines();
    assert!(
        lines.last().unwrap().ends_with("ana: message 3"),
        "{lines:?}"
    );
    assert!(
        !has_placeholder(&mut stage),
        "whoever does not look for more is told nothing"
    );

    let mut stage = Stage::new();
    stage.frames(2_000);
    assert_eq!(
        asked(&stage.chat).len(),
        1,
        "there was nothing, once and for all"
    );
}

#[test]
fn m1_without_a_connection_the_last_page_is_fetched_once_all_the_same() {
    let manual = AppSettings::builder()
        .region("us")
        .auto_establish_socket_connection(false);
    let mut stage = Stage::begin(manual.build());
    stage.chat.answer_next_call(newer_page(1..=3));
    stage.log_in();
    stage.frames(2_000);
    assert!(!stage.chat.is_connected());
    let lines = stage.lines();
    assert!(
        lines.last().unwrap().ends_with("ana: message 3"),
        "{lines:?}"
    );
    assert_eq!(asked(&stage.chat).len(), 1);

    stage.comet().connect();
    stage.frames(10);
    assert!(stage.chat.is_connected());
    assert_eq!(asked(&stage.chat).len(), 1, "the rest is recovered");
}

#[test]
fn the_oldest_line_says_that_there_is_more_to_those_who_scroll_to_it() {
    let mut stage = Stage::begin(AppSettings::builder().region("us").build());
    stage.chat.answer_next_call(newer_page(101..=160));
    stage.log_in();
    stage.frames(4);
    stage.enter();
    for _ in 0..20 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
        stage.frames(2);
    }
    let lines = stage.lines();
    assert!(
        lines[0].starts_with(MISSING) && lines[0].ends_with("message 101"),
        "{lines:?}"
    );

    stage.chat.answer_next_call(page(91..=100));
    stage.frames(700);
    let lines = stage.lines();
    assert!(!has_placeholder(&mut stage));
    assert!(
        lines.iter().any(|line| line.ends_with("message 101")),
        "it stays put: {lines:?}"
    );
    assert!(asked(&stage.chat).last().unwrap().contains("id=101"));
}

#[test]
fn a_tab_that_comes_later_is_fetched_when_it_is_shown() {
    let mut stage = Stage::new();
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::PARTY, Guid::from("party-1"));
    stage.state().tab = ChatTabs::ZONE;
    stage.frames(10);
    let party = |stage: &Stage| {
        let calls = stage.chat.calls();
        calls
            .iter()
            .filter(|call| call.contains("groups/party-1/messages"))
            .count()
    };
    assert_eq!(party(&stage), 0);
    stage.state().tab = ChatTabs::PARTY;
    stage.frames(10);
    assert_eq!(party(&stage), 1);
}

#[test]
fn what_could_not_be_fetched_is_asked_for_again_after_ten_seconds() {
    let mut stage = Stage::begin(AppSettings::builder().region("us").build());
    stage
        .chat
        .fail_next_call(ErrorCode::ServerUnreachable, "no route");
    stage.log_in();
    stage.frames(300);
    assert_eq!(asked(&stage.chat).len(), 1);
    stage.chat.answer_next_call(page([]));
    stage.frames(400);
    assert_eq!(asked(&stage.chat).len(), 2);
    stage.frames(1_000);
    assert_eq!(asked(&stage.chat).len(), 2);
}

#[test]
fn what_a_group_refused_is_asked_for_again_when_the_user_joins_it() {
    let mut stage = Stage::begin(AppSettings::builder().region("us").build());
    let refusal = ErrorCode::Other("ERR_GROUP_NOT_JOINED".into());
    stage.chat.fail_next_call(refusal, "not a member");
    stage.log_in();
    assert_eq!(asked(&stage.chat).len(), 1);
    stage.chat.add_group("zone", GroupDetails::new());
    stage.app.world_mut().spawn(ChatMember::of("zone"));
    stage.frames(200);
    assert_eq!(stage.chat.group_members("zone"), [Uid::from("me")]);
    assert_eq!(asked(&stage.chat).len(), 2);
}

#[test]
fn d3_a_gap_that_is_seen_has_a_placeholder_until_it_is_fetched() {
    let mut stage = Stage::new();
    hear_number(&mut stage, 1);
    stage.frames(2);
    stage.chat.set_online(false);
    leave_gap(&mut stage, 1, 5);
    hear_number(&mut stage, 5);
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines[1].starts_with(MISSING), "{lines:?}");
    assert!(lines[1].ends_with("message 5"), "{lines:?}");

    stage.chat.set_online(true);
    stage.chat.answer_next_call(page(1..=4));
    stage.frames(700);
    let lines = stage.lines();
    let numbers = lines.iter().map(|line| line.rsplit(' ').next().unwrap());
    assert_eq!(numbers.collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
    assert!(!has_placeholder(&mut stage));
    assert!(
        asked(&stage.chat).last().unwrap().contains("id=5"),
        "{:?}",
        asked(&stage.chat)
    );
}

#[test]
fn d3_a_gap_far_up_is_fetched_as_it_is_scrolled_to_and_what_is_seen_stays_put() {
    let mut stage = Stage::new();
    for id in 1..=30 {
        hear_number(&mut stage, id);
    }
    stage.frames(4);
    leave_gap(&mut stage, 30, 40);
    for id in 40..=100 {
        hear_number(&mut stage, id);
    }
    stage.frames(700);
    let before = asked(&stage.chat).len();
    assert!(!has_placeholder(&mut stage));

    stage.chat.answer_next_call(page(30..=39));
    stage.enter();
    let mut last = Vec::new();
    for _ in 0..14 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
        stage.frames(3);
        let now = stage.lines();
        if asked(&stage.chat).len() > before && last.is_empty() {
            last = now;
            stage.frames(10);
            assert_eq!(stage.lines(), last, "it stays put while the page arrives");
        }
    }
    assert_eq!(asked(&stage.chat).len(), before + 1);
    for id in 1..=100 {
        let history = stage.app.world().resource::<ChatHistory>();
        let zone = history.conversation(&zone()).unwrap();
        assert!(zone.position_of(MessageId(id)).is_some(), "{id}");
    }
}

#[test]
fn d3_what_a_connection_will_recover_is_not_fetched_without_it() {
    let mut stage = Stage::new();
    stage.hear("ana", "before");
    stage.frames(2);
    let before = asked(&stage.chat).len();
    stage.chat.refuse_connections(Cause::Unreachable);
    stage.chat.drop_connection(Cause::ConnectionLost);
    stage.enter();
    stage.type_text("lost?");
    stage.enter();
    let chat = stage.chat.clone();
    chat.advance_at(&mut stage.app, Duration::from_secs(30), FRAME * 4);
    assert_eq!(asked(&stage.chat).len(), before);
}

#[test]
fn d3_edits_that_may_be_missing_are_told_of() {
    let mut stage = Stage::new();
    stage.hear("ana", "before");
    stage.frames(2);
    stage.chat.leave_changes_gap(Timestamp(5));
    stage.frames(3);
    let lines = stage.lines();
    assert!(
        lines.last().unwrap().contains("edited or deleted"),
        "{lines:?}"
    );
}

#[test]
fn a_page_of_the_last_user_is_no_reason_not_to_ask_for_the_next_one() {
    let mut stage = Stage::new();
    stage.comet().logout();
    stage.frames(4);
    stage.comet().login(AuthKey::new("other", "key"));
    stage.frames(10);
    assert_eq!(asked(&stage.chat).len(), 2);
    assert!(stage.state().to.is_none());
}

#[test]
fn d3_what_is_missing_between_two_whispers_is_fetched_among_everything_too() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::ALL;
    let whisper = |stage: &mut Stage, id: u64| {
        let mut message = stage.message("ana", &format!("message {id}"));
        message.id = MessageId(id);
        message.receiver = Receiver::User(User::new("me", "Me").into());
        assert!(stage.chat.receive(message));
    };
    // The zone has a gap as well, and the conversation itself is requested.
    for _ in 0..4 {
        stage.chat.answer_next_call(NO_MESSAGES);
    }
    whisper(&mut stage, 10);
    leave_gap(&mut stage, 10, 30);
    whisper(&mut stage, 30);
    stage.frames(20);
    let asked: Vec<_> = stage.chat.calls();
    let asked = asked.iter().filter(|it| it.contains("users/ana/messages"));
    let asked: Vec<_> = asked.collect();
    // What was before the first whisper is left to the tab of whispers.
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("id=30"), "{asked:?}");
    assert!(!has_placeholder(&mut stage));
}
