use std::time::Duration;

/// How long a connection was live before it is lost, so that the back-off starts over.
pub(crate) const STABLE: Duration = Duration::from_millis(10_200);
/// The longest delay before the first attempt.
const FIRST: Duration = Duration::from_millis(1_200);
/// The shortest delay before each later attempt.
const SPACING: Duration = Duration::from_millis(500);
/// The longest delays of the later attempts; the last one repeats.
const CEILINGS: [Duration; 9] = [
    Duration::from_millis(1_500),
    Duration::from_millis(1_500),
    Duration::from_millis(1_500),
    Duration::from_millis(1_500),
    Duration::from_millis(1_500),
    Duration::from_secs(3),
    Duration::from_secs(6),
    Duration::from_secs(12),
    Duration::from_secs(20),
];

/// How long after the loss a client is live again if the server is away for `outage` and attempts take no time: the
/// documented back-off, written down once more.
pub(crate) fn live_after(outage: Duration, seed: u64) -> Duration {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut now = FIRST.mul_f64(rng.f64());
    let mut ceilings = CEILINGS.into_iter();
    let mut ceiling = CEILINGS[0];
    while now < outage {
        ceiling = ceilings.next().unwrap_or(ceiling);
        now += SPACING + (ceiling - SPACING).mul_f64(rng.f64());
    }
    now
}
