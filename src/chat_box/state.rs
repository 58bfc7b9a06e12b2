//! What the player does with the box: whether it is open, the active tab, and the keys that open it.

use bevy::prelude::*;

use super::{parts::ChatBox, schedules::BoxSchedule, tab_id::ChatTabId, tabs::ChatTabs};
use crate::{
    model::{ReceiverId, Uid},
    plugin::ChatHistory,
};

/// The state of a chat box: a component of each [`ChatBox`](super::ChatBox). The game may change it. A game with one box
/// uses `Single<&mut ChatBoxState>`.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Clone, Debug, Default, PartialEq)]
pub struct ChatBoxState {
    /// Whether the input has the focus: the player is typing. At most one box is open. The box that is opened last stays.
    pub is_open: bool,
    /// The id of the active tab. If the box does not show the tab, its first visible one is active.
    pub tab: ChatTabId,
    /// The receiver of the next line, if it is not the one of the active tab. A click on a name sets it.
    #[reflect(ignore)]
    pub to: Option<ReceiverId>,
}

/// What the player does with all boxes and beside them. The game may change the layout mode.
#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Resource, Clone, Debug, Default, PartialEq)]
pub struct ChatBoxModes {
    /// Whether the player moves and changes the boxes: see [`ChatLayout`](super::ChatLayout).
    pub is_layout_mode: bool,
    pub(super) is_wheel_open: bool,
    pub(super) is_menu_open: bool,
}

impl ChatBoxModes {
    /// Whether the wheel of [`QuickPhrases`](super::QuickPhrases) is open. While it is, it uses the left stick.
    pub const fn is_wheel_open(&self) -> bool {
        self.is_wheel_open
    }

    /// Whether the menu on a name or a message is open. While it is, it uses the keys.
    pub const fn is_menu_open(&self) -> bool {
        self.is_menu_open
    }
}

impl Default for ChatBoxState {
    fn default() -> Self {
        Self {
            is_open: false,
            tab: ChatTabs::ALL,
            to: None,
        }
    }
}

/// A run condition: the player is typing in a chat box, or uses the menu on a name or the gamepad's wheel. Keys and stick do
/// not belong to the game then.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::chat_has_focus;
///
/// # fn walk() {}
/// App::new().add_systems(Update, walk.run_if(not(chat_has_focus)));
/// ```
///
/// In the frame in which the box opens or closes, no key is pressed for the game: the Enter that sends and the Escape
/// that closes have no second effect.
pub fn chat_has_focus(boxes: Query<&ChatBoxState>, modes: Option<Res<ChatBoxModes>>) -> bool {
    let is_used = |modes: Res<ChatBoxModes>| {
        modes.is_wheel_open || modes.is_menu_open || modes.is_layout_mode
    };
    boxes.iter().any(|state| state.is_open) || modes.is_some_and(is_used)
}

/// The keys and buttons that open the chat box. `None` disables one. In the open box, Enter sends and Escape closes.
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatBoxKeys {
    /// Opens the box. Default: Enter. The Enter key of the keypad is equivalent to Enter.
    pub open: Option<KeyCode>,
    /// Opens the box with a slash in the input. Default: the slash key.
    pub open_with_slash: Option<KeyCode>,
    /// Opens the box with the user who has whispered last as the receiver, unless there is a draft. Default: `None`.
    /// [`ChatTab::key`](super::ChatTab::key) does the same for the conversation of a tab.
    pub reply: Option<KeyCode>,
    /// Opens the menu on the name of the player who has written the newest line, while the box is open, as does Shift
    /// with F10. The left and right arrows then change to the players who have written before. Default: the menu key.
    pub menu: Option<KeyCode>,
    /// The gamepad button that opens the wheel of [`QuickPhrases`](super::QuickPhrases). Default: Select. On the
    /// wheel, the left stick selects a phrase, South sends it, East closes the wheel, the shoulder buttons change
    /// the active tab, North opens the menu on a name, and D-pad up the one on a message.
    pub wheel: Option<GamepadButton>,
    /// Opens the wheel while the box is closed, as does Control with P while it is open. On the wheel, the arrows select a
    /// phrase, Enter sends it, the digits send theirs, Escape and this key close the wheel. Default: `None`.
    pub wheel_key: Option<KeyCode>,
}

impl Default for ChatBoxKeys {
    fn default() -> Self {
        Self {
            open: Some(KeyCode::Enter),
            open_with_slash: Some(KeyCode::Slash),
            reply: None,
            menu: Some(KeyCode::ContextMenu),
            wheel: Some(GamepadButton::Select),
            wheel_key: None,
        }
    }
}

/// The user has logged out, or another one has logged in. What the box holds of the previous user is dropped.
#[derive(Event)]
pub(super) struct UserLeft;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<ChatBoxKeys>()
        .init_resource::<ChatBoxModes>()
        .register_required_components::<ChatBox, ChatBoxState>()
        .register_type::<ChatBoxModes>()
        .register_type::<ChatBoxKeys>()
        .register_type::<ChatBoxState>()
        .add_observer(reset)
        .add_systems(
            BoxSchedule::Prepare,
            detect_user_change.run_if(resource_changed::<ChatHistory>),
        );
}

fn detect_user_change(
    history: Res<ChatHistory>,
    mut last: Local<Option<Uid>>,
    mut commands: Commands,
) {
    let user = history.user().map(|user| &user.uid);
    if last.as_ref() == user {
        return;
    }
    if last.is_some() {
        commands.trigger(UserLeft);
    }
    *last = user.cloned();
}

fn reset(_: On<UserLeft>, mut boxes: Query<&mut ChatBoxState>) {
    for mut state in &mut boxes {
        state.to = None;
        state.tab = ChatTabs::ALL;
    }
}
