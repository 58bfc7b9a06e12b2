use bevy::prelude::{NextState, Reflect, Res, ResMut, State, States};

use super::CometChat;
use crate::connection::ConnectionStatus;

/// The connection's status as a Bevy state, for `OnEnter`, `in_state` and `DespawnOnExit`.
///
/// It follows [`CometChat::connection_status`] within the same update. A status that lasts less than an update is
/// skipped; [`ConnectionChanged`](crate::ConnectionChanged) is written for each.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn greet(chat: Res<CometChat>) {
///     chat.send_message(TextMessage::to_group("lobby", "Hello!"));
/// }
///
/// App::new()
///     .add_plugins(CometChatPlugin::uninitialized())
///     .add_systems(OnEnter(ConnectionState::Connected), greet);
/// ```
#[derive(States, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[reflect(Clone, Debug, PartialEq, Hash)]
pub enum ConnectionState {
    /// No connection, and no attempt under way.
    #[default]
    Disconnected,
    /// An attempt is under way.
    Connecting,
    /// Live.
    Connected,
}

pub(super) fn differs(chat: Res<CometChat>, state: Res<State<ConnectionState>>) -> bool {
    ConnectionState::from(chat.connection_status()) != *state.get()
}

pub(super) fn mirror(chat: Res<CometChat>, mut next: ResMut<NextState<ConnectionState>>) {
    next.set(chat.connection_status().into());
}

impl From<ConnectionStatus> for ConnectionState {
    fn from(status: ConnectionStatus) -> Self {
        match status {
            ConnectionStatus::Connecting => Self::Connecting,
            ConnectionStatus::Connected => Self::Connected,
            ConnectionStatus::Disconnected | ConnectionStatus::FeatureThrottled => {
                Self::Disconnected
            }
        }
    }
}
