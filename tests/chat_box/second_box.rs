//! What a box beside the main one has of its own: its room, and its menus.

use bevy::{input::keyboard::Key, picking::pointer::PointerButton, prelude::*};
use bevy_cometchat::chat_box::{
    ChatBox, ChatBoxCorner, ChatBoxReadOnly, ChatBoxTabs, ChatBoxTheme, ChatLayout, ChatLog,
    ChatNotes, ChatTabs, OwnChatTheme,
};

use crate::{
    menus::{menu, title},
    several_boxes::{area_of, part_in, state_of},
    stage::{Stage, text_of_node},
};

#[test]
fn a_box_without_an_input_fills_its_place_with_lines() {
    let mut stage = Stage::new();
    let tabs = ChatBoxTabs::only([ChatTabs::SYSTEM]);
    let log = (ChatBox, Name::new("log"), ChatBoxReadOnly, tabs);
    let log = stage.app.world_mut().spawn(log).id();
    let window = Vec2::new(1_280.0, 720.0);
    let place = Rect::new(800.0, 20.0, 1_200.0, 320.0);
    let mut layout = stage.app.world_mut().get_mut::<ChatLayout>(log).unwrap();
    layout.set_area(window, place);
    for number in 0..40 {
        let mut notes = stage.app.world_mut().resource_mut::<ChatNotes>();
        notes.push(format!("The ogre hits you for {number}."));
    }
    stage.frames(8);
    let area = area_of(&stage, log);
    assert!((area.height() - place.height()).abs() < 2.0, "{area:?}");
    let list = part_in::<ChatLog>(&mut stage, log);
    let list = area_of(&stage, list);
    let below = area.max.y - list.max.y;
    assert!((0.0..10.0).contains(&below), "{area:?} {list:?}");
}

#[test]
fn an_empty_text_takes_up_no_room_in_a_box_that_is_made_later() {
    let mut stage = Stage::new();
    stage.frames(4);
    let second = (ChatBox, Name::new("second"));
    stage.app.world_mut().spawn(second);
    stage.frames(4);
    let world = stage.app.world_mut();
    let mut texts = world.query::<(&Text, &Node, &ComputedNode)>();
    let texts = texts.iter(stage.app.world());
    let sized = texts.filter(|(text, node, computed)| {
        let is_in_flow = node.position_type == PositionType::Relative;
        is_in_flow && text.0.is_empty() && computed.size() != Vec2::ZERO
    });
    assert_eq!(sized.count(), 0);
}

/// Otis and Ana have talked in the zone, which a second box shows, while the main box shows another tab.
fn in_second_box() -> Stage {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    let theme = ChatBoxTheme {
        corner: ChatBoxCorner::TopRight,
        ..default()
    };
    let tabs = ChatBoxTabs::only([ChatTabs::ZONE]);
    let second = (ChatBox, Name::new("second"), tabs, OwnChatTheme(theme));
    stage.app.world_mut().spawn(second);
    state_of(&mut stage, first).tab = ChatTabs::SYSTEM;
    stage.hear("otis", "buy my gold");
    stage.hear("ana", "hello");
    stage.frames(6);
    stage
}

fn step(stage: &mut Stage, key: Key, code: KeyCode) {
    stage.tap(key, code);
    stage.frames(2);
}

#[test]
fn the_arrows_change_to_other_players_in_the_box_in_which_the_menu_is() {
    let mut stage = in_second_box();
    let at = stage.place_of("ana");
    stage.click_with(PointerButton::Secondary, at);
    assert_eq!(title(&mut stage), "ana");
    for _ in 0..2 {
        step(&mut stage, Key::ArrowLeft, KeyCode::ArrowLeft);
        assert_eq!(title(&mut stage), "otis");
        step(&mut stage, Key::ArrowRight, KeyCode::ArrowRight);
        assert_eq!(title(&mut stage), "ana");
    }
}

#[test]
fn the_arrows_change_to_other_messages_in_the_box_in_which_the_menu_is() {
    let mut stage = in_second_box();
    let at = stage.place_of("hello");
    stage.click_with(PointerButton::Secondary, at);
    let quotes = |stage: &mut Stage, text: &str| {
        let menu = menu(stage);
        let said = text_of_node(stage, menu);
        assert!(said.contains(text), "{said}");
    };
    quotes(&mut stage, "hello");
    for _ in 0..2 {
        step(&mut stage, Key::ArrowLeft, KeyCode::ArrowLeft);
        quotes(&mut stage, "buy my gold");
        step(&mut stage, Key::ArrowRight, KeyCode::ArrowRight);
        quotes(&mut stage, "hello");
    }
}
