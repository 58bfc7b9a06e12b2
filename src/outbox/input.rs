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

/// What a look for a message brought.
#[derive(Debug)]
pub(crate) enum LookupResult {
    /// The server has it.
    Found(Box<Message>),
    /// None of the conversation's messages since it was queued is it.
    NotThere,
    /// There were more messages since than can be looked through.
    OutOfReach,
}

/// Something that happened to the outbox.
pub(crate) enum Input {
    /// An earlier run of the game left these.
    Restored(Vec<SavedEntry>),
    /// The session ended.
    Closed(Cause),
    /// The game sends a message.
    Send {
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        /// A message that is older: this one will have a larger id.
        newest: Option<MessageId>,
        done: Completer<Message>,
    },
    /// The game sends a message that failed once more.
    Resend {
        muid: Arc<str>,
        done: Completer<Message>,
    },
    /// The game wants a message no more.
    Discard { muid: Arc<str>, done: Completer<()> },
    /// An attempt to send ended.
    Posted(Attempt, Result<Message, SendError>),
    /// An attempt to look ended.
    LookedUp(Attempt, Result<LookupResult, SendError>),
    /// The server told by itself that it has this message, which [`may_hold`](super::Outbox::may_hold) is true for.
    Heard(Message),
    /// The server has lost everything after this message, and gives ids after it again.
    IdsRestarted(MessageId),
    /// There may be a network again.
    NetworkBack,
    /// Time passed.
    Tick,
}
