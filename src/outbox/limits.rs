use std::time::Duration;

/// How much the outbox holds, how long, and how fast it sends. [`OutboxLimits::default`] gives the values of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxLimits {
    /// How many messages, those that failed included: 256. What failed makes room for what is new.
    pub messages: usize,
    /// How many bytes all messages have as JSON, without the files that are sent along: 1 MiB.
    pub bytes: usize,
    /// How many bytes the files have that are sent along: 64 MiB.
    pub upload_bytes: usize,
    /// How long a message waits before it fails: 5 min. The time while the machine sleeps counts, where
    /// the system says how long that was; a change of the wall clock does not, except between two runs of the game.
    pub age: Duration,
    /// How many messages are sent in any 60 s, to all receivers together: 30, as CometChat allows. `None` for no
    /// limit of the client's own.
    pub per_minute: Option<u32>,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self {
            messages: 256,
            bytes: 1024 * 1024,
            upload_bytes: 64 * 1024 * 1024,
            age: Duration::from_secs(300),
            per_minute: Some(30),
        }
    }
}
