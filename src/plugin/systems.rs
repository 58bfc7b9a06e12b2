use bevy::prelude::SystemSet;

/// What the plugin does in [`PreUpdate`](bevy::app::PreUpdate), in this order.
///
/// A system of the game's own in `PreUpdate` that reads chat messages runs `.after(CometChatSystems::Receive)`;
/// systems in later schedules need nothing.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CometChatSystems {
    /// Takes in what arrived: writes messages, updates [`CometChat`](crate::CometChat), runs the callbacks of
    /// requests that ended.
    Receive,
    /// Finds out whether the app is in the foreground, and tells the client (rules F1–F3).
    AppState,
    /// Pings when a ping is due (rules K1–K3).
    KeepAlive,
    /// Joins and leaves the groups of zones and components.
    Channels,
}
