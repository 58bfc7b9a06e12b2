//! Tabs that the player moves out of a box into another one, and back.

use bevy::{picking::pointer::PointerAction, prelude::*, ui_widgets::Activate};
use bevy_cometchat::chat_box::{
    ChatBox, ChatBoxReadOnly, ChatBoxTabs, ChatLayout, ChatLineEntered, ChatLogRow, ChatTabHandle,
    ChatTabs, PlayerChatBox,
};

use crate::{
    several_boxes::{area_of, part_in, parts_in, state_of, tabs_in},
    stage::{Stage, text_of_node},
};

const ALL: [&str; 4] = ["All", "Zone", "Whispers", "System"];
const WITHOUT_ZONE: [&str; 3] = ["All", "Whispers", "System"];

fn drag(stage: &mut Stage, from: Vec2, to: Vec2) {
    stage.press_pointer(from);
    let delta = (to - from) / 4.0;
    for step in 1..=4 {
        let at = from + delta * step as f32;
        stage.pointer(at, PointerAction::Move { delta });
        stage.frames(1);
    }
    stage.release_pointer(to);
    stage.frames(4);
}

/// The handle of a tab in a box.
fn handle(stage: &mut Stage, chat_box: Entity, tab: &str) -> Entity {
    let handles = parts_in::<ChatTabHandle>(stage, chat_box);
    let world = stage.app.world();
    let is_it = |it: &Entity| world.get::<ChatTabHandle>(*it).unwrap().0 == *tab;
    handles.into_iter().find(is_it).unwrap()
}

fn players_box(stage: &mut Stage) -> Option<Entity> {
    let world = stage.app.world_mut();
    let mut boxes = world.query_filtered::<Entity, With<PlayerChatBox>>();
    boxes.iter(stage.app.world()).next()
}

fn first_box(stage: &mut Stage) -> Entity {
    let world = stage.app.world_mut();
    let mut boxes = world.query_filtered::<Entity, (With<ChatBox>, Without<PlayerChatBox>)>();
    boxes.single(stage.app.world()).unwrap()
}

fn enter(stage: &mut Stage, line: &str) {
    stage.app.world_mut().trigger(ChatLineEntered::new(line));
    stage.frames(4);
}

#[test]
fn a_tab_is_dragged_out_into_a_second_box_and_back() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    stage.hear("ana", "hi");
    stage.modes().is_layout_mode = true;
    stage.frames(4);
    let zone = handle(&mut stage, first, "zone");
    let from = stage.middle(zone);
    let before = area_of(&stage, first);
    drag(&mut stage, from, Vec2::new(800.0, 120.0));
    let second = players_box(&mut stage).expect("there is a second box");
    assert_eq!(
        area_of(&stage, first),
        before,
        "the box itself is not dragged"
    );
    assert_eq!(tabs_in(&mut stage, first), WITHOUT_ZONE);
    assert_eq!(tabs_in(&mut stage, second), ["Zone"]);
    assert_eq!(state_of(&mut stage, second).tab, ChatTabs::ZONE);
    let area = area_of(&stage, second);
    assert!((area.min.x - 800.0).abs() < 2.0, "{area:?}");

    let zone = handle(&mut stage, second, "zone");
    let (from, to) = (stage.middle(zone), stage.middle(first));
    drag(&mut stage, from, to);
    assert_eq!(players_box(&mut stage), None, "an empty box does not stay");
    assert_eq!(tabs_in(&mut stage, first), ALL);
    assert_eq!(state_of(&mut stage, first).tab, ChatTabs::ZONE);
}

#[test]
fn a_tab_that_is_dropped_on_its_own_box_stays() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    stage.modes().is_layout_mode = true;
    stage.frames(4);
    let zone = handle(&mut stage, first, "zone");
    let (from, to) = (stage.middle(zone), stage.middle(first));
    drag(&mut stage, from, to);
    assert_eq!(players_box(&mut stage), None);
    assert_eq!(tabs_in(&mut stage, first), ALL);
}

