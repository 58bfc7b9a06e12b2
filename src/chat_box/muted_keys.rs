//! Keys that were down when the box opened or closed: they are let go for the game, until they really are.

use bevy::{
    input::{
        ButtonState,
        keyboard::{Key, KeyboardFocusLost, KeyboardInput},
    },
    platform::collections::HashSet,
    prelude::*,
};

/// The keys that count as released although they are held.
#[derive(Resource, Default)]
pub(super) struct MutedKeys {
    held: HashSet<KeyCode>,
    /// Whether the box opened or closed in this frame.
    pub(super) has_turned: bool,
}

impl MutedKeys {
    pub(super) fn contains(&self, key: KeyCode) -> bool {
        self.held.contains(&key)
    }
}

/// A run condition: some keys are muted.
pub(super) fn is_any_muted(muted: Res<MutedKeys>) -> bool {
    !muted.held.is_empty()
}

/// Keeps the keys that are held released, before anything reads them: a system would repeat them.
pub(super) fn keep_muted(
    mut typed: MessageReader<KeyboardInput>,
    mut focus_lost: MessageReader<KeyboardFocusLost>,
    mut muted: ResMut<MutedKeys>,
    mut codes: ResMut<ButtonInput<KeyCode>>,
) {
    if focus_lost.read().count() > 0 {
        // No release is told then.
        muted.held.clear();
    }
    // A key that is held cannot be pressed, so what says so repeats it.
    for key in typed.read() {
        if key.state == ButtonState::Released {
            muted.held.remove(&key.key_code);
        }
    }
    for key in &muted.held {
        codes.reset(*key);
    }
}

/// Releases all keys when the box has opened or closed, and lets nobody else hear of what was typed in this frame.
pub(super) fn mute(
    mut muted: ResMut<MutedKeys>,
    mut codes: ResMut<ButtonInput<KeyCode>>,
    mut keys: ResMut<ButtonInput<Key>>,
    mut typed: ResMut<Messages<KeyboardInput>>,
) {
    muted.has_turned = false;
    muted.held.extend(codes.get_pressed());
    for key in codes.get_just_pressed().copied().collect::<Vec<_>>() {
        codes.reset(key);
    }
    codes.release_all();
    // The input itself asks for the modifiers here.
    let others = |key: &&Key| {
        !matches!(
            key,
            Key::Shift | Key::Control | Key::Alt | Key::Super | Key::AltGraph
        )
    };
    let held: Vec<_> = keys.get_pressed().filter(others).cloned().collect();
    for key in held {
        keys.reset(key);
    }
    typed.clear();
}

/// A run condition: the box has opened or closed.
pub(super) fn has_turned(muted: Res<MutedKeys>) -> bool {
    muted.has_turned
}
