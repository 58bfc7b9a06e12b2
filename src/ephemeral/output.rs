use crate::{
    model::TypingIndicator,
    request::{Completer, Settlement},
    wire::client_frame::{Mark, Signal},
};

/// Something to be carried out, in the order given.
pub(crate) enum Output {
    /// Tell others over the live connection, and whoever waits how that went.
    Tell(Signal, Vec<Completer<()>>),
    /// Mark a conversation over HTTP.
    Mark(Mark, Vec<Completer<()>>),
    /// Report to the game who types.
    Typing(TypingIndicator),
    /// End requests of the game's.
    Settle(Settlement),
    /// Count a transient message that the server does not want.
    Withheld,
}