#[test]
fn a_tab_moves_between_boxes_of_the_game() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    let tabs = ChatBoxTabs::only([ChatTabs::SYSTEM]);
    let log = stage
        .app
        .world_mut()
        .spawn((ChatBox, Name::new("log"), ChatBoxReadOnly, tabs))
        .id();
    let mut layout = stage.app.world_mut().get_mut::<ChatLayout>(log).unwrap();
    layout.set_area(
        Vec2::new(1_280.0, 720.0),
        Rect::new(800.0, 20.0, 1_200.0, 320.0),
    );
    stage.modes().is_layout_mode = true;
    stage.frames(4);
    let zone = handle(&mut stage, first, "zone");
    let (from, to) = (stage.middle(zone), stage.middle(log));
    drag(&mut stage, from, to);
    assert_eq!(tabs_in(&mut stage, log), ["System", "Zone"]);
    assert_eq!(tabs_in(&mut stage, first), WITHOUT_ZONE);
    assert_eq!(players_box(&mut stage), None);
    enter(&mut stage, "/layout reset");
    assert_eq!(tabs_in(&mut stage, log), ["System"]);
    assert_eq!(tabs_in(&mut stage, first), ALL);
}

#[test]
fn keys_and_commands_move_a_tab_out_and_back() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    stage.modes().is_layout_mode = true;
    stage.frames(4);
    let zone = handle(&mut stage, first, "zone");
    stage.app.world_mut().trigger(Activate { entity: zone });
    stage.frames(4);
    let second = players_box(&mut stage).expect("there is a second box");
    assert_eq!(tabs_in(&mut stage, first), WITHOUT_ZONE);
    let zone = handle(&mut stage, second, "zone");
    stage.app.world_mut().trigger(Activate { entity: zone });
    stage.frames(4);
    assert_eq!(players_box(&mut stage), None);
    assert_eq!(tabs_in(&mut stage, first), ALL);

    enter(&mut stage, "/layout out zone");
    assert!(players_box(&mut stage).is_some());
    assert_eq!(tabs_in(&mut stage, first), WITHOUT_ZONE);
    enter(&mut stage, "/layout out zone");
    enter(&mut stage, "/layout out nothing");
    enter(&mut stage, "/layout back nothing");
    assert_eq!(tabs_in(&mut stage, first), WITHOUT_ZONE);
    enter(&mut stage, "/layout back ZONE");
    assert_eq!(players_box(&mut stage), None);
    assert_eq!(tabs_in(&mut stage, first), ALL);
}

#[test]
fn a_tab_is_moved_by_the_label_that_the_player_sees() {
    let mut stage = Stage::new();
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.get_mut(ChatTabs::ZONE).unwrap().label = "The Square".into();
    stage.frames(2);
    for command in ["/layout out nothing", "/layout back nothing"] {
        enter(&mut stage, command);
        let lines = stage.lines();
        let last = lines.last().unwrap();
        assert!(last.contains("no tab with that name"), "{command}: {last}");
    }
    enter(&mut stage, "/layout out the square");
    let second = players_box(&mut stage).expect("there is a second box");
    assert_eq!(tabs_in(&mut stage, second), ["The Square"]);
}

#[test]
fn a_tab_that_cannot_be_moved_out_or_back_is_named_as_the_reason() {
    let mut stage = Stage::new();
    let last = |stage: &mut Stage, command: &str| {
        enter(stage, command);
        let first = first_box(stage);
        let rows = parts_in::<ChatLogRow>(stage, first).into_iter();
        let said: String = rows.map(|row| text_of_node(stage, row)).collect();
        said
    };
    let said = last(&mut stage, "/layout back zone");
    assert!(said.contains("has no box of its own"), "{said}");
    enter(&mut stage, "/layout out zone");
    let said = last(&mut stage, "/layout out zone");
    assert!(said.contains("has a box of its own"), "{said}");
    let mut boxes = stage.app.world_mut().query::<&ChatBox>();
    assert_eq!(boxes.iter(stage.app.world()).count(), 2);
}

