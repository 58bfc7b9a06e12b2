//! The page's input field: a canvas gets no input method, no keyboard of a phone and no paste without a question. While the
//! chat box takes text, the page puts a field at its caret, and hands on here what is written there.

use std::cell::RefCell;

use bevy::{
    prelude::*,
    window::{Ime, PrimaryWindow},
};
use wasm_bindgen::prelude::wasm_bindgen;

/// What was written in the field.
enum Written {
    /// What an input method is composing.
    Draft(String),
    Text(String),
}

thread_local! {
    static WRITTEN: RefCell<Vec<Written>> = const { RefCell::new(Vec::new()) };
    static CARET: RefCell<Option<Vec2>> = const { RefCell::new(None) };
}

/// Where the caret is, in the pixels of CSS, or nothing unless text is taken.
#[wasm_bindgen]
pub fn caret() -> Option<Vec<f32>> {
    CARET.with_borrow(|caret| caret.map(|at| at.to_array().into()))
}

/// Shows what an input method is composing.
#[wasm_bindgen]
pub fn compose(text: String) {
    WRITTEN.with_borrow_mut(|it| it.push(Written::Draft(text)));
}

/// Inserts a text.
#[wasm_bindgen]
pub fn insert(text: String) {
    WRITTEN.with_borrow_mut(|it| it.push(Written::Text(text)));
}

pub(super) fn plugin(app: &mut App) {
    app.add_systems(PreUpdate, take_written)
        .add_systems(Last, tell_caret);
}

fn take_written(window: Single<Entity, With<PrimaryWindow>>, mut inputs: MessageWriter<Ime>) {
    let window = *window;
    inputs.write_batch(WRITTEN.take().into_iter().map(|written| match written {
        Written::Draft(value) => {
            let end = value.len();
            Ime::Preedit {
                window,
                value,
                cursor: Some((end, end)),
            }
        }
        Written::Text(value) => Ime::Commit { window, value },
    }));
}

fn tell_caret(window: Single<&Window, With<PrimaryWindow>>) {
    CARET.set(window.ime_enabled.then_some(window.ime_position));
}
