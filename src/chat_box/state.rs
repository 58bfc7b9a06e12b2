//! What the player does with the box: whether it is open, the active tab, and the keys that open it.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    parts::ChatBoxSystems,
    safety::LineFilter,
    tabs::{ChatTab, ChatTabs},
};
use crate::{
    model::{ReceiverId, Uid},
    plugin::ChatHistory,
};

/// The state of the chat box. The game may change it.
#[derive(Resource, Reflect, Clone, Debug, PartialEq)]
#[reflect(Resource, Clone, Debug, Default, PartialEq)]
pub struct ChatBoxState {
    /// Whether the input has the focus: the player is typing.
    pub is_open: bool,
    /// The id of the active tab. If the tab is not visible, the first visible one is active.
    pub tab: &'static str,
    /// The receiver of the next line, if it is not the one of the active tab. A click on a name sets it.
    #[reflect(ignore)]
    pub to: Option<ReceiverId>,
    pub(super) is_wheel_open: bool,
    pub(super) is_menu_open: bool,
}

impl ChatBoxState {
    /// Whether the wheel of [`QuickPhrases`](super::QuickPhrases) is open. While it is, it uses the left stick.
    pub const fn is_wheel_open(&self) -> bool {
        self.is_wheel_open
    }

    /// Whether the menu on a name is open. While it is, it uses the keys.
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
            is_wheel_open: false,
            is_menu_open: false,
        }
    }
}

/// A run condition: the player is typing in the chat box, or uses the menu on a name or the gamepad's wheel. Keys and stick do
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
pub fn chat_has_focus(state: Option<Res<ChatBoxState>>) -> bool {
    state.is_some_and(|state| state.is_open || state.is_wheel_open || state.is_menu_open)
}

/// The keys and buttons that open the chat box. `None` disables one. In the open box, Enter sends and Escape closes.
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatBoxKeys {
    /// Opens the box. Default: Enter. The Enter key of the keypad is equivalent to Enter.
    pub open: Option<KeyCode>,
    /// Opens the box with a slash in the input. Default: the slash key.
    pub open_with_slash: Option<KeyCode>,
    /// Opens the menu on the name of the player who has written the newest line, while the box is open, as does Shift
    /// with F10. The left and right arrows then change to the players who have written before. Default: the menu key.
    pub menu: Option<KeyCode>,
    /// The gamepad button that opens the wheel of [`QuickPhrases`](super::QuickPhrases). Default: Select. On the
    /// wheel, the left stick selects a phrase, South sends it, East closes the wheel, the shoulder buttons change
    /// the active tab, and North opens the menu on a name.
    pub wheel: Option<GamepadButton>,
}

impl Default for ChatBoxKeys {
    fn default() -> Self {
        Self {
            open: Some(KeyCode::Enter),
            open_with_slash: Some(KeyCode::Slash),
            menu: Some(KeyCode::ContextMenu),
            wheel: Some(GamepadButton::Select),
        }
    }
}

/// The receiver of the line that the player writes. It is fixed when the input opens, so that a whisper that arrives
/// meanwhile, or a change of the tabs, does not redirect the line.
#[derive(Resource, Default, PartialEq)]
pub(super) struct FixedTarget(Option<TargetOfTab>);

/// The receiver of lines in the tab with this id.
#[derive(PartialEq)]
struct TargetOfTab {
    tab: &'static str,
    to: Option<ReceiverId>,
}

impl FixedTarget {
    /// Whether the receiver of lines in this tab is fixed, if only to nobody.
    pub(super) fn is_for(&self, tab: &str) -> bool {
        self.0.as_ref().is_some_and(|fixed| fixed.tab == tab)
    }

    pub(super) fn is_somebody(&self) -> bool {
        self.0.as_ref().is_some_and(|fixed| fixed.to.is_some())
    }

    pub(super) fn new(tab: &'static str, to: Option<ReceiverId>) -> Self {
        Self(Some(TargetOfTab { tab, to }))
    }
}

/// The user has logged out, or another one has logged in. What the box holds of the previous user is dropped.
#[derive(Event)]
pub(super) struct UserLeft;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<ChatBoxKeys>()
        .init_resource::<ChatBoxState>()
        .init_resource::<FixedTarget>()
        .register_type::<ChatBoxKeys>()
        .register_type::<ChatBoxState>()
        .add_observer(reset)
        .add_systems(
            PostUpdate,
            detect_user_change
                .before(ChatBoxSystems::Update)
                .run_if(resource_changed::<ChatHistory>),
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

fn reset(_: On<UserLeft>, mut state: ResMut<ChatBoxState>, mut fixed: ResMut<FixedTarget>) {
    state.to = None;
    state.tab = ChatTabs::ALL;
    *fixed = FixedTarget::default();
}

/// The active tab, and what it shows.
#[derive(SystemParam)]
pub(super) struct ActiveTab<'w> {
    pub(super) state: Res<'w, ChatBoxState>,
    pub(super) tabs: Res<'w, ChatTabs>,
    pub(super) history: Res<'w, ChatHistory>,
    fixed: Res<'w, FixedTarget>,
    pub(super) filter: LineFilter<'w>,
}

impl ActiveTab<'_> {
    pub(super) fn is_changed(&self) -> bool {
        self.state.is_changed()
            || self.tabs.is_changed()
            || self.history.is_changed()
            || self.fixed.is_changed()
            || self.filter.is_changed()
    }

    pub(super) fn tab(&self) -> Option<&ChatTab> {
        self.tabs.active(self.state.tab)
    }

    /// The receiver of the next line.
    pub(super) fn target(&self) -> Option<ReceiverId> {
        if self.state.to.is_some() {
            return self.state.to.clone();
        }
        match &self.fixed.0 {
            Some(fixed) if fixed.tab == self.state.tab => fixed.to.clone(),
            _ => self
                .tabs
                .target(self.tab()?, &self.history, &self.filter.muted),
        }
    }
}
