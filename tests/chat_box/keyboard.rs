//! Keys as real keyboards send them: layouts that are switched, modifiers that are held, keys that repeat.

use bevy::{
    camera::RenderTargetInfo,
    input::{
        ButtonState,
        keyboard::{Key, KeyboardFocusLost, NativeKey},
    },
    prelude::*,
};

use bevy_cometchat::chat_box::ChatTabs;

use crate::stage::Stage;

/// Alt and Shift switch the layout. Depending on the layout, X11 reports the release of Alt as another key.
fn switch_layout(stage: &mut Stage, shift: Key, alt_release: Key, alt_first: bool) {
    stage.press(Key::Alt, KeyCode::AltLeft);
    stage.frames(1);
    stage.press(shift.clone(), KeyCode::ShiftLeft);
    stage.frames(1);
    if alt_first {
        stage.release(alt_release, KeyCode::AltLeft);
        stage.frames(1);
        stage.release(Key::Shift, KeyCode::ShiftLeft);
    } else {
        stage.release(shift, KeyCode::ShiftLeft);
        stage.frames(1);
        stage.release(alt_release, KeyCode::AltLeft);
    }
    stage.frames(2);
}

const META: Key = Key::Unidentified(NativeKey::Xkb(0xffe7));

#[test]
fn enter_opens_the_box_after_the_layout_was_switched() {
    for (shift, alt_release) in [
        (Key::GroupNext, Key::GroupNext),
        (Key::Shift, META),
        (Key::Shift, Key::Alt),
    ] {
        for alt_first in [true, false] {
            let mut stage = Stage::new();
            switch_layout(&mut stage, shift.clone(), alt_release.clone(), alt_first);
            stage.enter();
            assert!(stage.is_open(), "{shift:?} {alt_release:?} {alt_first}");
        }
    }
}

#[test]
fn text_is_typed_and_sent_after_the_layout_was_switched_in_the_open_box() {
    let mut stage = Stage::new();
    stage.enter();
    switch_layout(&mut stage, Key::GroupNext, META, true);
    stage.type_text("привет");
    assert_eq!(stage.typed(), "привет");
    stage.enter();
    assert_eq!(stage.sent(), ["привет"]);
}

#[test]
fn a_modifier_on_another_key_is_a_modifier() {
    let mut stage = Stage::new();
    stage.press(Key::Control, KeyCode::CapsLock);
    stage.frames(2);
    stage.enter();
    assert!(!stage.is_open(), "it is held");
    stage.release(Key::Control, KeyCode::CapsLock);
    stage.frames(1);
    stage.enter();
    assert!(stage.is_open());
}

#[test]
fn characters_that_option_types_are_typed_and_shortcuts_are_not() {
    let mut stage = Stage::new();
    stage.enter();
    stage.press(Key::Alt, KeyCode::AltLeft);
    stage.frames(1);
    stage.tap(Key::Character("@".into()), KeyCode::KeyL);
    stage.tap(Key::Character("ł".into()), KeyCode::KeyL);
    stage.tap(Key::Character("f".into()), KeyCode::KeyF);
    stage.release(Key::Alt, KeyCode::AltLeft);
    stage.frames(2);
    assert_eq!(stage.typed(), "@ł");

    stage.press(Key::Control, KeyCode::ControlLeft);
    stage.press(Key::Alt, KeyCode::AltLeft);
    stage.frames(1);
    stage.tap(Key::Character("@".into()), KeyCode::KeyL);
    assert_eq!(stage.typed(), "@ł");
}

#[test]
fn alt_gr_types() {
    let mut stage = Stage::new();
    stage.enter();
    stage.press(Key::AltGraph, KeyCode::AltRight);
    stage.frames(1);
    stage.tap(Key::Character("@".into()), KeyCode::KeyQ);
    stage.enter();
    assert_eq!(stage.sent(), ["@"], "also when it is let go late");
}

