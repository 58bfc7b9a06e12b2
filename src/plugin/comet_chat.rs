use std::{fmt, ops::Deref, sync::Arc};

use bevy::prelude::{Res, ResMut, Resource};

use super::driver::RunningDriver;
use crate::{
    client::{Client, Event},
    connection::{AppState, ConnectionStatus, StatusChange},
    model::User,
};

/// The client as a resource: its operations, the logged-in user and the status of the connection.
///
/// It derefs to [`Client`], whose methods are the operations. All methods take `&self`, so that systems which use it
/// through `Res<CometChat>` run in parallel. The user and the connection change only in
/// [`CometChatSystems::Receive`](crate::CometChatSystems::Receive), so they are the same for all systems of a frame.
#[derive(Resource)]
pub struct CometChat {
    client: Client,
    user: Option<Arc<User>>,
    status: ConnectionStatus,
    last_change: Option<StatusChange>,
    driver: RunningDriver,
}

impl CometChat {
    pub(super) fn new(client: Client, driver: RunningDriver) -> Self {
        Self {
            client,
            user: None,
            status: ConnectionStatus::default(),
            last_change: None,
            driver,
        }
    }

    /// The user who is logged in.
    pub fn logged_in_user(&self) -> Option<&Arc<User>> {
        self.user.as_ref()
    }

    /// The status of the connection. As a Bevy state: [`ConnectionState`](crate::ConnectionState).
    pub fn connection_status(&self) -> ConnectionStatus {
        self.status
    }

    /// The last change of the connection's status, with its cause and the next retry.
    pub fn last_change(&self) -> Option<&StatusChange> {
        self.last_change.as_ref()
    }

    /// The client behind this, to be cloned for use outside of systems. Its requests, too, end only while the app
    /// updates.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Applies an event about the user or the connection.
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::LoggedIn { user, .. } | Event::OwnUserChanged(user) => {
                self.user = Some(user.clone());
            }
            Event::LoggedOut { .. } => self.user = None,
            Event::StatusChanged(change) => {
                self.status = change.to;
                self.last_change = Some(change.clone());
            }
            _ => {}
        }
    }
}

impl Deref for CometChat {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl fmt::Debug for CometChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CometChat")
            .field("user", &self.user.as_ref().map(|user| &user.uid))
            .field("status", &self.status)
            .field("app_state", &self.app_state())
            .finish_non_exhaustive()
    }
}

/// Closes the connection in an orderly way when the app exits. Without that, [`RunningDriver`] closes it when it is
/// dropped.
pub(super) fn stop_on_exit(mut chat: ResMut<CometChat>) {
    chat.driver.stop();
}

/// A run condition: the connection is live.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// # fn talk() {}
/// App::new().add_systems(Update, talk.run_if(chat_connected));
/// ```
pub fn chat_connected(chat: Option<Res<CometChat>>) -> bool {
    chat.is_some_and(|chat| chat.connection_status() == ConnectionStatus::Connected)
}

/// A run condition: a user is logged in.
pub fn chat_logged_in(chat: Option<Res<CometChat>>) -> bool {
    chat.is_some_and(|chat| chat.logged_in_user().is_some())
}

/// A run condition: the app is in the background.
pub fn chat_in_background(chat: Option<Res<CometChat>>) -> bool {
    chat.is_some_and(|chat| chat.app_state() == AppState::Background)
}
