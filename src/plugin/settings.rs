use bevy::{
    prelude::{DetectChanges, Reflect, ReflectDefault, ReflectResource, Res, Resource},
    reflect::impl_reflect_opaque,
};

use super::AppStateSource;
use crate::connection::AppState;

// The connection knows no Bevy.
impl_reflect_opaque!((in bevy_cometchat::connection) AppState(Clone, Debug, Hash, PartialEq, Default));

/// What a game can change at any time, through `ResMut<CometChatSettings>`. It takes effect in the next
/// [`CometChatSystems::AppState`](crate::CometChatSystems::AppState).
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
    /// What the state of the app is derived from. Default: [`AppStateSource::WindowFocus`].
    pub app_state_source: AppStateSource,
    /// The state of the app for [`AppStateSource::Manual`]. Default: in the foreground.
    ///
    /// A suspended app is in the background all the same.
    pub app_state: AppState,
    /// Whether the keep-alive service is on. Default: `None`, which means on in auto mode and off in manual mode.
    ///
    /// While it is on and the connection is live, the game's loop pings every 30 s, and once when the app goes to the
    /// background.
    pub keep_alive: Option<bool>,
    /// The most events that are taken in per update, at least 1; the rest follows in the next ones. Default: 1,024.
    ///
    /// It bounds how long a flood can hold up a frame.
    pub event_budget: usize,
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
    /// Says whether the app is in the foreground; from now on only the game does: [`AppStateSource::Manual`].
    pub fn set_app_state(&mut self, state: AppState) {
        self.app_state_source = AppStateSource::Manual;
        self.app_state = state;
    }
}

pub(super) fn have_changed(settings: Res<CometChatSettings>) -> bool {
    settings.is_changed()
}
