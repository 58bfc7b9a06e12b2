use bevy::prelude::{App, IntoScheduleConfigs, PreUpdate, SystemSet};

/// The sets of the plugin's systems in [`PreUpdate`](bevy::app::PreUpdate), in this order.
///
/// A system of the game in `PreUpdate` that reads chat messages must run `.after(CometChatSystems::Receive)`. Systems
/// in later schedules need no ordering.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CometChatSystems {
    /// Writes the messages of the events that arrived, updates [`CometChat`](crate::CometChat), then runs observers and
    /// the callbacks of requests.
    Receive,
    /// Applies [`CometChatSettings`](crate::CometChatSettings), and reports the state of the app to the client.
    AppState,
    /// Sends a keep-alive ping when one is due.
    KeepAlive,
    /// Joins and leaves the groups of zones and components.
    Groups,
}

pub(super) fn configure(app: &mut App) {
    app.configure_sets(
        PreUpdate,
        (
            CometChatSystems::Receive,
            CometChatSystems::AppState,
            CometChatSystems::KeepAlive,
            CometChatSystems::Groups,
        )
            .chain_ignore_deferred(),
    );
}
