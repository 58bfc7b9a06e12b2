//! The keys on the wheel of phrases, and the one that opens it.

use bevy::{
    ecs::message::MessageCursor,
    ecs::system::SystemParam,
    input::{ButtonState, keyboard::KeyboardInput},
    input_focus::InputFocus,
    prelude::*,
    window::PrimaryWindow,
};

use super::focus::{MutedKeys, key_code};
use crate::chat_box::{
    modifiers::Modifiers,
    quick_phrases::QuickPhrases,
    state::{ChatBoxKeys, ChatBoxModes, ChatBoxState},
    wheel::{OpenWheel, UseWheel, Wheel, WheelAction},
};

/// The digits, which send the phrases.
const DIGITS: [[KeyCode; 2]; 8] = [
    [KeyCode::Digit1, KeyCode::Numpad1],
    [KeyCode::Digit2, KeyCode::Numpad2],
    [KeyCode::Digit3, KeyCode::Numpad3],
    [KeyCode::Digit4, KeyCode::Numpad4],
    [KeyCode::Digit5, KeyCode::Numpad5],
    [KeyCode::Digit6, KeyCode::Numpad6],
    [KeyCode::Digit7, KeyCode::Numpad7],
    [KeyCode::Digit8, KeyCode::Numpad8],
];

/// What decides whether a key opens the wheel.
#[derive(SystemParam)]
pub(super) struct WheelKeys<'w, 's> {
    keys: Res<'w, ChatBoxKeys>,
    phrases: Res<'w, QuickPhrases>,
    boxes: Query<'w, 's, &'static ChatBoxState>,
    modes: Res<'w, ChatBoxModes>,
    focus: Res<'w, InputFocus>,
    modifiers: Res<'w, Modifiers>,
    windows: Query<'w, 's, (), With<PrimaryWindow>>,
}

impl WheelKeys<'_, '_> {
    /// Whether the keys are not for the box, or another widget.
    fn is_free(&self) -> bool {
        let focused = self.focus.get();
        let is_open = self.boxes.iter().any(|state| state.is_open);
        let is_used = is_open || self.modes.is_menu_open || self.modes.is_layout_mode;
        !is_used
            && !self.phrases.0.is_empty()
            && focused.is_none_or(|focused| self.windows.contains(focused))
    }

    /// Whether one of the keys opens the wheel.
    fn is_opened_by<'k>(&self, mut typed: impl Iterator<Item = &'k KeyboardInput>) -> bool {
        let mut held = self.modifiers.held.clone();
        typed.any(|key| {
            held.follow(key);
            let is_wheel_key = self.keys.wheel_key == Some(key_code(key));
            is_wheel_key && is_press(key) && !held.make_shortcut()
        })
    }

    fn action(&self, code: KeyCode) -> Option<WheelAction> {
        if self.keys.wheel_key == Some(code) {
            return Some(WheelAction::Close);
        }
        let digit = DIGITS.iter().position(|digit| digit.contains(&code));
        match code {
            KeyCode::ArrowRight | KeyCode::ArrowDown => Some(WheelAction::Turn(1)),
            KeyCode::ArrowLeft | KeyCode::ArrowUp => Some(WheelAction::Turn(-1)),
            KeyCode::Enter | KeyCode::Space => Some(WheelAction::SendSelected),
            KeyCode::Escape => Some(WheelAction::Close),
            _ => digit.map(WheelAction::Send),
        }
    }
}

const fn is_press(key: &KeyboardInput) -> bool {
    matches!(key.state, ButtonState::Pressed) && !key.repeat
}

/// Opens the wheel with its key. While it is open, all keys are its own, and later systems see none of them.
pub(super) fn handle(
    mut cursor: Local<MessageCursor<KeyboardInput>>,
    mut typed: ResMut<Messages<KeyboardInput>>,
    keys: WheelKeys,
    wheels: Query<(Entity, &Wheel)>,
    mut muted: ResMut<MutedKeys>,
    mut commands: Commands,
) {
    let mut open = wheels.iter().filter(|(_, wheel)| wheel.is_for_keys());
    if let Some((wheel, _)) = open.next() {
        let pressed = cursor.read(&typed).filter(|key| is_press(key));
        for action in pressed.filter_map(|key| keys.action(key_code(key))) {
            commands.trigger(UseWheel::new(wheel, action));
        }
    } else if keys.is_opened_by(cursor.read(&typed)) && keys.is_free() {
        commands.trigger(OpenWheel);
    } else {
        return cursor.clear(&typed);
    }
    typed.clear();
    muted.mute_all();
}
