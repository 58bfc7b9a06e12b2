use crate::{
    error::ChatError,
    model::{ReceiverId, Uid},
    request::Completer,
    wire::{
        client_frame::{Mark, Signal},
        settings::TransientMode,
    },
};

/// Something that happened to ephemeral state.
pub(crate) enum Input {
    /// The game sends a signal to others over the connection.
    Send(Signal, Completer<()>),
    /// The game marks a message as delivered or read.
    Mark(Mark, Completer<()>),
    /// A message to this receiver leaves: the user has stopped typing.
    MessageSent(ReceiverId),
    /// The connection ended, so typing indicators are no longer kept up to date.
    Disconnected,
    /// The session is about to end. Receipts that can't be sent any more fail with this error.
    Closing(ChatError),
    /// Time passed.
    Tick,
}

/// What the machine needs to know of the session: the user, and the state of the connection.
#[derive(Default)]
pub(crate) struct Context<'a> {
    pub(crate) uid: Option<&'a Uid>,
    pub(crate) is_live: bool,
    pub(crate) mode: TransientMode,
}
