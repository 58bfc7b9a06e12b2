use std::{sync::Arc, time::Duration};

use crate::{
    error::ChatError,
    model::{Message, OutgoingMessage, Timestamp},
};

/// A change of the state of a message that the game sent. The first one is that the message enters the outbox, the last
/// one that it is sent or discarded.
///
/// A game can show its own messages with these from the moment at which they are written. A logout fails all messages.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OutboxChange {
    /// The id of the message for [`resend`](crate::client::Client::resend) and
    /// [`discard`](crate::client::Client::discard). The server echoes it.
    pub muid: Arc<str>,
    /// The message.
    pub message: Arc<OutgoingMessage>,
    /// When the game sent it, or sent it again, by the clock of this machine.
    pub queued_at: Timestamp,
    /// The state.
    pub state: OutboxState,
}

/// The state of a message that the game sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OutboxState {
    /// It waits to be sent, or its request is under way.
    Pending,
    /// The server stored it. Contains the message as stored.
    Sent(Message),
    /// It was given up, with this error. It stays in the outbox until it is sent again or discarded, or the session ends.
    Failed(ChatError),
    /// It was removed from the outbox: the game discarded it, or it had failed and made room for a new message.
    Discarded,
}

/// Messages wait because of the rate limit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SendsPause {
    /// The time until the next message is sent.
    pub retry_in: Duration,
    /// The error of the server, if the server asked to wait. `None` for the client's own limit,
    /// [`per_minute`](super::OutboxLimits::per_minute).
    pub error: Option<ChatError>,
}
