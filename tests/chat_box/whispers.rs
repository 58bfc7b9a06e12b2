//! Whispers of earlier days, and what the box says while it does not know them.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{ChatEmptyText, ChatTabBar, ChatTabId, ChatTabs},
    prelude::*,
};

use crate::stage::{FRAME, NO_MESSAGES, Stage, text_of_node};

const REFUSAL: &str = r#"{"error":{"code":"ERR_BUSY","message":"later"}}"#;

/// A conversation with Bob with two unread whispers, the last with this id, and one with a group that no tab shows.
fn conversations(last: u64) -> String {
    format!(
        r#"{{"data":[{{"conversationId":"me_user_bob","conversationType":"user","unreadMessageCount":"2",
        "lastReadMessageId":"1","conversationWith":{{"uid":"bob","name":"Bob"}},"lastMessage":{{"id":"{last}",
        "conversationId":"me_user_bob","sender":"bob","receiver":"me","receiverType":"user","category":"message",
        "type":"text","sentAt":{last},"data":{{"text":"remember the well"}}}}}},
        {{"conversationId":"group_old","conversationType":"group","unreadMessageCount":"7","lastReadMessageId":"0",
        "conversationWith":{{"guid":"old","name":"Old","type":"public"}}}}]}}"#
    )
}

fn begin() -> Stage {
    Stage::begin(AppSettings::builder().region("us").build())
}

fn tab_labels(stage: &mut Stage) -> Vec<String> {
    let bar = stage.part::<ChatTabBar>();
    let buttons: Vec<_> = stage.app.world().get::<Children>(bar).unwrap().to_vec();
    buttons
        .into_iter()
        .map(|button| label_of(stage, button))
        .collect()
}

/// The texts of a tab's button.
fn label_of(stage: &Stage, button: Entity) -> String {
    let texts = stage.app.world().get::<Children>(button).unwrap().iter();
    let texts: Vec<_> = texts.map(|text| text_of_node(stage, text)).collect();
    texts.join(" ").trim_end().to_owned()
}

fn look_at(stage: &mut Stage, tab: ChatTabId) {
    stage.state().tab = tab;
    stage.frames(6);
}

fn wait(stage: &mut Stage, seconds: u64) {
    let chat = stage.chat.clone();
    chat.advance_at(&mut stage.app, Duration::from_secs(seconds), FRAME * 4);
}

#[test]
fn whispers_of_yesterday_are_there_with_a_badge_until_they_are_read() {
    let mut stage = begin();
    stage.chat.answer_conversations(conversations(5));
    stage.chat.answer_next_call(NO_MESSAGES);
    stage.state().tab = ChatTabs::ZONE;
    stage.log_in();
    assert!(tab_labels(&mut stage).contains(&"Whispers 2".to_owned()));
    look_at(&mut stage, ChatTabs::WHISPERS);
    let lines = stage.lines();
    assert!(
        lines[0].ends_with("bob whispers: remember the well"),
        "{lines:?}"
    );
    assert!(tab_labels(&mut stage).contains(&"Whispers".to_owned()));
    let history = stage.app.world().resource::<ChatHistory>();
    assert!(history.conversation(&Guid::from("old").into()).is_none());
}

#[test]
fn a_whisper_that_is_out_of_view_stays_unread() {
    let mut stage = begin();
    stage.chat.answer_conversations(conversations(2));
    stage.chat.answer_next_call(NO_MESSAGES);
    stage.state().tab = ChatTabs::SYSTEM;
    stage.log_in();
    for number in 0..40 {
        let mut message = stage.message("ana", &format!("message {number}"));
        message.id = MessageId(100 + number);
        assert!(stage.chat.receive(message));
    }
    stage.frames(6);
    look_at(&mut stage, ChatTabs::ALL);
    assert!(tab_labels(&mut stage).contains(&"Whispers 2".to_owned()));
    let lines = stage.lines();
    assert!(
        !lines.iter().any(|line| line.contains("the well")),
        "{lines:?}"
    );
}

#[test]
fn no_whispers_is_said_only_when_it_is_true() {
    let mut stage = begin();
    stage.chat.set_latency(Duration::from_secs(2));
    stage.chat.answer_conversations(REFUSAL);
    stage.state().tab = ChatTabs::WHISPERS;
    stage.comet().login(AuthKey::new("me", "key"));
    let mut said = Vec::new();
    for _ in 0..20 {
        wait(&mut stage, 1);
        let text = stage.says::<ChatEmptyText>();
        if said.last() != Some(&text) {
            said.push(text);
        }
    }
    for expected in ["Loading…", "This could not be loaded. Trying again…"] {
        assert!(said.contains(&expected.to_owned()), "{said:?}");
    }
    assert!(
        !said.iter().any(|it| it.contains("No whispers")),
        "{said:?}"
    );

    stage.chat.answer_conversations(NO_MESSAGES);
    wait(&mut stage, 14);
    assert!(stage.says::<ChatEmptyText>().starts_with("No whispers yet"));
}

#[test]
fn nothing_was_said_is_said_only_when_it_is_true() {
    let mut stage = begin();
    stage.state().tab = ChatTabs::ZONE;
    stage
        .chat
        .fail_next_call(ErrorCode::ServerUnreachable, "no route");
    stage.log_in();
    assert!(
        stage
            .says::<ChatEmptyText>()
            .starts_with("This could not be loaded")
    );
    stage.chat.answer_next_call(NO_MESSAGES);
    wait(&mut stage, 11);
    assert!(
        stage
            .says::<ChatEmptyText>()
            .starts_with("Nothing has been said")
    );
}

fn whisper(stage: &mut Stage, text: &str) {
    stage.state().to = Some(Uid::from("mira").into());
    stage.state().is_open = true;
    stage.frames(2);
    stage.type_text(text);
    stage.enter();
    stage.frames(6);
}

fn says_offline(stage: &mut Stage) -> usize {
    let lines = stage.lines();
    let notes = lines.iter().filter(|line| line.contains("Mira is offline"));
    notes.count()
}

#[test]
fn whoever_whispers_to_somebody_offline_learns_it_once() {
    let mut stage = Stage::new();
    let mira = r#"{"data":{"uid":"mira","name":"Mira","status":"offline"}}"#;
    stage.chat.answer_next_call(mira);
    whisper(&mut stage, "are you there?");
    assert_eq!(says_offline(&mut stage), 1);
    whisper(&mut stage, "hello?");
    assert_eq!(says_offline(&mut stage), 1);
    look_at(&mut stage, ChatTabs::WHISPERS);
    assert_eq!(says_offline(&mut stage), 1, "it stands where they whisper");
    look_at(&mut stage, ChatTabs::ZONE);
    assert_eq!(says_offline(&mut stage), 0);
}

#[test]
fn of_somebody_online_nothing_is_said() {
    let mut stage = Stage::new();
    let mira = r#"{"data":{"uid":"mira","name":"Mira","status":"online"}}"#;
    stage.chat.answer_next_call(mira);
    whisper(&mut stage, "are you there?");
    assert_eq!(says_offline(&mut stage), 0);
    let asked = stage.chat.calls();
    assert_eq!(asked.last().unwrap(), "GET users/mira");
}
