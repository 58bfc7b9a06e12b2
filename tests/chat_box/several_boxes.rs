//! Several boxes in one game.

use bevy::{
    input_focus::InputFocus, picking::pointer::PointerAction, prelude::*, text::EditableText,
};
use bevy_cometchat::{
    chat_box::{
        ChatBox, ChatBoxCorner, ChatBoxReadOnly, ChatBoxState, ChatBoxTabs, ChatBoxTheme,
        ChatInput, ChatInputPlaceholder, ChatInputTarget, ChatLog, ChatLogRow, ChatNotes,
        ChatTabBar, ChatTabs, OwnChatTheme,
    },
    prelude::*,
};

use crate::stage::{Stage, text_of_node, zone};

/// The parts of this kind in a box.
pub(crate) fn parts_in<P: Component>(stage: &mut Stage, chat_box: Entity) -> Vec<Entity> {
    let mut parts = stage.app.world_mut().query_filtered::<Entity, With<P>>();
    let world = stage.app.world();
    let mut parents = world.try_query::<&ChildOf>().unwrap();
    let parents = parents.query(world);
    let is_in = |part: &Entity| parents.iter_ancestors(*part).any(|it| it == chat_box);
    parts.iter(world).filter(is_in).collect()
}

pub(crate) fn part_in<P: Component>(stage: &mut Stage, chat_box: Entity) -> Entity {
    let parts = parts_in::<P>(stage, chat_box);
    assert_eq!(parts.len(), 1);
    parts[0]
}

fn says_in<P: Component>(stage: &mut Stage, chat_box: Entity) -> String {
    let part = part_in::<P>(stage, chat_box);
    text_of_node(stage, part)
}

/// The lines of a box that are shown, in any order.
fn lines_in(stage: &mut Stage, chat_box: Entity) -> Vec<String> {
    let rows = parts_in::<ChatLogRow>(stage, chat_box);
    let world = stage.app.world();
    let is_shown = |row: &Entity| *world.get::<Visibility>(*row).unwrap() != Visibility::Hidden;
    let shown = rows.into_iter().filter(is_shown);
    let shown: Vec<_> = shown.collect();
    shown
        .into_iter()
        .map(|row| text_of_node(stage, row))
        .collect()
}

/// The labels of the tabs of a box.
pub(crate) fn tabs_in(stage: &mut Stage, chat_box: Entity) -> Vec<String> {
    let bar = part_in::<ChatTabBar>(stage, chat_box);
    let tabs = stage.app.world().get::<Children>(bar);
    let tabs: Vec<_> = tabs.into_iter().flatten().copied().collect();
    tabs.into_iter()
        .map(|tab| text_of_node(stage, tab))
        .collect()
}

pub(crate) fn state_of(stage: &mut Stage, chat_box: Entity) -> Mut<'_, ChatBoxState> {
    stage.app.world_mut().get_mut(chat_box).unwrap()
}

fn typed_in(stage: &mut Stage, chat_box: Entity) -> String {
    let input = part_in::<ChatInput>(stage, chat_box);
    let input = stage.app.world().get::<EditableText>(input).unwrap();
    input.value().to_string()
}

pub(crate) fn area_of(stage: &Stage, chat_box: Entity) -> Rect {
    let size = stage
        .app
        .world()
        .get::<ComputedNode>(chat_box)
        .unwrap()
        .size();
    Rect::from_center_size(stage.middle(chat_box), size)
}

fn at_the_top(corner: ChatBoxCorner, width: f32) -> OwnChatTheme {
    OwnChatTheme(ChatBoxTheme {
        corner,
        width,
        ..default()
    })
}

/// The box of the plugin, and one with the zone and the whispers.
fn two_boxes() -> (Stage, Entity, Entity) {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    let second = stage.app.world_mut().spawn((
        ChatBox,
        Name::new("second"),
        ChatBoxTabs::only([ChatTabs::ZONE, ChatTabs::WHISPERS]),
        at_the_top(ChatBoxCorner::TopRight, 400.0),
    ));
    let second = second.id();
    stage.frames(4);
    (stage, first, second)
}

