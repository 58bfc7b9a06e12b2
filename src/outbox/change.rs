use std::{sync::Arc, time::Duration};

use crate::{
    error::ChatError,
    model::{Message, OutgoingMessage, Timestamp},
};

/// Something happened to a message that the game sent: the first time when it is taken on, the last time when it is
/// sent or discarded.
///
/// With these alone a game can show its own messages from the moment at which they are written. A logout ends them
/// all.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OutboxChange {
    /// The message's own id, by which [`resend`](crate::client::Client::resend) and
    /// [`discard`](crate::client::Client::discard) know it, and which the server echoes.
    pub muid: Arc<str>,
    /// The message.
    pub message: Arc<OutgoingMessage>,
    /// When the game sent it, or sent it again, by the clock of this machine.
    pub queued_at: Timestamp,
    /// How it stands with it.
    pub state: OutboxState,
}

/// How it stands with a message that the game sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OutboxState {
    /// It waits to be sent, or its request is under way.
    Pending,
    /// The server has it: this is the message as it stored it.
    Sent(Message),
    /// It was given up, with this error. It stays in the outbox until it is sent again or discarded, or the session ends.
    Failed(ChatError),
    /// It is no longer in the outbox: the game discarded it, or it had failed and its place was needed.
    Discarded,
}

/// Messages wait because too many were sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SendsPause {
    /// How long until the next one is sent.
    pub retry_in: Duration,
    /// The server's words, when it asked to wait; `None` when the client itself keeps to
    /// [`per_minute`](super::OutboxLimits::per_minute).
    pub error: Option<ChatError>,
}
