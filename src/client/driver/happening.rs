use async_channel::Sender;

use crate::{
    client::{
        ChatError, Completer,
        operation::Reply,
        outbox::{Attempt, Setback, Sighting},
        session::Session,
    },
    connection::{LinkId, LinkLoss},
    model::{Message, Secret},
};

/// What a task on the driver's thread tells the loop.
pub(super) enum Happening {
    LinkLive(LinkId),
    LinkLost(LinkId, LinkLoss),
    Inbound(LinkId),
    Pong(LinkId),
    Paused(LinkId, bool),
    LoginEnded(u64, Result<Session, ChatError>),
    RenewalEnded(u64, Result<Session, ChatError>),
    /// A request was refused for this token; it waits for a session with another.
    TokenExpired(Secret, Sender<Session>),
    Posted(Attempt, Result<Message, Setback>),
    Looked(Attempt, Result<Sighting, Setback>),
    /// The server told over this link of a message that is in the outbox.
    Heard(LinkId, Message),
    CallEnded(u64, Result<Reply, ChatError>),
    TokenUnknown,
    LogoutEnded(Completer<()>, Result<(), ChatError>),
}