#[test]
fn two_boxes_have_tabs_and_themes_of_their_own() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    let log = stage.app.world_mut().spawn((
        ChatBox,
        Name::new("log"),
        ChatBoxReadOnly,
        ChatBoxTabs::only([ChatTabs::SYSTEM]),
        OwnChatTheme(ChatBoxTheme {
            corner: ChatBoxCorner::TopRight,
            width: 300.0,
            background: Color::srgb(0.2, 0.0, 0.0),
            ..default()
        }),
    ));
    let log = log.id();
    stage.hear("ana", "hi");
    let mut notes = stage.app.world_mut().resource_mut::<ChatNotes>();
    notes.push("The ogre hits you for 12.");
    stage.frames(5);
    let in_first = lines_in(&mut stage, first);
    assert!(
        in_first.iter().any(|it| it.ends_with("ana: hi")),
        "{in_first:?}"
    );
    let in_log = lines_in(&mut stage, log);
    assert_eq!(in_log.len(), 1, "{in_log:?}");
    assert!(in_log[0].ends_with("The ogre hits you for 12."));
    assert_eq!(tabs_in(&mut stage, log), ["System"]);
    assert_eq!(
        tabs_in(&mut stage, first),
        ["All", "Zone", "Whispers", "System"]
    );
    assert!(parts_in::<ChatInput>(&mut stage, log).is_empty());
    let (left, right) = (area_of(&stage, first), area_of(&stage, log));
    assert_eq!((left.width(), right.width()), (460.0, 300.0));
    assert!(right.min.x > 900.0 && right.min.y < 100.0 && left.min.y > 300.0);
    let red = |stage: &Stage, it| {
        stage
            .app
            .world()
            .get::<BackgroundColor>(it)
            .unwrap()
            .0
            .to_srgba()
            .red
    };
    assert!((red(&stage, log) - 0.2).abs() < 1e-4 && red(&stage, first) < 0.1);

    stage.app.world_mut().resource_mut::<ChatBoxTheme>().width = 500.0;
    stage.frames(3);
    let widths = [area_of(&stage, first).width(), area_of(&stage, log).width()];
    assert_eq!(widths, [500.0, 300.0]);
    stage
        .app
        .world_mut()
        .entity_mut(log)
        .remove::<OwnChatTheme>();
    stage.frames(3);
    assert_eq!(
        area_of(&stage, log).width(),
        500.0,
        "it has the theme of all"
    );
}

#[test]
fn each_box_fades_in_its_own_time() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    let mut theme = at_the_top(ChatBoxCorner::TopLeft, 300.0);
    theme.fade_after = None;
    let second = stage
        .app
        .world_mut()
        .spawn((ChatBox, ChatBoxReadOnly, theme))
        .id();
    stage.hear("ana", "hi");
    stage.frames(20 * 62);
    let alpha = |stage: &Stage, it| {
        stage
            .app
            .world()
            .get::<BackgroundColor>(it)
            .unwrap()
            .0
            .alpha()
    };
    assert_eq!(alpha(&stage, first), 0.0);
    assert!(alpha(&stage, second) > 0.9);
    stage.hear("ana", "again");
    stage.frames(3);
    assert!(alpha(&stage, first) > 0.9);
}

