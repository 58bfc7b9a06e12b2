//! What is typed is what is sent.

use bevy::{
    input::{ButtonState, keyboard::Key},
    prelude::*,
};

use crate::stage::Stage;

#[test]
fn a_space_is_typed_while_shift_is_held_or_goes_down_in_the_same_frame() {
    let mut stage = Stage::new();
    stage.enter();
    stage.press(Key::Shift, KeyCode::ShiftLeft);
    stage.type_text("A B");
    stage.release(Key::Shift, KeyCode::ShiftLeft);
    stage.frames(1);

    stage.key(Key::Space, KeyCode::Space, ButtonState::Pressed, false);
    stage.key(Key::Space, KeyCode::Space, ButtonState::Released, false);
    stage.press(Key::Shift, KeyCode::ShiftLeft);
    stage.type_text("C");
    stage.release(Key::Shift, KeyCode::ShiftLeft);
    stage.frames(1);
    stage.type_text(" D");
    stage.enter();
    assert_eq!(stage.sent(), ["A B C D"]);
}

#[test]
fn a_box_that_is_closed_and_opened_in_one_slow_frame_is_open() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("Hello,");
    stage.press(Key::Escape, KeyCode::Escape);
    stage.release(Key::Escape, KeyCode::Escape);
    stage.press(Key::Enter, KeyCode::Enter);
    stage.release(Key::Enter, KeyCode::Enter);
    stage.type_text(" Mira!");
    stage.enter();
    assert_eq!(stage.sent(), ["Hello, Mira!"]);
}
