//! What the tests of all menus do: open one, read it, choose from it, and look at what the server got.

use accesskit::Role;
use bevy::{
    a11y::AccessibilityNode, input_focus::InputFocus, picking::pointer::PointerButton, prelude::*,
    ui_widgets::MenuItem,
};
use bevy_cometchat::chat_box::ChatBoxModes;

use crate::stage::{Stage, text_of_node};

/// The entries of the open menu, from top to bottom.
pub(crate) fn entries(stage: &mut Stage) -> Vec<String> {
    let mut items = stage
        .app
        .world_mut()
        .query_filtered::<(Entity, &UiGlobalTransform), With<MenuItem>>();
    let mut items: Vec<_> = items.iter(stage.app.world()).collect();
    items.sort_by(|(_, one), (_, other)| one.translation.y.total_cmp(&other.translation.y));
    let items = items.into_iter();
    items.map(|(item, _)| text_of_node(stage, item)).collect()
}

pub(crate) fn entry(stage: &mut Stage, label: &str) -> Entity {
    let mut items = stage
        .app
        .world_mut()
        .query_filtered::<Entity, With<MenuItem>>();
    let items: Vec<_> = items.iter(stage.app.world()).collect();
    let mut items = items.into_iter();
    items
        .find(|item| text_of_node(stage, *item) == label)
        .unwrap_or_else(|| panic!("there is no entry {label:?}"))
}

/// Clicks an entry of the open menu.
pub(crate) fn choose(stage: &mut Stage, label: &str) {
    let item = entry(stage, label);
    let at = stage.middle(item);
    stage.click(at);
    stage.frames(3);
}

/// The text of the node that has the focus.
pub(crate) fn focused(stage: &Stage) -> String {
    let focus = stage.app.world().resource::<InputFocus>().get();
    focus.map_or_else(String::new, |focus| text_of_node(stage, focus))
}

/// Opens the menu with the right button on a part of a line: on a name, or on a message.
pub(crate) fn open_on(stage: &mut Stage, text: &str) {
    let at = stage.place_of(text);
    stage.click_with(PointerButton::Secondary, at);
    stage.frames(2);
}

pub(crate) fn is_open(stage: &Stage) -> bool {
    stage.app.world().resource::<ChatBoxModes>().is_menu_open()
}

/// The node of the open menu.
pub(crate) fn menu(stage: &mut Stage) -> Entity {
    let mut nodes = stage
        .app
        .world_mut()
        .query::<(Entity, &AccessibilityNode)>();
    let mut nodes = nodes.iter(stage.app.world());
    let menu = nodes.find(|(_, node)| node.role() == Role::Menu);
    menu.expect("a menu is open").0
}

pub(crate) fn title(stage: &mut Stage) -> String {
    let menu = menu(stage);
    let node = stage.app.world().get::<AccessibilityNode>(menu).unwrap();
    node.label().unwrap_or_default().into()
}

/// Asserts that the newest request to the server has all of this in its method, its address or its body.
pub(crate) fn assert_called(stage: &Stage, parts: &[&str]) {
    let call = stage.chat.calls().pop().unwrap_or_default();
    let body = stage.chat.call_bodies().pop().unwrap_or_default();
    for part in parts {
        assert!(call.contains(part) || body.contains(part), "{call} {body}");
    }
}

/// Asserts that no request to the server has this in its address.
pub(crate) fn assert_not_called(stage: &Stage, path: &str) {
    let calls = stage.chat.calls();
    assert!(!calls.iter().any(|call| call.contains(path)), "{calls:?}");
}
