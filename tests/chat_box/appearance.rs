//! How the box keeps still, and what it says of what is not there.

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{
        ChatEmptyText, ChatHint, ChatInputPlaceholder, ChatInputTarget, ChatLog, ChatTab,
        ChatTabBar, ChatTabId, ChatTabShows, ChatTabs,
    },
    prelude::*,
};

use crate::stage::{Stage, text_of_node, zone};

fn height<P: Component>(stage: &mut Stage) -> f32 {
    let entity = stage.part::<P>();
    stage
        .app
        .world()
        .get::<ComputedNode>(entity)
        .unwrap()
        .size()
        .y
}

fn is_shown<P: Component>(stage: &mut Stage) -> bool {
    let entity = stage.part::<P>();
    let node = stage.app.world().get::<Node>(entity).unwrap();
    node.display != Display::None
}

fn look_at(stage: &mut Stage, tab: ChatTabId) {
    stage.state().tab = tab;
    stage.frames(3);
}

#[test]
fn the_messages_take_up_no_more_room_than_they_need_and_grow_to_their_full_height() {
    let mut stage = Stage::new();
    stage.hear("ana", "one");
    stage.frames(3);
    let low = height::<ChatLog>(&mut stage);
    assert!(low < 80.0, "{low}");

    for number in 0..40 {
        stage.hear("ana", &format!("line {number}"));
    }
    stage.frames(10);
    assert_eq!(height::<ChatLog>(&mut stage), 190.0);
    assert!(stage.lines().len() > 8);
}

#[test]
fn the_messages_stay_as_high_when_a_tab_with_fewer_is_shown() {
    let mut stage = Stage::new();
    for number in 0..40 {
        stage.hear("ana", &format!("line {number}"));
    }
    stage.frames(10);
    look_at(&mut stage, ChatTabs::SYSTEM);
    assert_eq!(height::<ChatLog>(&mut stage), 190.0);
}

#[test]
fn a_tab_without_messages_says_so() {
    let mut stage = Stage::new();
    look_at(&mut stage, ChatTabs::WHISPERS);
    assert!(is_shown::<ChatEmptyText>(&mut stage));
    assert!(stage.says::<ChatEmptyText>().contains("/w NAME TEXT"));

    assert!(stage.chat.receive_text("ana", "psst").is_some());
    stage.frames(3);
    assert!(!is_shown::<ChatEmptyText>(&mut stage));
}

#[test]
fn what_says_who_types_moves_nothing() {
    let mut stage = Stage::new();
    stage.hear("ana", "hello");
    stage.frames(3);
    let messages = stage.part::<ChatLog>();
    let place = |stage: &Stage| {
        let at = stage.app.world().get::<UiGlobalTransform>(messages);
        at.unwrap().translation
    };
    let mut state = stage.state();
    state.to = Some(Uid::from("ana").into());
    stage.frames(3);
    let before = place(&stage);
    assert!(stage.chat.receive_typing("ana", true));
    stage.frames(3);
    assert_eq!(stage.says::<ChatHint>(), "ana is typing…");
    assert_eq!(place(&stage), before);
}

#[test]
fn the_placeholder_is_gone_in_the_frame_that_shows_what_is_typed() {
    let mut stage = Stage::new();
    stage.enter();
    assert!(is_shown::<ChatInputPlaceholder>(&mut stage));
    stage.press(Key::Character("h".into()), KeyCode::KeyH);
    stage.frames(1);
    assert!(!is_shown::<ChatInputPlaceholder>(&mut stage));
}

#[test]
fn a_whisper_is_addressed_by_the_name_of_somebody_who_spoke_in_the_zone() {
    let mut stage = Stage::new();
    let mut message = stage.message("ana-17", "hello");
    message.sender = User::new("ana-17", "Ana").into();
    assert!(stage.chat.receive(message));
    stage.frames(3);
    let mut state = stage.state();
    state.to = Some(Uid::from("ana-17").into());
    state.is_open = true;
    stage.frames(2);
    assert_eq!(stage.says::<ChatInputTarget>(), "To Ana");
}

#[test]
fn what_is_unread_is_read_as_soon_as_its_tab_is_shown() {
    let mut stage = Stage::new();
    look_at(&mut stage, ChatTabs::SYSTEM);
    stage.hear("ana", "hello");
    stage.frames(3);
    let unread = |stage: &Stage| {
        let history = stage.app.world().resource::<ChatHistory>();
        history.conversation(&zone()).unwrap().unread()
    };
    assert_eq!(unread(&stage), 1);
    look_at(&mut stage, ChatTabs::ALL);
    assert_eq!(unread(&stage), 0);
}

#[test]
fn tabs_that_do_not_fit_are_in_a_second_row_with_their_labels_in_one_line() {
    let mut stage = Stage::new();
    for label in [
        "Player 49638",
        "Player 83697",
        "Player 54827",
        "Player 60112",
    ] {
        let tab = ChatTab::new(label.to_owned(), label, ChatTabShows::Whispers);
        stage.app.world_mut().resource_mut::<ChatTabs>().push(tab);
    }
    stage.frames(3);
    let bar = stage.part::<ChatTabBar>();
    let world = stage.app.world();
    let size = |entity| world.get::<ComputedNode>(entity).unwrap().size();
    let right = |entity| stage.middle(entity).x + size(entity).x / 2.0;
    let tabs: Vec<_> = world.get::<Children>(bar).unwrap().iter().collect();
    let heights: Vec<_> = tabs.iter().map(|tab| size(*tab).y).collect();
    assert!(
        heights.iter().all(|height| *height == heights[0]),
        "{heights:?}"
    );
    assert!(tabs.iter().all(|tab| right(*tab) <= right(bar) + 0.5));
    assert!(stage.middle(tabs[tabs.len() - 1]).y > stage.middle(tabs[0]).y);
}

#[test]
fn a_tab_is_drawn_in_the_frame_in_which_it_comes() {
    let mut stage = Stage::new();
    stage.frames(8);
    let tab = ChatTab::new("more", "More", ChatTabShows::Whispers);
    stage.app.world_mut().resource_mut::<ChatTabs>().push(tab);
    stage.frames(1);
    let drawn = |stage: &mut Stage| {
        let bar = stage.part::<ChatTabBar>();
        let world = stage.app.world();
        let mut drawn = Vec::new();
        for tab in world.get::<Children>(bar).unwrap() {
            let label = world.get::<Children>(*tab).unwrap()[0];
            let text = text_of_node(stage, label);
            let color = world.get::<TextColor>(label).unwrap().0;
            drawn.push((
                text,
                color,
                world.get::<ComputedNode>(label).unwrap().size(),
            ));
        }
        drawn
    };
    let first = drawn(&mut stage);
    stage.frames(5);
    assert_eq!(first, drawn(&mut stage));
}
