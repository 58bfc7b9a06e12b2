//! The connection as a pure state machine: no I/O, no threads, no clocks, no Bevy.
//!
//! [`ConnectionMachine::handle`] takes an [`Input`] and the time it happened, and leaves [`Output`]s to be carried out;
//! [`ConnectionMachine::next_deadline`] says when to hand it [`Input::Tick`] at the latest. The rules it keeps are
//! numbered S, A, M, K, H, R, F and W in the project's connection rules.

mod app_state;
mod backoff;
mod cause;
mod clock;
mod health;
mod input;
pub(crate) mod jitter;
mod keep_alive;
mod machine;
mod now;
mod output;
mod phase;
mod presence;
mod status;
mod timing;
mod waiters;

#[cfg(test)]
mod tests;

pub use app_state::AppState;
pub use cause::Cause;
pub use input::{Input, LinkId, LinkLoss, SessionOrigin, Ticket};
pub use machine::ConnectionMachine;
pub use now::Now;
pub use output::{Failure, Output, Settled};
pub use status::{ConnectionStatus, Retry, StatusChange};
pub use timing::{BackgroundPolicy, Mode, Timing};
