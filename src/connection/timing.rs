use std::time::Duration;

/// The shortest interval of anything that repeats.
const FLOOR: Duration = Duration::from_millis(1);

/// The mode of the connection: whether a login opens it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A login opens it, and so does a restored session. The default.
    #[default]
    Auto,
    /// Only `connect()` opens it.
    Manual,
}

/// The effect of going to the background on a connection in auto mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BackgroundPolicy {
    /// The connection is closed after the [background timeout](Timing::background_timeout), unless the game pings. The
    /// default.
    #[default]
    Timeout,
    /// The connection is closed at once and opened again in the foreground, as CometChat's mobile SDKs do.
    DisconnectAtOnce,
}

/// Every interval and limit of the connection.
///
/// Intervals and timeouts of things that repeat are at least 1 ms, so that no setting makes the client spin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// How long a connection outlasts the last sign of life of a game in the background. Default: 30 s.
    pub background_timeout: Duration,
    /// The longest time between two pings of the keep-alive service. Default: 30 s. A shorter
    /// [`background_timeout`](Self::background_timeout) shortens it.
    pub keep_alive_interval: Duration,
    /// How long before the end of that interval the game learns that its ping is due, so that a game that updates once
    /// a second still pings in time. Default: 2.5 s, and at most a quarter of the interval. A game that has answered
    /// slowly learns it earlier, up to half an interval.
    pub keep_alive_lead: Duration,
    /// Time between the client's own pings in the foreground and, in auto mode, in the background. Default: 15 s.
    pub heartbeat_interval: Duration,
    /// How long a ping may stay unanswered. Default: 5 s.
    pub pong_timeout: Duration,
    /// How long a ping may stay unanswered after a resume. Default: 3 s.
    pub probe_timeout: Duration,
    /// The machine has slept when wall time runs ahead of monotonic time by more than this. Default: 5 s.
    pub sleep_threshold: Duration,
    /// How long one attempt may take, from name resolution to the server's answer to the credentials. Default: 10 s.
    pub attempt_timeout: Duration,
    /// How long `connect()` waits for a live connection before it fails. Default: 30 s.
    pub connect_timeout: Duration,
    /// The longest random delay before the first retry of a back-off. Default: 1.2 s.
    pub backoff_first: Duration,
    /// The longest delay before each of the next [`backoff_repeats`](Self::backoff_repeats) retries. Default: 1.5 s.
    pub backoff_base: Duration,
    /// How many retries after the first have the longest delay [`backoff_base`](Self::backoff_base). It doubles with
    /// each retry after them. Default: 5.
    pub backoff_repeats: u32,
    /// The longest delay of the back-off. Default: 20 s.
    pub backoff_cap: Duration,
    /// The shortest time between the starts of two attempts, and between a failure and each retry but the first.
    /// Default: 0.5 s.
    pub attempt_spacing: Duration,
    /// How long a connection must be live for the back-off to start over. Default: 10 s.
    pub stable_after: Duration,
    /// How long the client fails to connect before it slows down to
    /// [`slow_interval`](Self::slow_interval). Default: 2 min.
    pub slow_after: Duration,
    /// The time between two attempts after that, ± 20 %. Default: 30 s.
    pub slow_interval: Duration,
    /// The longest wait that a server can ask for with Retry-After. Default: 10 min.
    pub retry_after_cap: Duration,
    /// How long after a recovery the client looks once more for missed messages: lists of a server can lag behind.
    /// Default: 5 s.
    pub recheck_after: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            background_timeout: Duration::from_secs(30),
            keep_alive_interval: Duration::from_secs(30),
            keep_alive_lead: Duration::from_millis(2_500),
            heartbeat_interval: Duration::from_secs(15),
            pong_timeout: Duration::from_secs(5),
            probe_timeout: Duration::from_secs(3),
            sleep_threshold: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(30),
            backoff_first: Duration::from_millis(1_200),
            backoff_base: Duration::from_millis(1_500),
            backoff_repeats: 5,
            backoff_cap: Duration::from_secs(20),
            attempt_spacing: Duration::from_millis(500),
            stable_after: Duration::from_secs(10),
            slow_after: Duration::from_secs(120),
            slow_interval: Duration::from_secs(30),
            retry_after_cap: Duration::from_secs(600),
            recheck_after: Duration::from_secs(5),
        }
    }
}

impl Timing {
    /// The interval of the keep-alive service that the background timeout allows.
    pub(super) fn effective_keep_alive_interval(&self) -> Duration {
        self.keep_alive_interval
            .min(self.background_timeout)
            .max(FLOOR)
    }

    pub(super) fn effective_keep_alive_lead(&self) -> Duration {
        self.keep_alive_lead
            .min(self.effective_keep_alive_interval() / 4)
    }

    /// The same, with at least 1 ms for everything that repeats.
    pub(super) fn with_floors(mut self) -> Self {
        for interval in [
            &mut self.heartbeat_interval,
            &mut self.pong_timeout,
            &mut self.probe_timeout,
            &mut self.attempt_timeout,
            &mut self.attempt_spacing,
        ] {
            *interval = (*interval).max(FLOOR);
        }
        self
    }
}
