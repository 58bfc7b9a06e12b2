//! The keys of the layout mode: the arrows move the box, with Shift they change its size.

use bevy::{
    input::keyboard::{Key, KeyboardInput},
    prelude::*,
};

use super::drag::{BoxAreas, resized};
use crate::chat_box::{
    main_box::MainBox,
    modifiers::{Modifiers, RewindModifiers},
    player_layout::{ChatLayout, DraftArea, fit},
    schedules::BoxSchedule,
    state::{ChatBoxModes, ChatBoxState},
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
        BoxSchedule::EarlyKeys,
        (end_on_escape, move_or_resize)
            .chain()
            .after(RewindModifiers)
            .run_if(is_active),
    );
}

/// A run condition: the keys are not for the input or a menu.
fn is_active(modes: Res<ChatBoxModes>, boxes: Query<&ChatBoxState>) -> bool {
    let is_open = boxes.iter().any(|state| state.is_open);
    modes.is_layout_mode && !modes.is_menu_open && !is_open
}

/// Ends the layout mode. The game does not see the key.
fn end_on_escape(mut keys: ResMut<ButtonInput<KeyCode>>, mut modes: ResMut<ChatBoxModes>) {
    if keys.clear_just_pressed(KeyCode::Escape) {
        keys.reset(KeyCode::Escape);
        modes.is_layout_mode = false;
    }
}

/// Moves the main box, or its lower right corner. The game does not see the keys. A key that is held repeats.
fn move_or_resize(
    mut typed: MessageReader<KeyboardInput>,
    modifiers: Res<Modifiers>,
    mut keys: ResMut<ButtonInput<KeyCode>>,
    main: MainBox,
    mut boxes: ParamSet<(BoxAreas, Query<(&mut ChatLayout, &DraftArea)>)>,
) {
    let (mut distance, mut growth) = (Vec2::ZERO, Vec2::ZERO);
    let mut held = modifiers.held.clone();
    for key in typed.read() {
        held.follow(key);
        let arrow = ARROWS.iter().find(|(arrow, _)| *arrow == key.key_code);
        let Some((_, direction)) = arrow.filter(|_| key.state.is_pressed()) else {
            continue;
        };
        let is_fine = held.contains(&Key::Control);
        let step = direction * if is_fine { FINE_STEP } else { STEP };
        if held.contains(&Key::Shift) {
            growth += step;
        } else {
            distance += step;
        }
    }
    for (key, _) in ARROWS {
        keys.reset(key);
    }
    let is_moved = distance != Vec2::ZERO || growth != Vec2::ZERO;
    let Some(chat_box) = main.get().filter(|_| is_moved) else {
        return;
    };
    let areas = boxes.p0();
    let area = areas.get(chat_box).filter(|_| areas.is_movable(chat_box));
    let Some((area, window)) = area else {
        return;
    };
    let moved = Rect::from_corners(area.min + distance, area.max + distance);
    let area = resized(fit(moved, window), Vec2::ONE, growth, window);
    if let Ok((mut layout, draft)) = boxes.p1().get_mut(chat_box)
        && draft.0.is_none()
    {
        layout.set_area(window, area);
    }
}
