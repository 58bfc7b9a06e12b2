//! Items in the line that the player writes: how they look there, and that they stay whole.

use std::time::Duration;

use bevy::{
    input::keyboard::Key,
    picking::PickingSettings,
    prelude::*,
    text::{EditableText, TextBackgroundColor, TextLayoutInfo},
};
use bevy_cometchat::{
    chat_box::{ChatInput, ChatInputChip, ChatLinePartKind, ChatSpan, InsertChip},
    prelude::*,
};
use serde::{Deserialize, Serialize};

use crate::{
    chips::{insert, sent_items},
    stage::Stage,
    text_input::{commit, compose},
};

/// The words of an item without brackets.
#[derive(Serialize, Deserialize)]
struct Plain(String);

impl Payload for Plain {
    const KIND: &'static str = "plain";

    fn fallback_text(&self) -> String {
        self.0.clone()
    }
}

/// An open box with this line, in which `*` is an item called Rusty Key. The caret is at the end.
fn with_line(line: &str) -> Stage {
    let mut stage = Stage::new();
    stage.enter();
    let parts: Vec<_> = line.split('*').collect();
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            insert(&mut stage, 7, "Rusty Key");
            tap(&mut stage, Key::Backspace);
        }
        stage.type_text(part);
    }
    assert_eq!(stage.typed(), line.replace('*', "[Rusty Key]"));
    stage
}

fn tap(stage: &mut Stage, key: Key) {
    let code = match key {
        Key::ArrowLeft => KeyCode::ArrowLeft,
        Key::ArrowRight => KeyCode::ArrowRight,
        Key::Home => KeyCode::Home,
        Key::End => KeyCode::End,
        Key::Backspace => KeyCode::Backspace,
        Key::Delete => KeyCode::Delete,
        _ => panic!("{key:?}"),
    };
    stage.tap(key, code);
    stage.frames(2);
}

fn tap_with(stage: &mut Stage, modifier: Key, key: Key) {
    let code = if modifier == Key::Shift {
        KeyCode::ShiftLeft
    } else {
        KeyCode::ControlLeft
    };
    stage.press(modifier.clone(), code);
    stage.frames(1);
    tap(stage, key);
    stage.release(modifier, code);
    stage.frames(1);
}

/// Where the caret is in the text, in bytes.
fn caret(stage: &mut Stage) -> usize {
    let input = stage.part::<ChatInput>();
    let input = stage.app.world().get::<EditableText>(input).unwrap();
    input.editor.raw_selection().focus().index()
}

/// Where the left edge of the caret is in the window.
fn caret_place(stage: &mut Stage) -> Vec2 {
    let input = stage.part::<ChatInput>();
    let world = stage.app.world();
    let layout = world.get::<TextLayoutInfo>(input).unwrap();
    let size = world.get::<ComputedNode>(input).unwrap().size();
    let (_, cursor) = layout.cursor.unwrap();
    stage.middle(input) - size / 2.0 + cursor.min
}

/// Where items are drawn in the input, from left to right.
fn drawn(stage: &mut Stage) -> Vec<Rect> {
    let world = stage.app.world_mut();
    let mut chips =
        world.query_filtered::<(&ComputedNode, &UiGlobalTransform), With<ChatInputChip>>();
    let area = |(node, at): (&ComputedNode, &UiGlobalTransform)| {
        Rect::from_center_size(at.translation, node.size())
    };
    let mut drawn: Vec<_> = chips.iter(stage.app.world()).map(area).collect();
    drawn.sort_by(|one, other| one.min.x.total_cmp(&other.min.x));
    drawn
}

#[test]
fn an_item_is_drawn_behind_its_words_in_the_colour_that_it_has_in_lines() {
    let mut stage = with_line("see * now");
    let [area] = drawn(&mut stage)[..] else {
        panic!("{:?}", drawn(&mut stage));
    };
    tap(&mut stage, Key::Home);
    for _ in 0..4 {
        tap(&mut stage, Key::ArrowRight);
    }
    let start = caret_place(&mut stage);
    tap(&mut stage, Key::ArrowRight);
    let end = caret_place(&mut stage);
    let is_at = |edge: f32, caret: f32| (edge - caret).abs() < 4.0;
    assert!(
        is_at(area.min.x, start.x) && is_at(area.max.x, end.x),
        "{area:?} {start} {end}"
    );
    assert!(area.min.x < start.x && end.x < area.max.x);
    assert!(is_at(area.min.y, start.y) && area.height() < 30.0);

    let chip = stage.part::<ChatInputChip>();
    let in_input = stage.app.world().get::<BackgroundColor>(chip).unwrap().0;
    stage.enter();
    stage.frames(4);
    assert!(drawn(&mut stage).is_empty(), "it is sent");
    let world = stage.app.world_mut();
    let mut spans = world.query::<(&ChatSpan, &TextBackgroundColor)>();
    let is_chip = |it: &(&ChatSpan, _)| it.0.kind == Some(ChatLinePartKind::Chip);
    let (_, in_line) = spans.iter(stage.app.world()).find(is_chip).unwrap();
    assert_eq!(in_input, in_line.0);
}

