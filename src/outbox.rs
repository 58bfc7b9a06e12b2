//! The messages that are not sent yet, as a pure state machine: no I/O, no threads, no clocks.
//!
//! [`Outbox::handle`] takes an [`Input`] and the time it happened, and leaves [`Output`]s to be carried out;
//! [`Outbox::next_deadline`] says when to hand it [`Input::Tick`] at the latest. The rules it keeps:
//!
//! - **O1** Messages to one receiver are sent in the order in which the game sent them, one at a time. Receivers don't
//!   wait for each other, and few requests are under way at once. An attempt waits for neither a connection nor the
//!   app's state.
//! - **O2** Each message has a muid: its idempotency key, which no two of the messages in the outbox share.
//! - **O3** What never left the machine is tried again: with full jitter (R1), at once when the connection is live or
//!   the app comes to the foreground, until the message is too old.
//! - **O4** What the server refuses fails, and those behind it go on.
//! - **O5** What left and got no answer that says what became of it is looked for in the conversation. Found, it is
//!   sent; surely not there, it is sent again; if neither can be told in time, it fails with a code that says so. It
//!   is never sent twice on a guess.
//! - **O6** The outbox is bounded in count, bytes and age. What does not fit is refused at once.
//! - **O7** Where the game says so, it survives a restart: it is saved before a request is made.
//! - **O8** The end of the session clears it, and fails what waits in it (S5).
//! - **O9** No more messages are sent in a minute than CometChat takes from a user, and when the server asks to wait,
//!   all wait. The game is told for how long.

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
