use std::time::Duration;

use super::{ChatError, Completer, request::Settlement};
use crate::connection::Settled;

/// Who waits for the end of a request about the connection.
pub(crate) enum Waiting {
    Done(Completer<()>),
    Pong(Completer<Duration>),
}

impl Waiting {
    /// The end of the request.
    pub(crate) fn end(self, outcome: Result<Settled, ChatError>) -> Settlement {
        match (self, outcome) {
            (Self::Done(done), outcome) => done.settle(outcome.map(drop)),
            (Self::Pong(done), Ok(Settled::Pong(round_trip))) => done.settle(Ok(round_trip)),
            (Self::Pong(done), Ok(Settled::Connected | Settled::Disconnected)) => {
                done.settle(Err(ChatError::stopped()))
            }
            (Self::Pong(done), Err(error)) => done.settle(Err(error)),
        }
    }
}
