use std::{ops::Deref, sync::Arc};

use bevy::prelude::{Event, Message};

use crate::{
    client::Recovery,
    lifecycle::{Cause, SessionOrigin, StatusChange},
    model::{self, TypingIndicator, User},
};

/// The connection's status changed; written also when an announced retry was given up (rule R5).
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn show_status(mut changes: MessageReader<ConnectionChanged>) {
///     for change in changes.read() {
///         println!("{} → {}: {}", change.from, change.to, change.cause);
///     }
/// }
/// # bevy::ecs::system::assert_is_system(show_status);
/// ```
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct ConnectionChanged(pub StatusChange);

impl Deref for ConnectionChanged {
    type Target = StatusChange;

    fn deref(&self) -> &StatusChange {
        &self.0
    }
}

/// A user is logged in from here on (rules S2 and S4).
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct LoggedIn {
    /// Who.
    pub user: Arc<User>,
    /// By a login, or restored from an earlier run.
    pub origin: SessionOrigin,
}

/// A user is no longer logged in; nothing of theirs arrives after this (rules S3, S5 and S6).
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct LoggedOut {
    /// Who was.
    pub user: Arc<User>,
    /// Why.
    pub cause: Cause,
}

/// A chat message arrived. Within a conversation, messages arrive in the order of their ids (rule D4).
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn show_messages(mut received: MessageReader<MessageReceived>) {
///     for message in received.read() {
///         println!("{}: {}", message.sender.name, message.text().unwrap_or("…"));
///     }
/// }
/// # bevy::ecs::system::assert_is_system(show_messages);
/// ```
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct MessageReceived {
    /// What arrived.
    pub message: model::Message,
}

impl Deref for MessageReceived {
    type Target = model::Message;

    fn deref(&self) -> &model::Message {
        &self.message
    }
}

/// The messages missed while there was no connection were fetched, or could not be: they come before this, live ones
/// after it (rule D3). Written once for each connection.
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct MessagesRecovered(pub Recovery);

impl Deref for MessagesRecovered {
    type Target = Recovery;

    fn deref(&self) -> &Recovery {
        &self.0
    }
}

/// Somebody started or ended typing. The first to go when the game does not keep up (rule D5).
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct TypingChanged(pub TypingIndicator);

impl Deref for TypingChanged {
    type Target = TypingIndicator;

    fn deref(&self) -> &TypingIndicator {
        &self.0
    }
}

/// The saved session could not be used and was set aside: nobody is logged in (rule S7).
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct SessionSetAside {
    /// What was wrong with it, and where it is now.
    pub reason: Arc<str>,
}