#[test]
fn an_item_moves_with_what_is_typed_and_composed_before_it() {
    let mut stage = with_line("to *");
    let [before] = drawn(&mut stage)[..] else {
        panic!();
    };
    tap(&mut stage, Key::Home);
    compose(&mut stage, "abc");
    let [composing] = drawn(&mut stage)[..] else {
        panic!();
    };
    assert!(composing.min.x > before.min.x + 10.0);
    assert!((composing.width() - before.width()).abs() < 1.5);
    commit(&mut stage, "abc");
    assert_eq!(stage.typed(), "abcto [Rusty Key]");
    assert_eq!(drawn(&mut stage), [composing]);
}

#[test]
fn an_item_that_is_wrapped_is_drawn_in_both_lines() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text(&"word ".repeat(9));
    let name = "Very Long Name of an Item that Nobody has Ever Seen";
    insert(&mut stage, 7, name);
    stage.frames(2);
    let mut areas = drawn(&mut stage);
    areas.sort_by(|one, other| one.min.y.total_cmp(&other.min.y));
    let [first, second] = areas[..] else {
        panic!("{areas:?}");
    };
    assert!(second.min.y >= first.max.y - 1.0, "{areas:?}");
    assert!(second.min.x < first.min.x, "{areas:?}");
    let input = stage.part::<ChatInput>();
    let size = stage.app.world().get::<ComputedNode>(input).unwrap().size();
    let input = Rect::from_center_size(stage.middle(input), size).inflate(1.0);
    for area in areas {
        let inside = input.intersect(area);
        assert_eq!(inside, area, "{input:?}");
    }
}

#[test]
fn the_caret_goes_past_an_item_in_one_step() {
    let (start, end) = (4, 15);
    let mut stage = with_line("see * now");
    tap(&mut stage, Key::Home);
    for expected in [1, 2, 3, start, end, 16] {
        tap(&mut stage, Key::ArrowRight);
        assert_eq!(caret(&mut stage), expected);
    }
    for expected in [end, start, 3] {
        tap(&mut stage, Key::ArrowLeft);
        assert_eq!(caret(&mut stage), expected);
    }
    tap(&mut stage, Key::End);
    let mut steps = Vec::new();
    while caret(&mut stage) > 0 {
        tap_with(&mut stage, Key::Control, Key::ArrowLeft);
        steps.push(caret(&mut stage));
    }
    assert!(steps.contains(&start), "{steps:?}");
    while caret(&mut stage) < stage.typed().len() {
        tap_with(&mut stage, Key::Control, Key::ArrowRight);
        steps.push(caret(&mut stage));
    }
    assert!(
        !steps.iter().any(|at| (start + 1..end).contains(at)),
        "{steps:?}"
    );
}

#[test]
fn two_steps_in_one_slow_frame_are_two_steps() {
    let mut stage = with_line("see *");
    for _ in 0..2 {
        stage.press(Key::ArrowLeft, KeyCode::ArrowLeft);
        stage.release(Key::ArrowLeft, KeyCode::ArrowLeft);
    }
    stage.frames(2);
    assert_eq!(caret(&mut stage), 3);
}

/// A place in the item, as a factor of its width.
fn place_in_item(stage: &mut Stage, factor: f32) -> Vec2 {
    let [area] = drawn(stage)[..] else {
        panic!("{:?}", drawn(stage));
    };
    Vec2::new(area.min.x + area.width() * factor, area.center().y)
}

/// Sets the time within which two clicks are a double click. It is measured by the clock of the machine.
fn set_double_click(stage: &mut Stage, interval: Duration) {
    let mut settings = stage.app.world_mut().resource_mut::<PickingSettings>();
    settings.multi_click_interval = interval;
}

