use bevy::prelude::{App, IntoScheduleConfigs, PreUpdate, SystemSet};

/// The sets of the plugin's systems in [`PreUpdate`](bevy::app::PreUpdate), in this order.
///
/// A system of the game's own in `PreUpdate` that reads chat messages runs `.after(CometChatSystems::Receive)`;
/// systems in later schedules need nothing.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CometChatSystems {
    /// Writes the messages of what arrived, updates [`CometChat`](crate::CometChat), then runs observers and the
    /// callbacks of requests.
    Receive,
    /// Applies [`CometChatSettings`](crate::CometChatSettings), finds out whether the app is in the foreground, and
    /// tells the client.
    AppState,
    /// Pings when a ping is due.
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
