use super::{Command, Done, Record, SaveError, ServerFrame, StoredSession, TaskId};
use crate::{
    connection::{LinkId, LinkLoss},
    error::ChatError,
};

/// Something that happened to the client.
pub(crate) enum Input {
    /// The game asks for something.
    Command(Command),
    /// The answer to [`Output::Prepare`](super::Output::Prepare).
    Prepared(Result<(), ChatError>),
    /// The answer to [`Output::Load`](super::Output::Load).
    Loaded(Box<Identity>),
    /// The answer to [`Output::Save`](super::Output::Save).
    Saved(Result<(), SaveError>),
    /// The answer to [`Output::LookAtStorage`](super::Output::LookAtStorage).
    Stored(StoredSession),
    /// A task ended.
    Done(TaskId, Done),
    /// A frame arrived over a link.
    Frame(LinkId, ServerFrame),
    /// Something else happened to a link.
    Link(LinkId, LinkEvent),
    /// The server has ended the session, as a script says.
    #[cfg_attr(not(feature = "test-util"), expect(dead_code))]
    SessionRevoked,
    /// Time passed.
    Tick,
}

/// What happens to a link beside its frames.
#[derive(Debug)]
pub(crate) enum LinkEvent {
    /// It ended, or could not be opened.
    Lost(LinkLoss),
    /// Anything arrived: a sign of life. Handed in after the frames of a batch.
    Activity,
    /// Nothing is read from it until the game has drained the queue (`true`), or reading goes on (`false`).
    Paused(bool),
    /// Too many frames wait to be written (`true`), or no longer (`false`).
    Congested(bool),
}

/// What a run of the client starts with.
pub(crate) struct Identity {
    /// What was saved; a new record if nothing was, or nothing usable.
    pub(crate) record: Record,
    /// Why a saved record was set aside, and where it is now.
    pub(crate) set_aside: Option<String>,
    /// The id of this run: the header `resource`, and the socket's `deviceId`.
    pub(crate) resource: String,
    /// Decides the jitter of the back-off.
    pub(crate) seed: u64,
}
