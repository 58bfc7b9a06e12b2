use bevy::prelude::{GamepadButton, KeyCode, Resource};

/// What opens the chat box. [`ChatBoxKeys::default`] gives the values named here; `None` switches one off. In the open
/// box, Enter sends and Escape closes, whatever is set here.
#[derive(Resource, Clone, Debug)]
#[non_exhaustive]
pub struct ChatBoxKeys {
    /// Opens the box: Enter. The Enter of the keypad does what Enter does.
    pub open: Option<KeyCode>,
    /// Opens the box with a slash in the input: the slash key.
    pub open_with_slash: Option<KeyCode>,
    /// Opens the wheel of [`QuickPhrases`](super::QuickPhrases) on a gamepad: Select. On it, the left stick chooses a
    /// phrase, South sends it, East closes it, the shoulder buttons go through the tabs.
    pub wheel: Option<GamepadButton>,
}

impl Default for ChatBoxKeys {
    fn default() -> Self {
        Self {
            open: Some(KeyCode::Enter),
            open_with_slash: Some(KeyCode::Slash),
            wheel: Some(GamepadButton::Select),
        }
    }
}
