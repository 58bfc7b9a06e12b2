use std::time::Duration;

/// A moment, as the owner of the clocks read it (rules W1 and W4).
///
/// Both parts count from origins of the owner's choosing; only differences matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Monotonic time: what every deadline is measured against.
    pub monotonic: Duration,
    /// Wall time: looked at only to notice that the machine slept (rule H3).
    pub wall: Duration,
}

impl Now {
    /// Both clocks at `since_origin`, as on a machine that never sleeps.
    pub const fn at(since_origin: Duration) -> Self {
        Self {
            monotonic: since_origin,
            wall: since_origin,
        }
    }
}
