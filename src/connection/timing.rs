use std::time::Duration;

/// The shortest interval of anything that repeats.
const FLOOR: Duration = Duration::from_millis(1);

/// Who opens the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Login and restored sessions open it (rules A1–A5). The default.
    #[default]
    Auto,
    /// Only `connect()` opens it (rules M1–M9).
    Manual,
}

/// What going to the background does to a live connection in auto mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BackgroundPolicy {
    /// It lives as long as the grace (rule A3). The default.
    #[default]
    Grace,
    /// It is closed at once and opened again in the foreground, as CometChat's mobile SDKs do (rule A3).
    DisconnectAtOnce,
}

/// Every interval and limit of the connection. [`Timing::default`] gives the values of the rules.
///
/// Intervals and timeouts that a repetition hangs on count as 1 ms at least, so that no setting spins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// How long a connection outlasts the last sign of life of a backgrounded game: 30 s (rule M6).
    pub grace: Duration,
    /// The longest time between two pings of the keep-alive service: 30 s (rule K1). Never longer than
    /// [`grace`](Self::grace): a shorter grace shortens it (rule K2).
    pub keep_alive_interval: Duration,
    /// How long before the end of that interval the game is told that the ping is due, so that even a game that
    /// updates once a second pings in time: 2.5 s (rule K2). At most a quarter of the interval; a game that was seen
    /// to answer slowly is told earlier, up to half an interval.
    pub keep_alive_lead: Duration,
    /// Time between the pings of the I/O side in the foreground: 15 s (rule H1).
    pub heartbeat_interval: Duration,
    /// How long a ping may stay unanswered: 5 s (rules H1 and M4).
    pub pong_timeout: Duration,
    /// How long a probe after a resume may stay unanswered: 3 s (rule H3).
    pub probe_timeout: Duration,
    /// By how much wall time must run ahead of monotonic time to tell that the machine slept: 5 s (rule H3).
    pub sleep_threshold: Duration,
    /// How long one attempt may take, from name resolution to auth: 10 s (rule R2).
    pub attempt_timeout: Duration,
    /// How long `connect()` waits for a live connection before it fails: 30 s (rule M2).
    pub connect_timeout: Duration,
    /// The first step of the back-off: 0.5 s (rule R1).
    pub backoff_base: Duration,
    /// The largest back-off: 20 s (rule R1).
    pub backoff_cap: Duration,
    /// The least time between the starts of two attempts: 0.5 s (rule R1).
    pub attempt_spacing: Duration,
    /// How long a connection must have been live for the back-off to start over: 10 s (rule R1).
    pub stable_after: Duration,
    /// After how much failure the pace slows down: 2 min (rule R3).
    pub slow_after: Duration,
    /// The slow pace, give or take a fifth: 30 s (rule R3).
    pub slow_interval: Duration,
    /// The longest wait that a server can impose with Retry-After: 10 min (rule R3).
    pub retry_after_cap: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(30),
            keep_alive_interval: Duration::from_secs(30),
            keep_alive_lead: Duration::from_millis(2_500),
            heartbeat_interval: Duration::from_secs(15),
            pong_timeout: Duration::from_secs(5),
            probe_timeout: Duration::from_secs(3),
            sleep_threshold: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(30),
            backoff_base: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(20),
            attempt_spacing: Duration::from_millis(500),
            stable_after: Duration::from_secs(10),
            slow_after: Duration::from_secs(120),
            slow_interval: Duration::from_secs(30),
            retry_after_cap: Duration::from_secs(600),
        }
    }
}

impl Timing {
    /// The interval of the keep-alive service that the grace allows (rule K2).
    pub(super) fn effective_keep_alive_interval(&self) -> Duration {
        self.keep_alive_interval.min(self.grace).max(FLOOR)
    }

    pub(super) fn effective_keep_alive_lead(&self) -> Duration {
        self.keep_alive_lead
            .min(self.effective_keep_alive_interval() / 4)
    }

    /// The same, where nothing repeats without time passing.
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
