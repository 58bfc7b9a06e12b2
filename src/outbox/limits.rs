use std::time::Duration;

/// The size, age and rate limits of the outbox. [`OutboxLimits::default`] gives the defaults named here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxLimits {
    /// The maximum number of messages, including failed ones. Default: 256. Failed messages make room for new ones.
    pub messages: usize,
    /// The maximum size of all messages as JSON in bytes, without the files that are sent along. Default: 1 MiB.
    pub bytes: usize,
    /// The maximum size of all files that are sent along, in bytes. Default: 64 MiB.
    pub upload_bytes: usize,
    /// How long a message waits before it fails: 5 min. The time while the machine sleeps counts, where
    /// the system says how long that was; a change of the wall clock does not, except between two runs of the game.
    pub age: Duration,
    /// The maximum number of messages in any 60 s, to all receivers together. Default: 30, CometChat's limit. `None`:
    /// the client has no limit.
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
