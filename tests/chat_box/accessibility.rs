//! What those get who hear the game, through AccessKit.

use accesskit::{Live, Role};
use bevy::{a11y::AccessibilityNode, input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{ChatConnectionLine, ChatInput, ChatJumpButton, ChatLog, ChatTabBar, ChatTabs},
    prelude::*,
};

use crate::stage::Stage;

/// What is announced. It is the one live node that is no part of its own.
fn announced(stage: &mut Stage) -> String {
    let mut nodes = stage
        .app
        .world_mut()
        .query_filtered::<&AccessibilityNode, Without<ChatConnectionLine>>();
    let mut nodes = nodes.iter(stage.app.world());
    let node = nodes
        .find(|node| node.live() == Some(Live::Polite))
        .unwrap();
    node.label().unwrap_or_default().to_owned()
}

#[test]
fn every_part_has_its_role() {
    let mut stage = Stage::new();
    assert_eq!(stage.spoken::<ChatTabBar>().role(), Role::TabList);
    assert_eq!(stage.spoken::<ChatLog>().role(), Role::List);
    assert_eq!(stage.spoken::<ChatInput>().role(), Role::TextInput);
    assert_eq!(stage.spoken::<ChatJumpButton>().role(), Role::Button);
    assert_eq!(stage.spoken::<ChatConnectionLine>().role(), Role::Status);
}

#[test]
fn a_line_is_an_item_of_the_list_and_says_all_of_it() {
    let mut stage = Stage::new();
    stage.hear("ana", "well met");
    stage.frames(3);
    let list = stage.part::<ChatLog>();
    let world = stage.app.world();
    let children = world.get::<Children>(list).unwrap().iter();
    let mut items = children.filter_map(|child| world.get::<AccessibilityNode>(child));
    let item = items.find(|node| node.role() == Role::ListItem).unwrap();
    assert!(item.label().unwrap().ends_with("[Zone] ana: well met"));
}

#[test]
fn the_input_says_what_it_is_for_and_what_is_in_it() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("hi");
    stage.frames(1);
    let input = stage.spoken::<ChatInput>();
    assert_eq!(input.label(), Some("Say something, or /help"));
    assert_eq!(input.value(), Some("hi"));
}

#[test]
fn tabs_say_what_is_unread_and_which_is_shown() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::ZONE;
    stage.chat.receive_text("bob", "psst");
    stage.frames(4);
    let bar = stage.part::<ChatTabBar>();
    let world = stage.app.world();
    let tabs = world.get::<Children>(bar).unwrap().iter();
    let tabs: Vec<_> = tabs
        .map(|tab| world.get::<AccessibilityNode>(tab).unwrap())
        .inspect(|tab| assert_eq!(tab.role(), Role::Tab))
        .map(|tab| (tab.label().unwrap(), tab.is_selected().unwrap()))
        .collect();
    let expected = [
        ("All", false),
        ("Zone", true),
        ("Whispers 1", false),
        ("System", false),
    ];
    assert_eq!(tabs, expected);
}

#[test]
fn a_new_message_is_announced_and_an_own_one_is_not() {
    let mut stage = Stage::new();
    stage.hear("ana", "hello");
    stage.frames(2);
    assert_eq!(announced(&mut stage), "ana: hello");
    stage.hear("me", "from another device");
    stage.frames(2);
    stage.enter();
    stage.type_text("mine");
    stage.enter();
    stage.frames(4);
    assert_eq!(announced(&mut stage), "ana: hello");
}

#[test]
fn messages_that_come_together_are_announced_together() {
    let mut stage = Stage::new();
    stage.hear("ana", "one");
    stage.hear("bob", "two");
    stage.frames(2);
    assert_eq!(announced(&mut stage), "ana: one\nbob: two");
}

#[test]
fn only_what_is_new_is_announced_not_what_is_scrolled_or_turned_to() {
    let mut stage = Stage::new();
    stage.chat.receive_text("bob", "psst");
    for number in 0..60 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.frames(6);
    assert_eq!(
        announced(&mut stage).lines().last(),
        Some("ana: message 59")
    );
    let before = announced(&mut stage);
    stage.enter();
    for _ in 0..3 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
        stage.frames(2);
    }
    stage.state().tab = ChatTabs::WHISPERS;
    stage.frames(4);
    assert_eq!(announced(&mut stage), before);

    stage.hear("ana", "in a tab that is not shown");
    stage.frames(3);
    assert_eq!(announced(&mut stage), before);
}

#[test]
fn a_lost_connection_is_announced() {
    let mut stage = Stage::new();
    stage.chat.refuse_connections(Cause::Unreachable);
    stage.chat.drop_connection(Cause::ConnectionLost);
    stage.frames(400);
    let said = stage.says::<ChatConnectionLine>();
    let node = stage.spoken::<ChatConnectionLine>();
    assert_eq!(node.label(), Some(said.as_str()));
    assert_eq!(node.live(), Some(Live::Polite));
}
