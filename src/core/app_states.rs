use super::PlatformEvent;
use crate::connection::AppState;

/// What is known about the app's state.
#[derive(Debug, Default)]
pub(super) struct AppStates {
    /// The state that the game last reported.
    pub(super) game: AppState,
    /// Whether a hidden page suspends the app.
    pub(super) suspends_when_hidden: bool,
    is_hidden: bool,
    is_frozen: bool,
}

impl AppStates {
    pub(super) fn apply(&mut self, event: PlatformEvent) {
        match event {
            PlatformEvent::Hidden => self.is_hidden = true,
            PlatformEvent::Visible => {
                self.is_hidden = false;
                self.is_frozen = false;
            }
            PlatformEvent::Frozen => self.is_frozen = true,
            PlatformEvent::Thawed => self.is_frozen = false,
            PlatformEvent::Leaving
            | PlatformEvent::Online
            | PlatformEvent::StorageChanged
            | PlatformEvent::Exiting => {}
        }
    }

    /// A suspended app is in the background, whatever the game says.
    pub(super) fn app_state(&self) -> AppState {
        if self.is_frozen || (self.is_hidden && self.suspends_when_hidden) {
            AppState::Background
        } else {
            self.game
        }
    }
}
