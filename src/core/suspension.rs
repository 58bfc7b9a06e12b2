//! Whether the app is in the foreground, as the game and the platform say it.

use super::{Core, PlatformEvent, app::App};
use crate::{
    connection::{self, AppState, Now},
    outbox,
};

/// What is known about the app's state.
#[derive(Debug, Default)]
pub(super) struct AppStates {
    /// As the game said last.
    pub(super) game: AppState,
    /// Whether a hidden page suspends the app.
    pub(super) suspends_when_hidden: bool,
    is_hidden: bool,
    is_frozen: bool,
}

impl AppStates {
    /// A suspended app is in the background, whatever the game says.
    pub(super) fn app_state(&self) -> AppState {
        if self.is_frozen || (self.is_hidden && self.suspends_when_hidden) {
            AppState::Background
        } else {
            self.game
        }
    }
}

impl Core {
    pub(super) fn on_platform_event(&mut self, event: PlatformEvent, now: Now) {
        let states = &mut self.app_states;
        match event {
            PlatformEvent::Hidden => states.is_hidden = true,
            PlatformEvent::Visible => {
                states.is_hidden = false;
                states.is_frozen = false;
            }
            PlatformEvent::Frozen => states.is_frozen = true,
            PlatformEvent::Thawed => states.is_frozen = false,
            PlatformEvent::Online | PlatformEvent::StorageChanged | PlatformEvent::Exiting => {}
        }
        let state = states.app_state();
        let Some(app) = &mut self.app else { return };
        app.now = now;
        match event {
            PlatformEvent::Hidden | PlatformEvent::Visible | PlatformEvent::Thawed => {
                app.change_app_state(state);
            }
            PlatformEvent::Frozen => app.freeze(),
            PlatformEvent::Online => app.on_online(),
            PlatformEvent::StorageChanged => app.look_at_storage(),
            PlatformEvent::Exiting => {}
        }
        app.end_failed_links();
    }
}

impl App {
    /// Nothing runs from now on, and nobody knows for how long.
    fn freeze(&mut self) {
        self.set_app_state(AppState::Background);
        self.handle_connection(connection::Input::Frozen);
        self.save_sync_state();
    }

    fn on_online(&mut self) {
        self.handle_connection(connection::Input::Online);
        self.handle_outbox(outbox::Input::NetworkBack);
    }
}
