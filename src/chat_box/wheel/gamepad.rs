//! The gamepad on the wheel, and the button that opens it.

use bevy::prelude::*;

use super::{MAX_PHRASES, Wheel, WheelAction, look::WheelParts, phrase_at};
use crate::chat_box::{
    menu::{message_menu::OpenNewestMessageMenu, opening::OpenNewestNameMenu},
    schedules::BoxSchedule,
    state::{ChatBoxKeys, ChatBoxState},
};

/// Handles the gamepad on the wheel, and the button that opens it.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::chat_box) struct SteerWheel;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        BoxSchedule::Keys,
        steer
            .in_set(SteerWheel)
            .run_if(any_with_component::<Gamepad>.or_else(any_with_component::<Wheel>)),
    );
}

/// Opens and closes the wheel, and follows the stick. Buttons that are used on the wheel are reset for the game.
fn steer(
    keys: Res<ChatBoxKeys>,
    mut gamepads: Query<(Entity, &mut Gamepad)>,
    wheels: Query<(Entity, &Wheel)>,
    mut parts: WheelParts,
) {
    for (entity, mut gamepad) in &mut gamepads {
        let mut open = wheels.iter();
        let wheel = open.find(|(_, wheel)| wheel.gamepad == Some(entity));
        let opens = keys.wheel.is_some_and(|it| gamepad.just_pressed(it));
        let Some((node, wheel)) = wheel else {
            if opens && !parts.phrases.0.is_empty() {
                parts.spawn(Some(entity));
                gamepad.digital_mut().reset_all();
            }
            continue;
        };
        let count = parts.phrases.0.len().min(MAX_PHRASES);
        let selected = phrase_at(gamepad.left_stick(), count).or(wheel.selected);
        parts.use_wheel(node, WheelAction::Select(selected));
        let step = isize::from(gamepad.just_pressed(GamepadButton::RightTrigger))
            - isize::from(gamepad.just_pressed(GamepadButton::LeftTrigger));
        let next = parts.active.main().and_then(|active| {
            let tab = active
                .shown
                .neighbor(active.tabs, &active.state.tab, step)?;
            Some((active.chat_box, tab))
        });
        if let Some((chat_box, tab)) = next.filter(|_| step != 0) {
            parts.commands.queue(move |world: &mut World| {
                if let Some(mut state) = world.get_mut::<ChatBoxState>(chat_box) {
                    state.tab = tab;
                    state.to = None;
                }
            });
        }
        let opens_name_menu = gamepad.just_pressed(GamepadButton::North);
        let opens_menu = opens_name_menu || gamepad.just_pressed(GamepadButton::DPadUp);
        if gamepad.just_pressed(GamepadButton::South) {
            parts.use_wheel(node, WheelAction::SendSelected);
        } else if opens || opens_menu || gamepad.just_pressed(GamepadButton::East) {
            parts.use_wheel(node, WheelAction::Close);
        }
        if opens_name_menu {
            parts.commands.trigger(OpenNewestNameMenu);
        } else if opens_menu {
            parts.commands.trigger(OpenNewestMessageMenu);
        }
        gamepad.digital_mut().reset_all();
    }
    for (node, wheel) in &wheels {
        if wheel.gamepad.is_some_and(|it| !gamepads.contains(it)) {
            parts.commands.entity(node).despawn();
        }
    }
}
