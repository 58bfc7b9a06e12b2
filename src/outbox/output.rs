use std::sync::Arc;

use super::{Attempt, OutboxChange, SendsPause};
use crate::{
    model::{MessageId, OutgoingMessage, ReceiverId},
    request::Settlement,
};

/// Something to be carried out, in the order given.
#[derive(Debug)]
pub(crate) enum Output {
    /// Report to the game what happened to a message.
    Changed(Box<OutboxChange>),
    /// Report to the game that messages wait.
    Paused(SendsPause),
    /// End requests of the game's.
    Settle(Settlement),
    /// Save what the outbox holds, where the game wants that.
    Save,
    /// Send a message. Answer with `Posted`.
    Post(Attempt, Arc<str>, Arc<OutgoingMessage>),
    /// Look for a message. Answer with `Looked`.
    LookUp(Attempt, Search),
    /// Give an attempt up. Nothing it reports afterwards counts.
    GiveUp(Attempt),
}

/// What to look for.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) muid: Arc<str>,
    /// In which conversation.
    pub(crate) receiver: ReceiverId,
    /// Among the messages after this one.
    pub(crate) after: MessageId,
}
