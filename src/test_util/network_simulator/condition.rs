use std::time::Duration;

use crate::setters::setters;

/// The maximum of all intervals.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The effect of a [`NetworkSimulator`](super::NetworkSimulator) on the traffic.
///
/// Made from [`perfect`](Self::perfect), [`black_hole`](Self::black_hole) or [`refusing`](Self::refusing). Intervals
/// longer than a day count as a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkCondition {
    reach: Reach,
    pub(super) latency: Duration,
    pub(super) jitter: Duration,
    pub(super) bytes_per_second: Option<u64>,
    pub(super) restarts: Option<Restarts>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reach {
    #[default]
    Open,
    BlackHole,
    Refusing,
}

/// A server that restarts again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Restarts {
    pub(super) every: Duration,
    pub(super) down: Duration,
}

impl NetworkCondition {
    /// All data passes without a delay. The default.
    pub fn perfect() -> Self {
        Self::default()
    }

    /// Connections stay open, new ones are accepted, and nothing passes in either direction: neither data nor the end
    /// of a connection. Neither side is notified. Data that is sent meanwhile passes afterwards, as TCP would send it
    /// again.
    pub fn black_hole() -> Self {
        Self {
            reach: Reach::BlackHole,
            ..Self::default()
        }
    }

    /// Nothing listens: the operating system refuses new connections. Open ones stay, unless
    /// [`reset_all`](super::NetworkSimulator::reset_all) ends them.
    pub fn refusing() -> Self {
        Self {
            reach: Reach::Refusing,
            ..Self::default()
        }
    }

    setters! {
        /// The delay of data in each direction. A round trip takes twice as long. Default: none.
        latency(one_way: Duration) => latency = one_way.min(LONGEST);
        /// The maximum of the random time that is added to the latency of each piece of data; the order stays.
        /// Default: none.
        jitter(at_most: Duration) => jitter = at_most.min(LONGEST);
        /// The number of bytes that pass in each direction, over all connections together, at least 1. Default:
        /// unlimited.
        bytes_per_second(bytes: u64) => bytes_per_second = Some(bytes.max(1));
    }

    /// The server restarts again and again: after a random uptime of `every` ± 50 %, all connections are reset, and new
    /// ones are refused for the time `down`. Default: never. Each new condition starts with an uptime.
    #[must_use]
    pub fn restarts(mut self, every: Duration, down: Duration) -> Self {
        self.restarts = Some(Restarts {
            every: every.min(LONGEST),
            down: down.min(LONGEST),
        });
        self
    }

    pub(super) fn is_black_hole(&self) -> bool {
        self.reach == Reach::BlackHole
    }

    pub(super) fn is_refusing(&self) -> bool {
        self.reach == Reach::Refusing
    }
}