#[test]
fn what_is_typed_in_one_box_leaves_the_other_untouched() {
    let (mut stage, first, second) = two_boxes();
    let input = part_in::<ChatInput>(&mut stage, second);
    let at = stage.middle(input);
    stage.click(at);
    assert!(state_of(&mut stage, second).is_open && !state_of(&mut stage, first).is_open);
    stage.type_text("half a line");
    assert_eq!(typed_in(&mut stage, second), "half a line");
    assert_eq!(typed_in(&mut stage, first), "");
    assert_eq!(
        says_in::<ChatInputPlaceholder>(&mut stage, first),
        "Press Enter to chat"
    );
    assert_eq!(says_in::<ChatInputPlaceholder>(&mut stage, second), "");
    stage.escape();
    assert!(!stage.is_open());

    state_of(&mut stage, first).is_open = true;
    stage.frames(2);
    stage.type_text("all of it");
    assert_eq!(typed_in(&mut stage, second), "half a line");
    stage.enter();
    assert_eq!(stage.sent(), ["all of it"]);
    assert_eq!(typed_in(&mut stage, second), "half a line");
    // What was sent from one box is not recalled in the other.
    state_of(&mut stage, second).is_open = true;
    stage.frames(2);
    stage.tap(bevy::input::keyboard::Key::ArrowUp, KeyCode::ArrowUp);
    stage.frames(2);
    assert_eq!(typed_in(&mut stage, second), "half a line");
}

#[test]
fn the_open_key_opens_the_box_that_was_used_last_and_only_one_is_open() {
    let (mut stage, first, second) = two_boxes();
    stage.enter();
    assert!(
        state_of(&mut stage, first).is_open,
        "the first one at the start"
    );
    state_of(&mut stage, second).is_open = true;
    stage.frames(2);
    assert!(state_of(&mut stage, second).is_open && !state_of(&mut stage, first).is_open);
    let input = part_in::<ChatInput>(&mut stage, second);
    assert_eq!(
        stage.app.world().resource::<InputFocus>().get(),
        Some(input)
    );
    stage.escape();
    stage.enter();
    assert!(state_of(&mut stage, second).is_open && !state_of(&mut stage, first).is_open);
}

#[test]
fn each_box_has_a_receiver_of_its_own() {
    let (mut stage, first, second) = two_boxes();
    let (ana, bob): (ReceiverId, ReceiverId) = (Uid::from("ana").into(), Uid::from("bob").into());
    state_of(&mut stage, first).to = Some(ana.clone());
    state_of(&mut stage, second).to = Some(bob.clone());
    state_of(&mut stage, first).is_open = true;
    stage.frames(3);
    assert_eq!(says_in::<ChatInputTarget>(&mut stage, first), "To ana");
    assert_eq!(says_in::<ChatInputTarget>(&mut stage, second), "");
    stage.type_text("for ana");
    stage.enter();
    state_of(&mut stage, second).is_open = true;
    stage.frames(3);
    assert_eq!(says_in::<ChatInputTarget>(&mut stage, second), "To bob");
    stage.type_text("for bob");
    stage.enter();
    // A tab of the second box, while the first one shows everything.
    state_of(&mut stage, second).tab = ChatTabs::ZONE;
    state_of(&mut stage, second).is_open = true;
    stage.frames(3);
    stage.type_text("for all");
    stage.enter();
    let sent = stage.chat.sent();
    let receivers: Vec<_> = sent.iter().map(|it| it.envelope.receiver.clone()).collect();
    assert_eq!(receivers, [ana, bob, zone()]);
}

#[test]
fn a_click_on_a_name_in_a_log_addresses_in_the_box_with_an_input() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    state_of(&mut stage, first).tab = ChatTabs::WHISPERS;
    let theme = at_the_top(ChatBoxCorner::TopLeft, 400.0);
    let tabs = ChatBoxTabs::only([ChatTabs::ZONE]);
    let log = stage
        .app
        .world_mut()
        .spawn((ChatBox, ChatBoxReadOnly, tabs, theme))
        .id();
    stage.hear("ana", "hi");
    stage.frames(5);
    assert!(lines_in(&mut stage, first).is_empty());
    let at = stage.place_of("ana");
    stage.click(at);
    assert!(state_of(&mut stage, first).is_open && !state_of(&mut stage, log).is_open);
    assert_eq!(
        state_of(&mut stage, first).to,
        Some(Uid::from("ana").into())
    );
}

