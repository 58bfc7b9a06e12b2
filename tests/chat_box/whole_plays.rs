//! A whole evening in the village, by keyboard alone and by the actions of assistive technology alone: open, read,
//! whisper, react, mute, report, and send again after an outage.

use std::time::Duration;

use accesskit::{Action, ActionData, NodeId, Role, TreeId};
use bevy::{
    a11y::{AccessibilityNode, ActionRequest},
    input::keyboard::Key,
    prelude::*,
};
use bevy_cometchat::{
    chat_box::{ChatInput, ChatInputTarget, Muted},
    prelude::*,
};

use crate::{
    menus::{assert_called, focused, is_open, title},
    stage::Stage,
};

const REASONS: &str = r#"{"data":{"settings":{},"flagReasons":[{"id":"spam","name":"Spam"}]}}"#;
const DONE: &str = r#"{"data":{"success":true,"message":"done"}}"#;

fn village() -> Stage {
    let mut stage = Stage::new();
    stage.hear("otis", "buy my gold");
    stage.hear("ana", "hello");
    stage.frames(4);
    stage
}

fn is_muted(stage: &Stage, uid: &str) -> bool {
    stage.app.world().resource::<Muted>().contains(&uid.into())
}

/// The network is gone for so long that a line which was written meanwhile has failed. Then it is back.
fn outage(stage: &mut Stage, write: impl FnOnce(&mut Stage)) {
    stage.chat.set_online(false);
    stage.chat.drop_connection(Cause::ConnectionLost);
    stage.frames(4);
    write(stage);
    let second = Duration::from_secs(1);
    stage.chat.advance_at(&mut stage.app, second * 700, second);
    stage.chat.set_online(true);
    stage.chat.advance_at(&mut stage.app, second * 40, second);
    stage.frames(6);
    let lines = stage.lines();
    let is_failed = lines.iter().any(|it| it.contains("Not sent"));
    assert!(is_failed, "{lines:?}");
}

/// What assistive technology says of the part that the keys act on.
fn described(stage: &mut Stage) -> String {
    let Some(part) = stage.spoken::<ChatInput>().active_descendant() else {
        return String::new();
    };
    let part = Entity::from_bits(part.0);
    let node = stage.app.world().get::<AccessibilityNode>(part).unwrap();
    node.label().unwrap_or_default().into()
}

fn press(stage: &mut Stage, key: Key, code: KeyCode) {
    stage.tap(key, code);
    stage.frames(2);
}

fn down(stage: &mut Stage) {
    press(stage, Key::ArrowDown, KeyCode::ArrowDown);
}

fn up(stage: &mut Stage) {
    press(stage, Key::ArrowUp, KeyCode::ArrowUp);
}

fn right(stage: &mut Stage) {
    press(stage, Key::ArrowRight, KeyCode::ArrowRight);
}

fn menu(stage: &mut Stage) {
    press(stage, Key::ContextMenu, KeyCode::ContextMenu);
}

fn enter(stage: &mut Stage) {
    stage.enter();
    stage.frames(4);
}

fn shift_tab(stage: &mut Stage) {
    stage.press(Key::Shift, KeyCode::ShiftLeft);
    stage.frames(1);
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.release(Key::Shift, KeyCode::ShiftLeft);
    stage.frames(2);
}

/// Goes to the entry with this label in the open menu.
fn go_to(stage: &mut Stage, label: &str) {
    for _ in 0..20 {
        if focused(stage) == label {
            return;
        }
        down(stage);
    }
    panic!("no key leads to {label:?}");
}

