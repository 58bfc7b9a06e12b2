use std::time::Duration;

use crate::{
    connection::Settled,
    error::ChatError,
    request::{Completer, Settlement},
};

/// A request about the connection that has not ended.
pub(crate) enum PendingRequest {
    Done(Completer<()>),
    Pong(Completer<Duration>),
}

impl PendingRequest {
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
