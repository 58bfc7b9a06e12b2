//! The tabs for single users are there again in the next run.

use bevy::{prelude::*, ui_widgets::Activate};
use bevy_cometchat::{
    chat_box::{ChatTabCloseButton, ChatTabs},
    prelude::*,
};

use crate::stage::{NO_MESSAGES, Stage};

/// The users who have tabs, in their order.
fn users(stage: &Stage) -> Vec<String> {
    let tabs = stage.app.world().resource::<ChatTabs>().iter();
    let users = tabs.filter_map(|tab| tab.id.strip_prefix("whisper:").map(Into::into));
    users.collect()
}

fn close(stage: &mut Stage, user: &str) {
    let world = stage.app.world_mut();
    let mut buttons = world.query_filtered::<(Entity, &ChildOf), With<ChatTabCloseButton>>();
    let buttons: Vec<_> = buttons.iter(stage.app.world()).collect();
    let is_of = |(_, tab): &(Entity, &ChildOf)| {
        crate::stage::text_of_node(stage, tab.parent()).starts_with(user)
    };
    let (entity, _) = buttons.into_iter().find(is_of).unwrap();
    stage.app.world_mut().trigger(Activate { entity });
    stage.frames(3);
}

/// A player with tabs for those who have whispered, with Ana's closed. Returns the id of Ana's last whisper.
fn with_tabs() -> (Stage, u64) {
    let mut stage = Stage::new();
    stage
        .app
        .world_mut()
        .resource_mut::<ChatTabs>()
        .opens_whisper_tabs = true;
    for user in ["cleo", "ana", "bob"] {
        stage.chat.receive_text(user, "psst");
        stage.frames(4);
    }
    assert_eq!(users(&stage), ["cleo", "ana", "bob"]);
    let history = stage.app.world().resource::<ChatHistory>();
    let ana = history.conversation(&Uid::from("ana").into()).unwrap();
    let last = ana.iter().next_back().unwrap().id().unwrap().0;
    close(&mut stage, "ana");
    assert_eq!(users(&stage), ["cleo", "bob"]);
    (stage, last)
}

/// The next run, in which the server knows this last whisper of Ana.
fn again(stage: Stage, last: u64) -> Stage {
    stage.chat.answer_conversations(format!(
        r#"{{"data":[{{"conversationId":"ana_user_me","conversationType":"user",
        "conversationWith":{{"uid":"ana","name":"ana"}},"lastMessage":{{"id":"{last}",
        "conversationId":"ana_user_me","sender":"ana","receiver":"me","receiverType":"user","category":"message",
        "type":"text","sentAt":{last},"data":{{"text":"psst"}}}}}}]}}"#
    ));
    let mut stage = stage.restart();
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.opens_whisper_tabs = true;
    stage.log_in();
    stage.frames(6);
    let history = stage.app.world().resource::<ChatHistory>();
    let ana = history.conversation(&Uid::from("ana").into());
    assert!(ana.is_some_and(|ana| !ana.is_empty()));
    stage
}

#[test]
fn the_tabs_are_there_again_in_their_order_and_a_closed_one_stays_closed_until_a_new_whisper() {
    let (stage, last) = with_tabs();
    let mut stage = again(stage, last);
    assert_eq!(users(&stage), ["cleo", "bob"]);
    stage.chat.receive_text("ana", "are you there?");
    stage.frames(4);
    assert_eq!(users(&stage), ["cleo", "bob", "ana"]);
    stage.chat.answer_conversations(NO_MESSAGES);
    let mut stage = stage.restart();
    stage.log_in();
    assert_eq!(
        users(&stage),
        ["cleo", "bob", "ana"],
        "also if no others are opened"
    );
}

#[test]
fn a_whisper_that_came_between_two_runs_opens_a_closed_tab() {
    let (stage, last) = with_tabs();
    let stage = again(stage, last + 1);
    assert_eq!(users(&stage), ["cleo", "bob", "ana"]);
}

#[test]
fn a_tab_that_is_closed_before_its_whispers_are_loaded_stays_closed_until_a_new_one() {
    let (mut stage, last) = with_tabs();
    stage.chat.receive_text("ana", "are you there?");
    stage.frames(4);
    assert_eq!(users(&stage), ["cleo", "bob", "ana"]);
    // The conversations are not loaded when the player closes the tab.
    stage.chat.answer_conversations("no JSON");
    let mut stage = stage.restart();
    stage.log_in();
    assert_eq!(users(&stage), ["cleo", "bob", "ana"]);
    close(&mut stage, "ana");
    let mut stage = again(stage, last + 1);
    assert_eq!(users(&stage), ["cleo", "bob"]);
    stage.chat.receive_text("ana", "hello?");
    stage.frames(4);
    assert_eq!(users(&stage), ["cleo", "bob", "ana"]);
}

#[test]
fn the_tabs_of_a_user_are_not_those_of_the_next() {
    let (mut stage, _) = with_tabs();
    stage.comet().logout();
    stage.frames(6);
    assert!(users(&stage).is_empty());
    stage.chat.answer_next_call(NO_MESSAGES);
    stage.comet().login(AuthKey::new("you", "key"));
    stage.frames(12);
    assert!(users(&stage).is_empty());
    stage.comet().logout();
    stage.frames(6);
    stage.log_in();
    stage.frames(4);
    assert_eq!(users(&stage), ["cleo", "bob"]);
}