#[test]
fn a_tab_is_moved_out_of_another_box_of_the_game() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    let shown = ChatBoxTabs::only([ChatTabs::WHISPERS, ChatTabs::ZONE, ChatTabs::SYSTEM]);
    let mut tabs = stage.app.world_mut().get_mut::<ChatBoxTabs>(first).unwrap();
    tabs.remove(ChatTabs::ZONE);
    let other = (ChatBox, Name::new("other"), shown);
    let other = stage.app.world_mut().spawn(other).id();
    stage.frames(3);
    enter(&mut stage, "/layout out zone");
    let own = players_box(&mut stage).expect("there is a third box");
    assert_eq!(tabs_in(&mut stage, own), ["Zone"]);
    assert_eq!(tabs_in(&mut stage, other), ["Whispers", "System"]);
}

#[test]
fn a_box_of_a_moved_tab_has_an_input_of_its_own() {
    let mut stage = Stage::new();
    enter(&mut stage, "/layout out zone");
    let second = players_box(&mut stage).unwrap();
    state_of(&mut stage, second).is_open = true;
    stage.frames(3);
    stage.type_text("from the zone");
    stage.enter();
    assert_eq!(stage.sent(), ["from the zone"]);
    assert_eq!(stage.chat.sent()[0].envelope.receiver, crate::stage::zone());
    let _ = part_in::<bevy_cometchat::chat_box::ChatInput>(&mut stage, second);
}

#[test]
fn moved_tabs_and_layouts_of_all_boxes_are_kept_for_the_next_run() {
    let mut stage = Stage::new();
    enter(&mut stage, "/layout out zone");
    let second = players_box(&mut stage).unwrap();
    let window = Vec2::new(1_280.0, 720.0);
    let set = |stage: &mut Stage, chat_box: Entity, area: Rect| {
        let mut layout = stage
            .app
            .world_mut()
            .get_mut::<ChatLayout>(chat_box)
            .unwrap();
        layout.set_area(window, area);
    };
    set(&mut stage, second, Rect::new(700.0, 30.0, 1_100.0, 300.0));
    let first = first_box(&mut stage);
    set(&mut stage, first, Rect::new(10.0, 400.0, 500.0, 700.0));
    stage.frames(3);

    let mut stage = stage.restart();
    stage.log_in();
    stage.frames(4);
    let second = players_box(&mut stage).expect("it is there again");
    let first = first_box(&mut stage);
    assert_eq!(tabs_in(&mut stage, first), WITHOUT_ZONE);
    assert_eq!(tabs_in(&mut stage, second), ["Zone"]);
    let (left, right) = (area_of(&stage, first), area_of(&stage, second));
    assert!((left.min.x - 10.0).abs() < 1.5 && (right.min.x - 700.0).abs() < 1.5);

    // Nothing of the user is left for the next.
    stage.comet().logout();
    stage.frames(6);
    assert_eq!(players_box(&mut stage), None);
    assert_eq!(tabs_in(&mut stage, first), ALL);
    let layout = stage.app.world().get::<ChatLayout>(first).unwrap();
    assert_eq!(*layout, ChatLayout::default());
    stage.log_in();
    stage.frames(4);
    assert!(players_box(&mut stage).is_some());
    assert_eq!(tabs_in(&mut stage, first), WITHOUT_ZONE);
}

#[test]
fn a_box_that_comes_later_has_the_layout_that_is_kept_under_its_name() {
    let mut stage = Stage::new();
    let log = || (ChatBox, Name::new("log"), ChatBoxReadOnly);
    let first = stage.app.world_mut().spawn(log()).id();
    stage
        .app
        .world_mut()
        .get_mut::<ChatLayout>(first)
        .unwrap()
        .scale = 1.5;
    stage.frames(2);
    stage.app.world_mut().entity_mut(first).despawn();
    stage.frames(2);
    let mut stage = stage.restart();
    stage.log_in();
    let other = stage
        .app
        .world_mut()
        .spawn((ChatBox, Name::new("other")))
        .id();
    let again = stage.app.world_mut().spawn(log()).id();
    stage.frames(2);
    let scale = |it| stage.app.world().get::<ChatLayout>(it).unwrap().scale;
    assert_eq!((scale(again), scale(other)), (1.5, 1.0));
}
