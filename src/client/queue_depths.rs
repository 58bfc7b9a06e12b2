/// How much waits between the game and the server at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueDepths {
    /// Events that have arrived and that the game has not taken in: of 4,096 on, the client reads no more.
    pub events: usize,
    /// Requests that have not ended; 1,024 at most.
    pub requests: usize,
    /// Messages in the outbox: on their way, waiting, and failed.
    pub outbox: usize,
}
