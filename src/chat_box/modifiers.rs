//! The modifiers that are held when each key comes.
//!
//! A slow frame may contain a whole chord: Control, a letter and the releases of both. Bevy's `ButtonInput` is at the end of
//! the frame then, without Control. Here the keys of a frame are followed in order while they are dispatched, and Bevy's text
//! input, which reads `ButtonInput<Key>`, finds there what is held at each of them.

use bevy::{
    input::{
        ButtonState,
        keyboard::{Key, KeyboardFocusLost, KeyboardInput},
    },
    input_focus::FocusedInput,
    platform::collections::HashMap,
    prelude::*,
};

use super::schedules::BoxSchedule;

pub(super) const MODIFIERS: [Key; 5] = [
    Key::Shift,
    Key::Control,
    Key::Alt,
    Key::Super,
    Key::AltGraph,
];

/// The modifiers that are held, by the key that was pressed for them. `ButtonInput<Key>` misses the release of a modifier
/// that is reported as another key: X11 does so for Alt after Alt and Shift.
#[derive(Clone, Default, PartialEq)]
pub(super) struct HeldModifiers(HashMap<KeyCode, Key>);

impl HeldModifiers {
    pub(super) fn contains(&self, modifier: &Key) -> bool {
        self.0.values().any(|held| held == modifier)
    }

    pub(super) fn contains_any(&self, modifiers: &[Key]) -> bool {
        modifiers.iter().any(|modifier| self.contains(modifier))
    }

    /// Whether a key that is pressed now is no text, but a shortcut of the game or the system.
    pub(super) fn make_shortcut(&self) -> bool {
        self.contains_any(&[Key::Control, Key::Alt, Key::Super])
    }

    /// Changes with a key that is pressed or released.
    pub(super) fn follow(&mut self, key: &KeyboardInput) {
        match (key.state, modifier_of(key)) {
            (ButtonState::Pressed, Some(modifier)) => {
                self.0.insert(key.key_code, modifier);
            }
            (ButtonState::Pressed, None) => {}
            (ButtonState::Released, _) => {
                self.0.remove(&key.key_code);
            }
        }
    }

    /// Has `ButtonInput<Key>` say the same.
    fn apply(&self, keys: &mut ButtonInput<Key>) {
        for modifier in MODIFIERS {
            match (self.contains(&modifier), keys.pressed(modifier.clone())) {
                (true, false) => keys.press(modifier),
                (false, true) => keys.release(modifier),
                _ => {}
            }
        }
    }
}

/// The modifiers that are held when the key comes that is dispatched; before that, at the beginning of the frame, and after
/// it, at its end.
#[derive(Resource, Default)]
pub(super) struct Modifiers {
    pub(super) held: HeldModifiers,
    at_end: HeldModifiers,
}

/// Systems of [`BoxSchedule::EarlyKeys`] that read keys run after it.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RewindModifiers;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Modifiers>()
        .add_observer(follow)
        .add_systems(
            BoxSchedule::EarlyKeys,
            rewind
                .run_if(on_message::<KeyboardInput>.or_else(on_message::<KeyboardFocusLost>))
                .in_set(RewindModifiers),
        )
        .add_systems(BoxSchedule::Keys, finish.run_if(has_changed));
}

/// Goes back to the modifiers that were held at the beginning of the frame.
fn rewind(
    mut typed: MessageReader<KeyboardInput>,
    mut focus_lost: MessageReader<KeyboardFocusLost>,
    mut modifiers: ResMut<Modifiers>,
    mut keys: ResMut<ButtonInput<Key>>,
) {
    for key in typed.read() {
        modifiers.at_end.follow(key);
    }
    if focus_lost.read().count() > 0 {
        // The window does not receive the releases, and Bevy releases the codes of the keys only.
        modifiers.at_end = default();
    }
    for modifier in MODIFIERS {
        match (
            modifiers.held.contains(&modifier),
            keys.pressed(modifier.clone()),
        ) {
            (true, false) => {
                keys.press(modifier.clone());
                keys.clear_just_pressed(modifier);
            }
            (false, true) => keys.reset(modifier),
            _ => {}
        }
    }
}

/// Runs for each key, before Bevy's text input handles it.
fn follow(
    typed: On<FocusedInput<KeyboardInput>>,
    mut modifiers: ResMut<Modifiers>,
    mut keys: ResMut<ButtonInput<Key>>,
) {
    if typed.input.state == ButtonState::Released || modifier_of(&typed.input).is_some() {
        modifiers.held.follow(&typed.input);
        modifiers.held.apply(&mut keys);
    }
}

/// A run condition: not all keys were dispatched.
fn has_changed(modifiers: Res<Modifiers>) -> bool {
    modifiers.held != modifiers.at_end
}

fn finish(mut modifiers: ResMut<Modifiers>, mut keys: ResMut<ButtonInput<Key>>) {
    modifiers.held = modifiers.at_end.clone();
    modifiers.held.apply(&mut keys);
}

/// The modifier that a key is. X11 reports Alt as a key that is unidentified while Shift is held.
fn modifier_of(key: &KeyboardInput) -> Option<Key> {
    match (&key.logical_key, key.key_code) {
        (Key::Unidentified(_), KeyCode::AltLeft) => Some(Key::Alt),
        (logical, _) => MODIFIERS.contains(logical).then(|| logical.clone()),
    }
}