#[test]
fn alt_with_enter_belongs_to_the_game() {
    let mut stage = Stage::new();
    stage.press(Key::Alt, KeyCode::AltLeft);
    stage.frames(1);
    stage.enter();
    assert!(!stage.is_open());
    stage.release(Key::Alt, KeyCode::AltLeft);
    stage.frames(1);

    stage.enter();
    stage.type_text("not yet");
    stage.press(Key::Alt, KeyCode::AltLeft);
    stage.frames(1);
    stage.press(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    let keys = stage.app.world().resource::<ButtonInput<KeyCode>>();
    assert!(keys.pressed(KeyCode::Enter), "the game sees it");
    stage.release(Key::Enter, KeyCode::Enter);
    stage.release(Key::Alt, KeyCode::AltLeft);
    stage.frames(2);
    assert!(stage.is_open());
    assert!(stage.sent().is_empty());
    stage.enter();
    assert_eq!(stage.sent(), ["not yet"]);
}

#[test]
fn enter_that_is_held_sends_once_and_opens_once() {
    let mut stage = Stage::new();
    let hold = |stage: &mut Stage| {
        for _ in 0..20 {
            stage.key(Key::Enter, KeyCode::Enter, ButtonState::Pressed, true);
            stage.frames(2);
        }
    };
    stage.press(Key::Enter, KeyCode::Enter);
    hold(&mut stage);
    stage.release(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    assert!(stage.is_open());
    stage.type_text("hello");
    stage.press(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    stage.app.world_mut().write_message(KeyboardFocusLost);
    stage.frames(1);
    hold(&mut stage);
    stage.release(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    assert_eq!(stage.sent(), ["hello"]);
    assert!(!stage.is_open());
    stage.enter();
    assert!(stage.is_open());
}

#[test]
fn a_key_of_the_box_takes_nothing_back_that_was_typed_before_it() {
    let mut stage = Stage::new();
    stage.enter();
    stage.press(Key::Character("a".into()), KeyCode::KeyA);
    stage.press(Key::Alt, KeyCode::AltLeft);
    stage.press(Key::ArrowUp, KeyCode::ArrowUp);
    stage.release(Key::Alt, KeyCode::AltLeft);
    stage.frames(2);
    stage.press(Key::Character("b".into()), KeyCode::KeyB);
    stage.press(Key::Shift, KeyCode::ShiftLeft);
    stage.press(Key::Escape, KeyCode::Escape);
    stage.frames(2);
    assert_eq!(stage.typed(), "ab");
}

fn resize(stage: &mut Stage, size: UVec2, scale_factor: f32) {
    let mut cameras = stage.app.world_mut().query::<&mut Camera>();
    let mut camera = cameras.single_mut(stage.app.world_mut()).unwrap();
    camera.computed.target_info = Some(RenderTargetInfo {
        physical_size: size,
        scale_factor,
    });
    stage.frames(6);
}

#[test]
fn the_place_that_is_read_stays_through_every_size_of_the_window() {
    for (size, scale) in [
        (UVec2::new(640, 360), 1.0),
        (UVec2::new(3840, 2160), 2.0),
        (UVec2::new(1, 1), 1.0),
        (UVec2::new(1280, 0), 1.0),
        (UVec2::new(0, 720), 1.0),
        (UVec2::new(0, 0), 1.0),
    ] {
        let mut stage = Stage::new();
        for number in 0..200 {
            let text =
                format!("message {number} of some length, so that it wraps where it is narrow");
            stage.hear("ana", &text);
        }
        stage.frames(6);
        stage.enter();
        for _ in 0..5 {
            stage.tap(Key::PageUp, KeyCode::PageUp);
            stage.frames(2);
        }
        let before = stage.lines().pop().unwrap();
        resize(&mut stage, size, scale);
        resize(&mut stage, UVec2::new(1280, 720), 1.0);
        assert_eq!(stage.lines().pop().unwrap(), before, "{size}");
    }
}

/// Presses a key while a modifier is held, all of it in one frame.
fn chord(stage: &mut Stage, modifier: (Key, KeyCode), key: (Key, KeyCode)) {
    stage.press(modifier.0.clone(), modifier.1);
    stage.press(key.0.clone(), key.1);
    stage.release(key.0, key.1);
    stage.release(modifier.0, modifier.1);
    stage.frames(2);
}

const CONTROL: (Key, KeyCode) = (Key::Control, KeyCode::ControlLeft);
const ALT: (Key, KeyCode) = (Key::Alt, KeyCode::AltLeft);
const SHIFT: (Key, KeyCode) = (Key::Shift, KeyCode::ShiftLeft);
const ENTER: (Key, KeyCode) = (Key::Enter, KeyCode::Enter);

fn letter(letter: &str, code: KeyCode) -> (Key, KeyCode) {
    (Key::Character(letter.into()), code)
}

#[test]
fn a_chord_that_a_slow_frame_contains_whole_is_a_chord() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("old words");
    chord(&mut stage, CONTROL, letter("a", KeyCode::KeyA));
    assert_eq!(stage.typed(), "old words");
    stage.type_text("new");
    assert_eq!(stage.typed(), "new");
    chord(&mut stage, CONTROL, (Key::Tab, KeyCode::Tab));
    assert_ne!(stage.state().tab, ChatTabs::ALL);
    chord(&mut stage, ALT, ENTER);
    assert_eq!(stage.sent(), [""; 0]);
    stage.enter();
    assert_eq!(stage.sent(), ["new"]);
}

#[test]
fn a_modifier_that_comes_after_a_letter_in_the_same_frame_is_not_for_the_letter() {
    let mut stage = Stage::new();
    stage.enter();
    let (a, code) = letter("a", KeyCode::KeyA);
    stage.press(a.clone(), code);
    stage.release(a, code);
    stage.press(CONTROL.0, CONTROL.1);
    stage.frames(1);
    stage.release(CONTROL.0, CONTROL.1);
    let (b, code) = letter("b", KeyCode::KeyB);
    stage.press(b, code);
    stage.frames(2);
    assert_eq!(stage.typed(), "ab");
}

#[test]
fn alt_and_enter_in_one_frame_are_the_games() {
    let mut stage = Stage::new();
    chord(&mut stage, ALT, ENTER);
    assert!(!stage.is_open());
    // Alt comes after Enter.
    stage.press(ENTER.0, ENTER.1);
    stage.press(ALT.0, ALT.1);
    stage.frames(2);
    assert!(stage.is_open());
}

#[test]
fn after_a_chord_in_one_frame_no_modifier_is_held() {
    let mut stage = Stage::new();
    stage.enter();
    chord(&mut stage, CONTROL, letter("a", KeyCode::KeyA));
    let held = stage.app.world().resource::<ButtonInput<Key>>();
    assert_eq!(held.get_pressed().count(), 0);
    stage.press(CONTROL.0, CONTROL.1);
    stage.press(Key::Character("x".into()), KeyCode::KeyX);
    stage.frames(1);
    let held = stage.app.world().resource::<ButtonInput<Key>>();
    assert!(held.pressed(Key::Control));
}

#[test]
fn a_modifier_is_not_held_after_the_window_has_lost_the_focus() {
    let mut stage = Stage::new();
    stage.press(ALT.0, ALT.1);
    stage.frames(1);
    stage.app.world_mut().write_message(KeyboardFocusLost);
    stage.frames(1);
    stage.enter();
    assert!(stage.is_open());
}

#[test]
fn alt_that_is_reported_as_another_key_while_shift_is_held_is_alt() {
    let mut stage = Stage::new();
    stage.press(SHIFT.0, SHIFT.1);
    stage.frames(1);
    stage.press(META, KeyCode::AltLeft);
    stage.frames(1);
    stage.enter();
    assert!(!stage.is_open());
    stage.release(META, KeyCode::AltLeft);
    stage.release(SHIFT.0, SHIFT.1);
    stage.frames(1);
    stage.enter();
    assert!(stage.is_open());
}