#[test]
fn a_click_into_an_item_puts_the_caret_at_the_nearest_edge() {
    let mut stage = with_line("see * now");
    set_double_click(&mut stage, Duration::ZERO);
    for (factor, expected) in [(0.3, 4), (0.7, 15)] {
        let at = place_in_item(&mut stage, factor);
        stage.click(at);
        stage.frames(2);
        assert_eq!(caret(&mut stage), expected);
        stage.type_text("x");
        assert_eq!(drawn(&mut stage).len(), 1, "it is not split");
        tap(&mut stage, Key::Backspace);
    }
}

#[test]
fn a_double_click_selects_all_of_an_item() {
    let mut stage = with_line("see * now");
    set_double_click(&mut stage, Duration::from_secs(3_600));
    let at = place_in_item(&mut stage, 0.3);
    stage.click(at);
    stage.click(at);
    stage.type_text("it");
    assert_eq!(stage.typed(), "see it now");
}

#[test]
fn a_selection_has_all_of_an_item_or_nothing() {
    let mut stage = with_line("see * now");
    tap(&mut stage, Key::Home);
    for _ in 0..4 {
        tap(&mut stage, Key::ArrowRight);
    }
    for _ in 0..3 {
        tap_with(&mut stage, Key::Shift, Key::ArrowRight);
    }
    tap_with(&mut stage, Key::Shift, Key::ArrowLeft);
    stage.type_text("it ");
    assert_eq!(stage.typed(), "see it now");

    let mut stage = with_line("see * now");
    for _ in 0..4 {
        tap(&mut stage, Key::ArrowLeft);
    }
    tap_with(&mut stage, Key::Shift, Key::ArrowLeft);
    tap_with(&mut stage, Key::Shift, Key::ArrowRight);
    stage.type_text("!");
    assert_eq!(stage.typed(), "see [Rusty Key]! now");
}

#[test]
fn a_deletion_takes_all_of_an_item() {
    let mut stage = with_line("a * b");
    let rest = |stage: &mut Stage| {
        stage.enter();
        stage.frames(3);
        sent_items(stage).len()
    };
    for expected in ["a [Rusty Key] ", "a [Rusty Key]", "a ", "a"] {
        tap(&mut stage, Key::Backspace);
        assert_eq!(stage.typed(), expected);
    }
    assert_eq!(rest(&mut stage), 0);

    let mut stage = with_line("a *b");
    tap(&mut stage, Key::Home);
    for expected in [" [Rusty Key]b", "[Rusty Key]b", "b", ""] {
        tap(&mut stage, Key::Delete);
        assert_eq!(stage.typed(), expected);
    }

    let mut stage = with_line("one * two");
    for expected in ["one [Rusty Key] ", "one ", ""] {
        tap_with(&mut stage, Key::Control, Key::Backspace);
        assert_eq!(stage.typed(), expected);
    }

    let mut stage = with_line("one * two");
    tap(&mut stage, Key::Home);
    while !stage.typed().is_empty() {
        tap_with(&mut stage, Key::Control, Key::Delete);
        let typed = stage.typed();
        let has_part = ["Rusty", "Key"].map(|part| typed.contains(part));
        assert_eq!(has_part, [typed.contains("[Rusty Key]"); 2], "{typed}");
    }
}

#[test]
fn words_that_an_edit_has_broken_are_no_item_any_more() {
    let mut stage = Stage::new();
    let chip = InsertChip::new(&Plain("Sword".into())).unwrap();
    stage.app.world_mut().trigger(chip);
    stage.frames(3);
    assert_eq!(drawn(&mut stage).len(), 1);
    tap(&mut stage, Key::Backspace);
    stage.type_text("fish");
    assert_eq!(stage.typed(), "Swordfish");
    assert!(drawn(&mut stage).is_empty());
    stage.enter();
    stage.frames(2);
    assert!(sent_items(&stage).is_empty());
}

#[test]
fn a_name_is_completed_before_an_item() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.frames(3);
    stage.enter();
    stage.type_text("@an");
    insert(&mut stage, 7, "Rusty Key");
    for _ in 0..3 {
        tap(&mut stage, Key::ArrowLeft);
    }
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.frames(2);
    stage.type_text("x");
    assert_eq!(stage.typed().replace(' ', ""), "@anax[RustyKey]");
}
