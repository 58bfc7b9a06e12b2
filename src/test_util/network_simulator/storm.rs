use std::time::{Duration, Instant};

use fastrand::Rng;

use super::condition::Restarts;

/// The minimum time between two turns, so that no setting makes the thread spin.
const FLOOR: Duration = Duration::from_millis(1);

/// When a server that restarts again and again goes down and comes back.
pub(super) struct Storm {
    restarts: Restarts,
    rng: Rng,
    is_down: bool,
    turns_at: Instant,
}

impl Storm {
    /// A server that is up from `now` on.
    pub(super) fn new(restarts: Restarts, rng: Rng, now: Instant) -> Self {
        let mut storm = Self {
            restarts,
            rng,
            is_down: false,
            turns_at: now,
        };
        let service = storm.service();
        storm.turns_at += service;
        storm
    }

    pub(super) fn turns_at(&self) -> Instant {
        self.turns_at
    }

    pub(super) fn is_down(&self) -> bool {
        self.is_down
    }

    /// Goes down or comes back. The next turn counts from when this one was due, however late it is taken.
    pub(super) fn turn(&mut self) {
        self.is_down = !self.is_down;
        let lasts = if self.is_down {
            self.restarts.down.max(FLOOR)
        } else {
            self.service()
        };
        self.turns_at += lasts;
    }

    fn service(&mut self) -> Duration {
        let share = 0.5 + self.rng.f64();
        self.restarts.every.mul_f64(share).max(FLOOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTARTS: Restarts = Restarts {
        every: Duration::from_secs(10),
        down: Duration::from_secs(2),
    };

    fn turns(seed: u64, now: Instant) -> Vec<Duration> {
        let mut storm = Storm::new(RESTARTS, Rng::with_seed(seed), now);
        (0..20)
            .map(|_| {
                let at = storm.turns_at() - now;
                storm.turn();
                at
            })
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_restarts_and_another_seed_others() {
        let now = Instant::now();
        assert_eq!(turns(7, now), turns(7, now));
        assert_ne!(turns(7, now), turns(8, now));
    }

    #[test]
    fn it_serves_about_as_long_as_it_should_and_is_down_exactly_as_long() {
        let now = Instant::now();
        let mut storm = Storm::new(RESTARTS, Rng::with_seed(7), now);
        let mut before = now;
        for _ in 0..20 {
            assert!(!storm.is_down());
            let service = storm.turns_at() - before;
            assert!(service >= RESTARTS.every / 2 && service <= RESTARTS.every * 3 / 2);
            let down_since = storm.turns_at();
            storm.turn();
            assert!(storm.is_down());
            assert_eq!(storm.turns_at() - down_since, RESTARTS.down);
            before = storm.turns_at();
            storm.turn();
        }
    }
}