#[test]
fn an_evening_by_keyboard_alone() {
    let mut stage = village();
    enter(&mut stage);
    assert!(stage.is_open());

    // Read.
    shift_tab(&mut stage);
    assert!(described(&mut stage).ends_with("ana: hello"));
    up(&mut stage);
    assert!(described(&mut stage).ends_with("otis: buy my gold"));
    down(&mut stage);
    up(&mut stage);

    // Whisper to who is named there.
    right(&mut stage);
    assert_eq!(described(&mut stage), "otis");
    enter(&mut stage);
    assert_eq!(stage.says::<ChatInputTarget>(), "To otis");
    stage.type_text("how much?");
    assert_eq!(described(&mut stage), "", "who types is back in the input");
    enter(&mut stage);
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        Uid::from("otis").into()
    );

    // React to the line above the whisper.
    enter(&mut stage);
    shift_tab(&mut stage);
    up(&mut stage);
    assert!(described(&mut stage).ends_with("ana: hello"));
    enter(&mut stage);
    assert!(is_open(&stage));
    go_to(&mut stage, "👍");
    stage.chat.answer_next_call("{}");
    enter(&mut stage);
    assert_called(&stage, &["messages/2/reactions"]);

    // Report Otis' line, and mute him.
    assert!(
        described(&mut stage).ends_with("ana: hello"),
        "the menu gives the keys back"
    );
    up(&mut stage);
    enter(&mut stage);
    stage.chat.answer_next_call(REASONS);
    go_to(&mut stage, "Report…");
    enter(&mut stage);
    assert_eq!(title(&mut stage), "Report otis");
    stage.chat.answer_next_call(DONE);
    go_to(&mut stage, "Spam");
    enter(&mut stage);
    assert_called(&stage, &["messages/1/flagged"]);
    right(&mut stage);
    menu(&mut stage);
    assert_eq!(title(&mut stage), "otis");
    go_to(&mut stage, "Mute");
    enter(&mut stage);
    assert!(is_muted(&stage, "otis"));
    stage.escape();
    stage.frames(2);

    // Send again after an outage.
    outage(&mut stage, |stage| {
        stage.type_text("still here");
        enter(stage);
    });
    let before = stage.sent().len();
    enter(&mut stage);
    shift_tab(&mut stage);
    for _ in 0..8 {
        if described(&mut stage).contains("still here") {
            break;
        }
        up(&mut stage);
    }
    for _ in 0..8 {
        if described(&mut stage) == "Try again" {
            break;
        }
        right(&mut stage);
    }
    assert_eq!(described(&mut stage), "Try again");
    enter(&mut stage);
    stage.frames(8);
    assert_eq!(stage.sent().last().unwrap(), "still here");
    assert!(stage.sent().len() > before);
}

/// The node with this role whose label ends so, if assistive technology finds it.
fn find(stage: &mut Stage, role: Role, label: &str) -> Entity {
    let mut nodes = stage
        .app
        .world_mut()
        .query::<(Entity, &AccessibilityNode)>();
    let world = stage.app.world();
    let is_found = |entity: Entity| {
        let node = world.get::<AccessibilityNode>(entity);
        node.is_none_or(|node| !node.is_hidden())
    };
    let is_reached = |entity: Entity| {
        let mut at = entity;
        // Below a hidden node, assistive technology reaches nothing.
        while let Some(parent) = world.get::<ChildOf>(at) {
            at = parent.parent();
            if !is_found(at) {
                return false;
            }
        }
        true
    };
    let found = nodes.iter(world).find(|(entity, node)| {
        let is_labelled = node.label().is_some_and(|it| it.trim().ends_with(label));
        node.role() == role && is_labelled && is_found(*entity) && is_reached(*entity)
    });
    found
        .unwrap_or_else(|| panic!("there is no {role:?} {label:?}"))
        .0
}

fn act(stage: &mut Stage, entity: Entity, action: Action, data: Option<ActionData>) {
    let node = stage.app.world().get::<AccessibilityNode>(entity).unwrap();
    assert!(
        node.supports_action(action),
        "{action:?} on {:?}",
        node.label()
    );
    let request = accesskit::ActionRequest {
        action,
        target_tree: TreeId::ROOT,
        target_node: NodeId(entity.to_bits()),
        data,
    };
    stage.app.world_mut().write_message(ActionRequest(request));
    stage.frames(6);
}

