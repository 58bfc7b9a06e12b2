use crate::{
    core::{Event, operation::PendingCall},
    request::{Completer, Settlement},
    wire::client_frame::Signal,
};

/// Something to be carried out, in the order given.
pub(crate) enum Output {
    /// Tell others over the live connection, and whoever waits how that went.
    Tell(Signal, Vec<Completer<()>>),
    /// Ask for it over HTTP.
    Call(PendingCall),
    /// Tell the game.
    Emit(Event),
    /// End requests of the game's.
    Settle(Settlement),
    /// Count a transient message that the server does not want (PROTOCOL.md §2.5.1).
    Withheld,
}
