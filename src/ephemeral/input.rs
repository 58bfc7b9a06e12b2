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
    /// The game tells others something over the connection.
    Tell(Signal, Completer<()>),
    /// The game says that the user got or read a message.
    Mark(Mark, Completer<()>),
    /// A message goes out there: the user types no longer.
    MessageSent(ReceiverId),
    /// The connection is gone, and with it what keeps typing up to date.
    Disconnected,
    /// The session is about to end; what can't be told any more fails with this.
    Closing(ChatError),
    /// Time passed.
    Tick,
}

/// The user who sends, and the state of the connection.
#[derive(Default)]
pub(crate) struct Teller<'a> {
    pub(crate) uid: Option<&'a Uid>,
    pub(crate) is_live: bool,
    pub(crate) mode: TransientMode,
}
