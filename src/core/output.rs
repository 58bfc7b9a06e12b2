use super::{Event, OwnDevice, SaveRequest, Task, TaskId};
use crate::{app_settings::AppSettings, connection::LinkId, model::Message, request::Settlement};

/// An action to perform. Actions are performed in order.
#[derive(Debug)]
pub(crate) enum Output {
    /// Report an event to the game.
    Emit(Event),
    /// End a request of the game's.
    Settle(Settlement),
    /// A request of the user's changed a message, or something in a group: the message as it is now. It is no event;
    /// the history follows it.
    OwnMessage(Message),
    /// Report to the game, and wake its loop, that its keep-alive ping is due.
    KeepAliveDue,
    /// Get ready for these settings, beside what is in use: storage, certificates. Answer with
    /// [`Input::Prepared`](super::Input::Prepared).
    Prepare(String, Box<AppSettings>),
    /// Go over to what was prepared, and load what is saved there. Answer with
    /// [`Input::Loaded`](super::Input::Loaded).
    Load,
    /// Save a record: [`Record::save`](super::Record::save). Answer with [`Input::Saved`](super::Input::Saved).
    Save(SaveRequest),
    /// Find out what another process has done to the saved session: [`StoredSession::load`](super::StoredSession::load).
    /// Answer with [`Input::Stored`](super::Input::Stored).
    LookAtStorage,
    /// Open a link and send the auth frame over it. The answer to that comes as a frame.
    OpenLink(LinkId, LinkPlan),
    /// Close a link. Nothing that it reports afterwards counts.
    CloseLink(LinkId, Close),
    /// Send a frame over a link.
    Send(LinkId, String),
    /// Make a request. Answer with [`Input::Done`](super::Input::Done).
    Start(TaskId, Task),
    /// Give a request up. Nothing that it reports afterwards counts.
    Cancel(TaskId),
}

/// What it takes to open a link.
#[derive(Debug)]
pub(crate) struct LinkPlan {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The first frame.
    pub(crate) auth_frame: String,
    /// Who authenticates: frames from there are echoes.
    pub(crate) own: OwnDevice,
}

/// How a link is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// With code 1000, after what waits to be written.
    Normal,
    /// At once: it was not live.
    Abort,
}