fn click(stage: &mut Stage, role: Role, label: &str) {
    let entity = find(stage, role, label);
    act(stage, entity, Action::Click, None);
}

fn say(stage: &mut Stage, text: &str) {
    let input = stage.part::<ChatInput>();
    act(
        stage,
        input,
        Action::SetValue,
        Some(ActionData::Value(text.into())),
    );
    click(stage, Role::Button, "Send");
}

#[test]
fn an_evening_by_the_accessibility_tree_alone() {
    let mut stage = village();
    let input = stage.part::<ChatInput>();
    act(&mut stage, input, Action::Focus, None);
    assert!(stage.is_open());

    // Read.
    find(&mut stage, Role::ListItem, "ana: hello");
    find(&mut stage, Role::ListItem, "otis: buy my gold");

    // Whisper.
    click(&mut stage, Role::Button, "otis");
    assert_eq!(stage.says::<ChatInputTarget>(), "To otis");
    say(&mut stage, "how much?");
    assert_eq!(stage.sent(), ["how much?"]);
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        Uid::from("otis").into()
    );

    // React.
    let line = find(&mut stage, Role::ListItem, "ana: hello");
    act(&mut stage, line, Action::ShowContextMenu, None);
    stage.chat.answer_next_call("{}");
    click(&mut stage, Role::MenuItem, "👍");
    assert!(!is_open(&stage));
    assert_called(&stage, &["messages/2/reactions"]);

    // Report, and mute.
    let line = find(&mut stage, Role::ListItem, "otis: buy my gold");
    act(&mut stage, line, Action::Click, None);
    stage.chat.answer_next_call(REASONS);
    click(&mut stage, Role::MenuItem, "Report…");
    let remark = find(&mut stage, Role::TextInput, "Remark");
    let text = Some(ActionData::Value("sells gold".into()));
    act(&mut stage, remark, Action::SetValue, text);
    stage.chat.answer_next_call(DONE);
    click(&mut stage, Role::MenuItem, "Spam");
    assert_called(&stage, &["messages/1/flagged"]);
    let body = stage.chat.call_bodies().pop().unwrap();
    assert!(body.contains("sells gold"), "{body}");
    let name = find(&mut stage, Role::Button, "otis");
    act(&mut stage, name, Action::ShowContextMenu, None);
    click(&mut stage, Role::MenuItem, "Mute");
    assert!(is_muted(&stage, "otis"));

    // Send again after an outage.
    outage(&mut stage, |stage| say(stage, "still here"));
    click(&mut stage, Role::Button, "Try again");
    stage.frames(8);
    assert_eq!(stage.sent().last().unwrap(), "still here");
}

#[test]
fn the_keys_go_to_buttons_and_tabs_and_back() {
    let mut stage = village();
    for number in 0..60 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.frames(8);
    enter(&mut stage);
    press(&mut stage, Key::PageUp, KeyCode::PageUp);
    shift_tab(&mut stage);
    assert_eq!(described(&mut stage), "Newest");
    shift_tab(&mut stage);
    assert!(described(&mut stage).contains("message"));
    for _ in 0..40 {
        up(&mut stage);
    }
    let read = described(&mut stage);
    let message = read.rsplit("] ").next().unwrap();
    let lines = stage.lines();
    let is_shown = lines.iter().any(|line| line.ends_with(message));
    assert!(is_shown, "{read} {lines:?}");
    shift_tab(&mut stage);
    assert_eq!(described(&mut stage), "All");
    right(&mut stage);
    assert_eq!(described(&mut stage), "Zone");
    for _ in 0..3 {
        stage.tap(Key::Tab, KeyCode::Tab);
    }
    stage.frames(2);
    assert_eq!(described(&mut stage), "");
    stage.type_text("hi");
    assert_eq!(stage.typed(), "hi");
    shift_tab(&mut stage);
    assert_ne!(described(&mut stage), "");
    stage.escape();
    stage.frames(2);
    assert_eq!(described(&mut stage), "");
    assert!(stage.is_open() && stage.typed() == "hi");
}
