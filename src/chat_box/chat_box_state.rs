use bevy::prelude::{Res, Resource};

use super::chat_tabs::ChatTabs;
use crate::model::ReceiverId;

/// Whether the chat box has the keys, and which tab it shows. The game may change it.
#[derive(Resource, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatBoxState {
    /// Whether the player is typing: the keys belong to the box.
    pub is_open: bool,
    /// The id of the tab that is asked for; where it is not there, the first one is shown.
    pub tab: &'static str,
    /// Where what is typed goes instead of where the tab says, as after a click on a name.
    pub to: Option<ReceiverId>,
    pub(super) is_wheel_open: bool,
}

impl ChatBoxState {
    /// Whether a gamepad's wheel of [`QuickPhrases`](super::QuickPhrases) is open: the left stick belongs to it.
    pub const fn is_wheel_open(&self) -> bool {
        self.is_wheel_open
    }
}

impl Default for ChatBoxState {
    fn default() -> Self {
        Self {
            is_open: false,
            tab: ChatTabs::ALL,
            is_wheel_open: false,
            to: None,
        }
    }
}

/// A run condition: the player is typing in the chat box, or chooses on a gamepad's wheel of phrases, so the keys and
/// the stick are not the game's.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::chat_has_focus;
///
/// # fn walk() {}
/// App::new().add_systems(Update, walk.run_if(not(chat_has_focus)));
/// ```
///
/// In the frame in which the box opens or closes, no key counts as pressed, so that the Enter that sends and the
/// Escape that closes do nothing else.
pub fn chat_has_focus(state: Option<Res<ChatBoxState>>) -> bool {
    state.is_some_and(|state| state.is_open || state.is_wheel_open)
}
