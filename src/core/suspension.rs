//! Whether the app is in the foreground, according to the game and the platform.

use super::{Core, Output, PlatformEvent, app::App};
use crate::{
    connection::{self, AppState, Now},
    outbox,
};

impl Core {
    pub(super) fn on_platform_event(&mut self, event: PlatformEvent, now: Now) {
        self.app_states.apply(event);
        let state = self.app_states.app_state();
        let Some(app) = &mut self.app else { return };
        app.now = now;
        match event {
            PlatformEvent::Hidden => {
                app.change_app_state(state);
                // Browsers may end a hidden page without another event.
                app.outputs.push_back(Output::LookAtQueue);
            }
            PlatformEvent::Leaving => app.outputs.push_back(Output::LookAtQueue),
            PlatformEvent::Visible | PlatformEvent::Thawed => app.change_app_state(state),
            PlatformEvent::Frozen => app.freeze(),
            PlatformEvent::Online => app.on_online(),
            PlatformEvent::StorageChanged => app.look_at_storage(),
            PlatformEvent::Exiting => {}
        }
        app.end_failed_links();
    }
}

impl App {
    /// Handles a freeze: nothing runs from now on, for an unknown time.
    fn freeze(&mut self) {
        self.set_app_state(AppState::Background);
        self.handle_connection(connection::Input::Frozen);
        self.outputs.push_back(Output::LookAtQueue);
    }

    fn on_online(&mut self) {
        self.handle_connection(connection::Input::Online);
        self.handle_outbox(outbox::Input::NetworkBack);
    }
}
