use std::sync::Arc;

use super::{SavedEntry, SendError};
use crate::{
    connection::Cause,
    model::{Message, MessageId, OutgoingMessage},
    request::Completer,
};

/// One request for a message. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Attempt(pub(crate) u64);

/// The result of a lookup.
#[derive(Debug)]
pub(crate) enum LookupResult {
    /// The server has it.
    Found(Box<Message>),
    /// It is not among the conversation's messages since it was queued.
    NotThere,
    /// There were too many messages since to look through.
    OutOfReach,
}

/// An event for the outbox.
pub(crate) enum Input {
    /// The messages that were saved by an earlier run of the game.
    Restored(Vec<SavedEntry>),
    /// The session ended.
    Closed(Cause),
    /// The client stops or starts over, and the session goes on later with what is saved.
    Kept(Cause),
    /// The game sends a message.
    Send {
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        /// A message that is older: this one will have a larger id.
        newest: Option<MessageId>,
        done: Completer<Message>,
    },
    /// The game resends a message.
    Resend {
        muid: Arc<str>,
        done: Completer<Message>,
    },
    /// The game discards a message.
    Discard { muid: Arc<str>, done: Completer<()> },
    /// An attempt to send ended.
    Posted(Attempt, Result<Message, SendError>),
    /// A lookup ended.
    LookedUp(Attempt, Result<LookupResult, SendError>),
    /// A frame reports that the server has this message, which [`may_hold`](super::Outbox::may_hold) is true for.
    Heard(Message),
    /// The server has lost everything after this message, and reuses the ids after it.
    IdsRestarted(MessageId),
    /// There may be a network again.
    NetworkBack,
    /// Time passed.
    Tick,
}