#[test]
fn a_message_is_read_when_any_box_shows_it() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    state_of(&mut stage, first).tab = ChatTabs::WHISPERS;
    stage.frames(2);
    stage.hear("ana", "hi");
    stage.frames(3);
    assert!(tabs_in(&mut stage, first).contains(&"Zone1".to_owned()));
    let theme = at_the_top(ChatBoxCorner::TopLeft, 400.0);
    let tabs = ChatBoxTabs::only([ChatTabs::ZONE]);
    stage
        .app
        .world_mut()
        .spawn((ChatBox, ChatBoxReadOnly, tabs, theme));
    stage.frames(6);
    assert!(tabs_in(&mut stage, first).contains(&"Zone".to_owned()));
}

#[test]
fn a_box_is_placed_by_a_node_of_the_game_beside_one_in_a_corner() {
    let mut stage = Stage::new();
    let first = stage.part::<ChatBox>();
    let node = Node {
        position_type: PositionType::Absolute,
        left: Val::Px(800.0),
        top: Val::Px(40.0),
        width: Val::Px(321.0),
        ..default()
    };
    let parent = stage.app.world_mut().spawn(node).id();
    let theme = at_the_top(ChatBoxCorner::InParent, 400.0);
    let second = stage
        .app
        .world_mut()
        .spawn((ChatBox, ChatBoxReadOnly, theme, ChildOf(parent)));
    let second = second.id();
    stage.hear("ana", "hi");
    stage.frames(5);
    let area = area_of(&stage, second);
    assert_eq!((area.min, area.width()), (Vec2::new(800.0, 40.0), 321.0));
    assert_eq!(area_of(&stage, first).width(), 460.0);
    assert_eq!(lines_in(&mut stage, second).len(), 1);
    stage.app.world_mut().get_mut::<Node>(parent).unwrap().left = Val::Px(20.0);
    stage.frames(3);
    assert_eq!(area_of(&stage, second).min, Vec2::new(20.0, 40.0));
}

#[test]
fn a_box_that_is_despawned_leaves_nothing_and_the_other_one_works() {
    let (mut stage, first, second) = two_boxes();
    state_of(&mut stage, second).is_open = true;
    stage.frames(2);
    stage.type_text("hal");
    stage.modes().is_layout_mode = true;
    stage.frames(2);
    stage.app.world_mut().entity_mut(second).despawn();
    stage.modes().is_layout_mode = false;
    stage.frames(3);
    assert!(!stage.is_open());
    assert_eq!(stage.app.world().resource::<InputFocus>().get(), None);
    let _ = (
        stage.part::<ChatBox>(),
        stage.part::<ChatLog>(),
        stage.part::<ChatInput>(),
    );
    stage.hear("ana", "hi");
    stage.enter();
    assert!(state_of(&mut stage, first).is_open);
    stage.type_text("still here");
    stage.enter();
    stage.frames(4);
    assert_eq!(stage.sent(), ["still here"]);
    assert_eq!(lines_in(&mut stage, first).len(), 2);
}

#[test]
fn a_box_scrolls_alone() {
    let (mut stage, first, second) = two_boxes();
    for number in 0..60 {
        stage.hear("ana", &format!("line {number}"));
    }
    stage.frames(6);
    let list = part_in::<ChatLog>(&mut stage, second);
    let at = stage.middle(list);
    stage.point_at(at);
    let scroll = PointerAction::Scroll {
        unit: bevy::input::mouse::MouseScrollUnit::Line,
        x: 0.0,
        y: 5.0,
        phase: bevy::input::touch::TouchPhase::Moved,
    };
    stage.pointer(at, scroll);
    stage.frames(4);
    let shows_newest = |lines: Vec<String>| lines.iter().any(|it| it.ends_with("line 59"));
    let jump = |stage: &mut Stage, it| {
        let button = part_in::<bevy_cometchat::chat_box::ChatJumpButton>(stage, it);
        *stage.app.world().get::<Visibility>(button).unwrap()
    };
    assert!(shows_newest(lines_in(&mut stage, first)));
    assert_eq!(jump(&mut stage, first), Visibility::Hidden);
    assert_eq!(jump(&mut stage, second), Visibility::Inherited);
}
