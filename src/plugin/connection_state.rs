use bevy::{
    prelude::{
        App, AppExtStates, IntoScheduleConfigs, NextState, Plugin, PreUpdate, Res, ResMut, State,
        States,
    },
    state::app::StatesPlugin,
};

use super::{CometChat, CometChatSystems};
use crate::connection::ConnectionStatus;

/// The connection's status as a Bevy state, for `OnEnter`, `in_state` and `DespawnOnExit`. Kept by
/// [`ConnectionStatePlugin`].
#[derive(States, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// No connection, and no attempt under way.
    #[default]
    Disconnected,
    /// An attempt is under way.
    Connecting,
    /// Live.
    Connected,
}

/// Mirrors [`CometChat::connection_status`] in [`ConnectionState`]. A status that lasts less than an update is
/// skipped; [`ConnectionChanged`](crate::ConnectionChanged) tells of each. Add it after `DefaultPlugins`.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// # fn greet() {}
/// App::new()
///     .add_plugins(ConnectionStatePlugin)
///     .add_systems(OnEnter(ConnectionState::Connected), greet);
/// ```
#[derive(Debug, Default)]
pub struct ConnectionStatePlugin;

impl Plugin for ConnectionStatePlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<StatesPlugin>() {
            app.add_plugins(StatesPlugin);
        }
        app.init_state::<ConnectionState>().add_systems(
            PreUpdate,
            mirror.after(CometChatSystems::Receive).run_if(differs),
        );
    }
}

fn differs(chat: Option<Res<CometChat>>, state: Res<State<ConnectionState>>) -> bool {
    chat.is_some_and(|chat| ConnectionState::from(chat.connection_status()) != *state.get())
}

fn mirror(chat: Res<CometChat>, mut next: ResMut<NextState<ConnectionState>>) {
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
