use bevy::{
    prelude::{DetectChanges, Local, Reflect, ReflectDefault, ReflectResource, Res, Resource},
    reflect::impl_reflect_opaque,
};

use super::CometChat;
use crate::connection::AppState;

// The connection knows no Bevy.
impl_reflect_opaque!((in bevy_cometchat::connection) AppState(Clone, Debug, Hash, PartialEq, Default));

/// The settings that a game can change at any time, through `ResMut<CometChatSettings>`. Changes take effect in the
/// next [`CometChatSystems::AppState`](crate::CometChatSystems::AppState).
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn enter_match(mut settings: ResMut<CometChatSettings>) {
///     // While the match runs, the chat stays connected also in the background.
///     settings.keep_alive = Some(true);
/// }
/// # bevy::ecs::system::assert_is_system(enter_match);
/// ```
#[derive(Resource, Reflect, Clone, Debug, PartialEq)]
#[reflect(Resource, Default, Clone, Debug, PartialEq)]
pub struct CometChatSettings {
    /// The source of the app's state. Default: [`AppStateSource::WindowFocus`].
    pub app_state_source: AppStateSource,
    /// The state of the app for [`AppStateSource::Manual`]. Default: in the foreground.
    ///
    /// A suspended app is always in the background.
    pub app_state: AppState,
    /// Whether the keep-alive service is on. Default: `None`, which means on in auto mode and off in manual mode.
    ///
    /// While it is on and the connection is live, the game's loop pings every 30 s, and once when the app goes to the
    /// background.
    pub keep_alive: Option<bool>,
    /// The maximum number of events processed per update, at least 1. The others follow in the next updates. Default:
    /// 1,024.
    ///
    /// It limits the time of an update in a flood of messages.
    pub event_budget: usize,
}

/// The source of the app's state: foreground or background.
///
/// With every source, a suspended app is in the background. An app without windows is in the foreground, unless the
/// source is [`Manual`](Self::Manual).
///
/// In a browser, a hidden page is in the background with [`WindowFocus`](Self::WindowFocus) and
/// [`Minimized`](Self::Minimized), from the moment at which it is hidden. A frozen page is in the background with each of
/// them.
///
/// With the feature `winit`, minimised windows are recognised on X11, Windows and macOS, within half a second or with
/// the next update after that: X11 reports no event for a minimised window without decorations, and leaves it the
/// focus. Wayland does not report minimised windows; it takes the focus from them.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[reflect(Default, Clone, Debug, PartialEq, Hash)]
pub enum AppStateSource {
    /// In the foreground while some window has the focus and is not minimised. The default.
    ///
    /// A loss of the focus counts after 100 ms and one more update.
    #[default]
    WindowFocus,
    /// In the foreground while some window is neither minimised nor fully covered. X11, macOS and the web report
    /// covered windows. Without the feature `winit` only Windows reports minimised ones.
    Minimized,
    /// In the foreground unless the platform suspends the app.
    AppLifecycle,
    /// Set by the game with [`CometChatSettings::set_app_state`](crate::CometChatSettings::set_app_state).
    Manual,
}

impl AppStateSource {
    /// Whether the windows decide. In a browser, the page takes their place: Bevy does not update while it is hidden,
    /// so the client watches it itself.
    pub(super) const fn follows_windows(self) -> bool {
        matches!(self, Self::WindowFocus | Self::Minimized)
    }
}

impl Default for CometChatSettings {
    fn default() -> Self {
        Self {
            app_state_source: AppStateSource::default(),
            app_state: AppState::default(),
            keep_alive: None,
            event_budget: 1_024,
        }
    }
}

impl CometChatSettings {
    /// Sets the state of the app, and [`AppStateSource::Manual`] as its source.
    pub fn set_app_state(&mut self, state: AppState) {
        self.app_state_source = AppStateSource::Manual;
        self.app_state = state;
    }
}

pub(super) fn have_changed(settings: Res<CometChatSettings>) -> bool {
    settings.is_changed()
}

/// Applies the setting of the keep-alive service to the client. `chosen` is the last applied one.
pub(super) fn apply_keep_alive(
    settings: Res<CometChatSettings>,
    chat: Res<CometChat>,
    mut chosen: Local<Option<bool>>,
) {
    if *chosen != settings.keep_alive {
        *chosen = settings.keep_alive;
        chat.choose_keep_alive(settings.keep_alive);
    }
}
