use super::{Event, OwnDevice, SaveRequest, Task, TaskId};
use crate::{app_settings::AppSettings, connection::LinkId, model::Message, request::Settlement};

/// An action to perform. Actions are performed in order.
#[derive(Debug)]
pub(crate) enum Output {
    /// Report an event to the game.
    Emit(Event),
    /// End a request of the game's.
    Settle(Settlement),
    /// The message that a request of the user made or changed. It is no event, but the history applies it.
    OwnMessage(Message),
    /// Report to the game, and wake its loop, that its keep-alive ping is due.
    KeepAliveDue,
    /// Prepare storage and certificates for these settings, beside those in use. Answer with
    /// [`Input::Prepared`](super::Input::Prepared).
    Prepare(String, Box<AppSettings>),
    /// Switch to the prepared settings, and load the saved record. Answer with [`Input::Loaded`](super::Input::Loaded).
    Load,
    /// Save a record: [`Record::save`](super::Record::save). Answer with [`Input::Saved`](super::Input::Saved).
    Save(SaveRequest),
    /// Check whether another process has changed the saved session:
    /// [`StoredSession::load`](super::StoredSession::load). Answer with [`Input::Stored`](super::Input::Stored).
    LookAtStorage,
    /// Find out which messages wait in the queue to the game. Answer with [`Input::Unread`](super::Input::Unread).
    LookAtQueue,
    /// Open a link and send the auth frame over it. The answer to that comes as a frame.
    OpenLink(LinkId, LinkPlan),
    /// Close a link. Its later reports are ignored.
    CloseLink(LinkId, Close),
    /// Send a frame over a link.
    Send(LinkId, String),
    /// Make a request. Answer with [`Input::Done`](super::Input::Done).
    Start(TaskId, Task),
    /// Cancel a request. Its later reports are ignored.
    Cancel(TaskId),
}

/// The data for opening a link.
#[derive(Debug)]
pub(crate) struct LinkPlan {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The first frame.
    pub(crate) auth_frame: String,
    /// The device that authenticates. Its own frames are echoes.
    pub(crate) own: OwnDevice,
}

/// How a link is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// With code 1000, after the frames that wait to be written.
    Normal,
    /// At once: it was not live.
    Abort,
}
