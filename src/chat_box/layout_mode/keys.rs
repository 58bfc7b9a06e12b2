//! The keys of the layout mode: the arrows move the box, with Shift they change its size.

use bevy::{
    ecs::system::SystemParam, input::InputSystems, input_focus::InputFocusSystems, prelude::*,
};

use super::drag::{BoxArea, resized};
use crate::chat_box::{
    player_layout::{ChatLayout, DraftArea, fit},
    state::ChatBoxState,
};

/// How far a key moves the box or its edge, in logical pixels.
const STEP: f32 = 10.0;
/// How far it does while Control is held.
const FINE_STEP: f32 = 1.0;
/// The keys, and the directions that they stand for.
const ARROWS: [(KeyCode, Vec2); 4] = [
    (KeyCode::ArrowLeft, Vec2::NEG_X),
    (KeyCode::ArrowRight, Vec2::X),
    (KeyCode::ArrowUp, Vec2::NEG_Y),
    (KeyCode::ArrowDown, Vec2::Y),
];

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        PreUpdate,
        (end_on_escape, move_or_resize)
            .chain()
            .after(InputSystems)
            .before(InputFocusSystems::Dispatch)
            .run_if(is_active),
    );
}

/// A run condition: the keys are not for the input or a menu.
fn is_active(state: Res<ChatBoxState>) -> bool {
    state.is_layout_mode && !state.is_open && !state.is_menu_open
}

/// Ends the layout mode. The game does not see the key.
fn end_on_escape(mut keys: ResMut<ButtonInput<KeyCode>>, mut state: ResMut<ChatBoxState>) {
    if keys.clear_just_pressed(KeyCode::Escape) {
        keys.reset(KeyCode::Escape);
        state.is_layout_mode = false;
    }
}

/// The layout, which the keys change.
#[derive(SystemParam)]
struct Changed<'w, 's> {
    area: BoxArea<'w, 's>,
    layout: ResMut<'w, ChatLayout>,
    draft: Res<'w, DraftArea>,
}

/// Moves the box, or its lower right corner. The game does not see the keys. A key that is held repeats.
fn move_or_resize(mut keys: ResMut<ButtonInput<KeyCode>>, mut changed: Changed) {
    let is_held = |keys: &ButtonInput<KeyCode>, left, right| keys.any_pressed([left, right]);
    let resizes = is_held(&keys, KeyCode::ShiftLeft, KeyCode::ShiftRight);
    let step = if is_held(&keys, KeyCode::ControlLeft, KeyCode::ControlRight) {
        FINE_STEP
    } else {
        STEP
    };
    let pressed = ARROWS
        .into_iter()
        .filter(|(key, _)| keys.just_pressed(*key));
    let distance = pressed.map(|(_, direction)| direction * step).sum::<Vec2>();
    for (key, _) in ARROWS {
        keys.reset(key);
    }
    let is_still = distance == Vec2::ZERO || changed.draft.0.is_some();
    if is_still || !changed.area.is_movable(&changed.layout) {
        return;
    }
    let window = changed.area.window();
    let Some(area) = changed.area.get() else {
        return;
    };
    let area = if resizes {
        resized(area, Vec2::ONE, distance, window)
    } else {
        fit(
            Rect::from_corners(area.min + distance, area.max + distance),
            window,
        )
    };
    changed.layout.set_area(window, area);
}
