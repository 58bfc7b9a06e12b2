//! The messages that are not sent yet, as a pure state machine: no I/O, no threads, no clocks.
//!
//! [`Outbox::handle`] takes an [`Input`] and the time it happened, and [`Outbox::poll_output`] returns the [`Output`]s
//! that follow; [`Outbox::next_deadline`] says when to hand it [`Input::Tick`] at the latest. The rules it keeps:
//!
//! - **O1** Messages to one receiver are sent in the order in which the game sent them, one at a time. Receivers don't
//!   wait for each other. At most four requests are under way at once. An attempt depends neither on the connection nor
//!   on the app's state.
//! - **O2** Each message has a muid: its idempotency key, which no two of the messages in the outbox share.
//! - **O3** An attempt whose request did not leave the machine is retried: with the back-off of the connection, and at
//!   once when the connection becomes live or the app comes to the foreground, until the message is too old.
//! - **O4** A message that the server refuses fails. The messages behind it go on.
//! - **O5** A message whose request left and got no conclusive answer is unconfirmed, and looked up in the
//!   conversation. If it is found, it is sent. If it is certainly not there, it is sent again. If neither is known in
//!   time, it fails with a code of its own. It is never sent again before that is certain.
//! - **O6** The outbox is bounded in count, bytes and age. A message that does not fit is refused at once.
//! - **O7** If the settings say so, it survives a restart and another `init`: it is saved before a request is made.
//! - **O8** The end of the session clears it. The messages in it fail.
//! - **O9** The rate limit of CometChat is kept, and when the server asks to wait, all messages wait. The game receives
//!   the duration.

mod change;
mod entry;
mod input;
mod limits;
mod machine;
mod network;
mod output;
mod pace;
mod saved;
mod send_error;

pub use change::{OutboxChange, OutboxState, SendsPause};
pub(crate) use input::{Attempt, Input, LookupResult};
pub use limits::OutboxLimits;
pub(crate) use machine::Outbox;
pub(crate) use output::{Output, Search};
pub(crate) use saved::SavedEntry;
pub(crate) use send_error::SendError;

/// The rules of the outbox, each proved in virtual time. A test's name starts with the rule it proves.
#[cfg(test)]
mod tests {
    mod bounds;
    mod harness;
    mod pace;
    mod persistence;
    mod random_inputs;
    mod send_errors;
    mod sending;
    mod unconfirmed;
}
