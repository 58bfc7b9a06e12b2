use super::{Command, Done, Record, SaveError, ServerFrame, StoredSession, TaskId};
use crate::{
    connection::{LinkId, LinkLoss},
    error::ChatError,
    model::MessageId,
};

/// Something that happened to the client.
pub(crate) enum Input {
    /// The game requests an operation.
    Command(Command),
    /// The answer to [`Output::Prepare`](super::Output::Prepare).
    Prepared(Result<(), ChatError>),
    /// The answer to [`Output::Load`](super::Output::Load).
    Loaded(Box<Identity>),
    /// The answer to [`Output::Save`](super::Output::Save).
    Saved(Result<(), SaveError>),
    /// The answer to [`Output::LookAtStorage`](super::Output::LookAtStorage).
    Stored(StoredSession),
    /// The answer to [`Output::LookAtQueue`](super::Output::LookAtQueue): the messages that the game has not read.
    Unread(Vec<MessageId>),
    /// A task ended.
    Done(TaskId, Done),
    /// A frame arrived over a link.
    Frame(LinkId, ServerFrame),
    /// Something else happened to a link.
    Link(LinkId, LinkEvent),
    /// The server has ended the session. Only the scripted shell reports it.
    #[cfg_attr(not(feature = "test-util"), expect(dead_code))]
    SessionRevoked,
    /// The platform reports something about the app.
    Platform(PlatformEvent),
    /// Time passed.
    Tick,
}

/// A report of the platform about the app that Bevy does not pass on: in a browser, about the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "only a page reports them")]
pub(crate) enum PlatformEvent {
    /// The page is hidden from now on.
    Hidden,
    /// The page can be seen again.
    Visible,
    /// The page is about to be left, unless the player decides otherwise.
    Leaving,
    /// Nothing will run until the page is thawed, if it ever is.
    Frozen,
    /// The page runs again.
    Thawed,
    /// The machine has a network again.
    Online,
    /// Another page has changed what is stored.
    StorageChanged,
    /// The page is closed. The shell handles it as a shutdown.
    Exiting,
}

/// An event of a link other than a frame.
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

/// The state with which a run of the client starts.
pub(crate) struct Identity {
    /// The saved record, or a new one if no usable one was saved.
    pub(crate) record: Record,
    /// Why a saved record was set aside, and where it is now.
    pub(crate) set_aside: Option<String>,
    /// The id of this run: the header `resource`, and the socket's `deviceId`.
    pub(crate) resource: String,
    /// Decides the jitter of the back-off.
    pub(crate) seed: u64,
    /// The maximum size of a saved outbox, in bytes.
    pub(crate) max_saved_outbox: usize,
}
