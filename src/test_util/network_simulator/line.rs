use std::{
    cell::{Cell, Ref, RefCell},
    convert::Infallible,
    time::{Duration, Instant},
};

use async_channel::{Receiver, Sender};
use fastrand::Rng;

use super::NetworkCondition;

/// The maximum size of a piece, in bytes.
const MAX_PIECE: u64 = 16 * 1024;

/// The number of pieces per second on a slow line.
const PIECES_PER_SECOND: u64 = 20;

/// The current condition of the network, for all connections.
pub(super) struct Line {
    condition: RefCell<NetworkCondition>,
    /// Closed when the condition changes.
    changed: RefCell<(Sender<Infallible>, Receiver<Infallible>)>,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            condition: RefCell::default(),
            changed: RefCell::new(async_channel::bounded(1)),
        }
    }

    pub(super) fn set(&self, condition: NetworkCondition) {
        self.condition.replace(condition);
        let before = self.changed.replace(async_channel::bounded(1));
        before.0.close();
    }

    pub(super) fn condition(&self) -> Ref<'_, NetworkCondition> {
        self.condition.borrow()
    }

    /// Waits until data passes.
    pub(super) async fn passes(&self) {
        while self.condition().is_black_hole() {
            let changed = self.changed.borrow().1.clone();
            let _closed = changed.recv().await;
        }
    }

    /// The number of bytes to read at a time.
    pub(super) fn piece(&self) -> usize {
        let slow = self.condition().bytes_per_second;
        let piece = slow.map_or(MAX_PIECE, |bytes| {
            (bytes / PIECES_PER_SECOND).clamp(1, MAX_PIECE)
        });
        piece as usize
    }
}

/// One direction of the line, which all connections share.
#[derive(Default)]
pub(super) struct Lane {
    free_at: Cell<Option<Instant>>,
}

impl Lane {
    /// When the last of this number of bytes has left, if they are sent now.
    fn departure(&self, bytes: usize, per_second: Option<u64>, now: Instant) -> Instant {
        let Some(per_second) = per_second else {
            return now;
        };
        let start = self.free_at.get().map_or(now, |free_at| free_at.max(now));
        let end = start + Duration::from_secs_f64(bytes as f64 / per_second as f64);
        self.free_at.set(Some(end));
        end
    }
}

/// When the pieces of one connection arrive, in one direction.
pub(super) struct Timetable {
    rng: Rng,
    latest: Option<Instant>,
}

impl Timetable {
    pub(super) fn new(rng: Rng) -> Self {
        Self { rng, latest: None }
    }

    /// When this number of bytes arrives, if they are sent now: never before those that were sent earlier.
    pub(super) fn arrival(
        &mut self,
        bytes: usize,
        condition: &NetworkCondition,
        lane: &Lane,
        now: Instant,
    ) -> Instant {
        let under_way = condition.latency + condition.jitter.mul_f64(self.rng.f64());
        let arrival = lane.departure(bytes, condition.bytes_per_second, now) + under_way;
        *self
            .latest
            .insert(self.latest.unwrap_or(arrival).max(arrival))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn arrivals(seed: u64, condition: &NetworkCondition, now: Instant) -> Vec<Duration> {
        let (mut timetable, lane) = (Timetable::new(Rng::with_seed(seed)), Lane::default());
        (0..100)
            .map(|n| timetable.arrival(10, condition, &lane, now + n * MS) - now)
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_jitter_and_another_seed_another() {
        let now = Instant::now();
        let unsteady = NetworkCondition::perfect().jitter(50 * MS);
        assert_eq!(arrivals(7, &unsteady, now), arrivals(7, &unsteady, now));
        assert_ne!(arrivals(7, &unsteady, now), arrivals(8, &unsteady, now));
    }

    #[test]
    fn what_is_sent_arrives_after_the_latency_within_the_jitter_and_in_order() {
        let condition = NetworkCondition::perfect().latency(80 * MS).jitter(20 * MS);
        let arrivals = arrivals(7, &condition, Instant::now());
        assert!(arrivals.is_sorted(), "{arrivals:?}");
        for (n, arrival) in (0..).zip(arrivals) {
            let under_way = arrival - n * MS;
            assert!((80 * MS..=100 * MS).contains(&under_way), "{under_way:?}");
        }
    }

    #[test]
    fn a_slow_line_is_shared_by_its_connections_and_rests_when_nothing_is_sent() {
        let slow = NetworkCondition::perfect().bytes_per_second(1_000);
        let (now, lane) = (Instant::now(), Lane::default());
        let [mut first, mut second] = [1, 2].map(|seed| Timetable::new(Rng::with_seed(seed)));
        assert_eq!(first.arrival(50, &slow, &lane, now), now + 50 * MS);
        assert_eq!(second.arrival(50, &slow, &lane, now), now + 100 * MS);
        let later = now + 500 * MS;
        assert_eq!(first.arrival(50, &slow, &lane, later), later + 50 * MS);
    }

    #[test]
    fn a_perfect_line_takes_no_time() {
        let now = Instant::now();
        let mut timetable = Timetable::new(Rng::with_seed(7));
        let perfect = NetworkCondition::perfect();
        assert_eq!(
            timetable.arrival(1 << 20, &perfect, &Lane::default(), now),
            now
        );
    }
}
