//! What gets into the input other than by keys: what an input method composes, and what is pasted.

use bevy::{clipboard::Clipboard, input::keyboard::Key, prelude::*, window::Ime};
use bevy_cometchat::chat_box::{ChatInput, ChatInputCounter, ChatInputPlaceholder};

use crate::stage::Stage;

pub(crate) fn compose(stage: &mut Stage, value: &str) {
    let window = stage.window();
    stage.app.world_mut().write_message(Ime::Preedit {
        window,
        value: value.into(),
        cursor: (!value.is_empty()).then_some((value.len(), value.len())),
    });
    stage.frames(2);
}

/// As input methods do it: what is composed goes, and comes as text.
pub(crate) fn commit(stage: &mut Stage, value: &str) {
    compose(stage, "");
    let window = stage.window();
    stage.app.world_mut().write_message(Ime::Commit {
        window,
        value: value.into(),
    });
    stage.frames(2);
}

#[test]
fn what_is_composed_is_inserted_and_sent() {
    let mut stage = Stage::new();
    stage.enter();
    compose(&mut stage, "にほん");
    assert_eq!(stage.typed(), "", "it is not text yet");
    commit(&mut stage, "日本");
    stage.type_text("!");
    assert_eq!(stage.typed(), "日本!");
    stage.enter();
    assert_eq!(stage.sent(), ["日本!"]);
}

#[test]
fn enter_and_escape_while_composing_belong_to_the_input_method() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("a");
    compose(&mut stage, "ni");
    stage.enter();
    assert!(stage.is_open());
    assert!(stage.sent().is_empty());
    stage.escape();
    assert!(stage.is_open());
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    stage.tap(Key::Tab, KeyCode::Tab);
    assert_eq!(stage.typed(), "a");

    commit(&mut stage, "你");
    stage.enter();
    assert_eq!(stage.sent(), ["a你"]);
    assert!(!stage.is_open());
}

#[test]
fn what_is_composed_takes_the_place_of_the_placeholder() {
    let mut stage = Stage::new();
    stage.enter();
    let placeholder = |stage: &mut Stage| {
        let part = stage.part::<ChatInputPlaceholder>();
        let node = stage.app.world().get::<Node>(part).unwrap();
        node.display != Display::None
    };
    assert!(placeholder(&mut stage));
    compose(&mut stage, "ni");
    assert!(!placeholder(&mut stage));
    compose(&mut stage, "");
    stage.frames(1);
    assert!(placeholder(&mut stage));
}

#[test]
fn escape_closes_once_the_composition_is_given_up() {
    let mut stage = Stage::new();
    stage.enter();
    compose(&mut stage, "ni");
    compose(&mut stage, "");
    stage.escape();
    assert!(!stage.is_open());
}

#[test]
fn what_is_composed_says_that_the_player_types_only_once_it_is_text() {
    let mut stage = Stage::new();
    stage.enter();
    let before = stage.chat.frames().len();
    compose(&mut stage, "ni");
    assert_eq!(stage.chat.frames().len(), before);
    commit(&mut stage, "你");
    stage.frames(2);
    assert!(
        stage.chat.frames()[before..]
            .iter()
            .any(|it| it.contains("typing_indicator"))
    );
}

/// One test, for there is one clipboard: the system's.
#[test]
#[ignore = "needs a display for its clipboard: tests/window/run"]
fn copy_cut_and_paste_work_on_one_line_that_is_no_longer_than_allowed() {
    let mut stage = Stage::new();
    let put = |stage: &mut Stage, text: &str| {
        let mut clipboard = stage.app.world_mut().resource_mut::<Clipboard>();
        clipboard.set_text(text.to_owned())
    };
    let take = |stage: &mut Stage| {
        let mut clipboard = stage.app.world_mut().resource_mut::<Clipboard>();
        clipboard.fetch_text().poll_result().unwrap().unwrap()
    };
    put(&mut stage, "one\r\ntwo\n\n\tthree\u{7}\n").expect("there is a display");
    stage.enter();
    stage.type_text("say ");
    stage.with_control("v", KeyCode::KeyV);
    assert_eq!(stage.typed(), "say one two three");

    stage.with_control("a", KeyCode::KeyA);
    stage.with_control("c", KeyCode::KeyC);
    assert_eq!(take(&mut stage), "say one two three");
    stage.with_control("x", KeyCode::KeyX);
    assert_eq!(stage.typed(), "");
    assert_eq!(take(&mut stage), "say one two three");

    put(&mut stage, &"ž".repeat(5_000)).unwrap();
    stage.type_text("12345");
    stage.with_control("v", KeyCode::KeyV);
    assert_eq!(stage.typed().chars().count(), 1_000);
    assert_eq!(stage.says::<ChatInputCounter>(), "0");
    stage.with_control("a", KeyCode::KeyA);
    put(&mut stage, "instead").unwrap();
    stage.with_control("v", KeyCode::KeyV);
    assert_eq!(
        stage.typed(),
        "instead",
        "it takes the place of what is selected"
    );
    stage.enter();
    assert_eq!(stage.sent(), ["instead"]);
}

#[test]
fn a_long_text_wraps_up_to_three_lines() {
    let mut stage = Stage::new();
    stage.enter();
    let height = |stage: &mut Stage| {
        stage.frames(4);
        let input = stage.part::<ChatInput>();
        let node = stage.app.world().get::<ComputedNode>(input).unwrap();
        node.size().y
    };
    let one = height(&mut stage);
    stage.type_text("short");
    assert_eq!(height(&mut stage), one);
    stage.type_text(&" and longer".repeat(6));
    assert!((height(&mut stage) - 2.0 * one).abs() < 1.0);
    stage.type_text(&" and longer".repeat(30));
    assert!((height(&mut stage) - 3.0 * one).abs() < 1.0);
    stage.enter();
    assert_eq!(height(&mut stage), one);
}
