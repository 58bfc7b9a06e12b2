use std::sync::Arc;

use super::{Attempt, OutboxChange, SendsPause};
use crate::{
    model::{MessageId, OutgoingMessage, ReceiverId},
    request::Settlement,
};

/// An action for the core, in the order given.
#[derive(Debug)]
pub(crate) enum Output {
    /// Report the change of a message to the game.
    Changed(Box<OutboxChange>),
    /// Report to the game that messages wait because of the rate limit.
    Paused(SendsPause),
    /// End requests of the game.
    Settle(Settlement),
    /// Save the messages, if the settings say so.
    Save,
    /// Send a message. Answer with `Posted`.
    Post(Attempt, Arc<str>, Arc<OutgoingMessage>),
    /// Look up a message. Answer with `LookedUp`.
    LookUp(Attempt, Search),
    /// Cancel an attempt. Its later results are ignored.
    GiveUp(Attempt),
}

/// The lookup of a message.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) muid: Arc<str>,
    /// The conversation.
    pub(crate) receiver: ReceiverId,
    /// Only messages after this one are searched.
    pub(crate) after: MessageId,
}
