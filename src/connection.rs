//! The connection: its status, the app's state, and the intervals that a game can change.
//!
//! The connection itself is a pure state machine: no I/O, no threads, no clocks, no Bevy. `ConnectionMachine::handle`
//! takes an `Input` and the time it happened, `ConnectionMachine::poll_output` returns the actions for the shell, and
//! `ConnectionMachine::next_deadline` the time of the next `Input::Tick`.

mod app_state;
mod backoff;
mod clock;
mod health;
mod input;
mod keep_alive;
mod machine;
mod output;
mod phase;
mod status;
mod timing;

pub use app_state::AppState;
pub use input::SessionOrigin;
pub use status::{Cause, ConnectionStatus, Retry, StatusChange};
pub use timing::{BackgroundPolicy, Mode, Timing};

pub(crate) use backoff::Backoff;
pub(crate) use clock::Now;
#[cfg(test)]
pub(crate) use clock::virtual_time;
pub(crate) use input::{Input, LinkId, LinkLoss, Ticket};
pub(crate) use machine::ConnectionMachine;
pub(crate) use output::{Failure, Output, Settled};

/// The rules of the connection, each proved in virtual time. A test's name starts with the rule it proves.
#[cfg(test)]
mod tests {
    mod auto_mode;
    mod harness;
    mod keep_alive;
    mod leaving_and_time;
    mod link_health;
    mod manual_background;
    mod manual_mode;
    mod random_inputs;
    mod repair;
    mod session;
    mod simulation;
}
