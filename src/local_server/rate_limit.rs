use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use crate::model::Timestamp;

/// The number of remembered keys at which idle ones are dropped.
const MAX_REMEMBERED: usize = 4_096;

/// The rate limits of a client, for [`LocalServerConfig::rate_limits`](super::LocalServerConfig::rate_limits).
///
/// Requests over HTTP are counted for each user and for each connection; a request beyond the limit is refused with the
/// status 429. Frames are counted for each socket; a frame beyond the limit is read later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests over HTTP.
    pub requests: Rate,
    /// Frames on a WebSocket.
    pub frames: Rate,
}

/// A rate: how often something may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The average number per second, at least 1.
    pub per_second: u32,
    /// The number at once after a quiet time, at least 1.
    pub burst: u32,
}

impl Default for RateLimits {
    /// Far more than a player can cause, and less than keeps others waiting.
    fn default() -> Self {
        Self {
            requests: Rate {
                per_second: 200,
                burst: 1_000,
            },
            frames: Rate {
                per_second: 100,
                burst: 500,
            },
        }
    }
}

/// The state of a limit on requests, for the headers of a reply.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateStatus {
    pub(super) limit: u64,
    pub(super) remaining: u64,
    /// In seconds since 1970.
    pub(super) resets_at: u64,
}

/// A token bucket: it refills while nothing happens.
pub(super) struct Bucket {
    rate: Rate,
    /// The number of tokens, at most the burst.
    left: f64,
    filled_at: Instant,
}

impl Bucket {
    pub(super) fn new(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            left: f64::from(rate.burst.max(1)),
            filled_at: now,
        }
    }

    /// Takes a token, or fails with the time until there is one.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.fill(now);
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        let missing = (1.0 - self.left) / self.per_second();
        Err(Duration::from_secs_f64(missing))
    }

    /// Fails with the time until there is a token, without taking it.
    fn check(&mut self, now: Instant) -> Result<(), Duration> {
        self.take(now)?;
        self.left += 1.0;
        Ok(())
    }

    /// The number of tokens, and the time at which the bucket is full again.
    pub(super) fn status(&mut self, now: Instant) -> RateStatus {
        self.fill(now);
        let missing = f64::from(self.rate.burst.max(1)) - self.left;
        RateStatus {
            limit: self.rate.burst.max(1).into(),
            remaining: self.left as u64,
            resets_at: self::now().0 + (missing / self.per_second()).ceil() as u64,
        }
    }

    fn fill(&mut self, now: Instant) {
        let quiet = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.filled_at = now;
        self.left = (self.left + quiet * self.per_second()).min(f64::from(self.rate.burst.max(1)));
    }

    fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.left >= f64::from(self.rate.burst.max(1))
    }

    fn per_second(&self) -> f64 {
        f64::from(self.rate.per_second.max(1))
    }
}

/// A bucket for each key, such as a user.
pub(super) struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

impl<K: Hash + Eq> Buckets<K> {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            buckets: Mutex::default(),
        }
    }

    /// Takes a token, or fails with the time until there is one.
    pub(super) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_REMEMBERED {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        buckets
            .entry(key)
            .or_insert_with(|| Bucket::new(self.rate, now))
            .take(now)
    }

    /// Fails with the time until there is a token, without taking it.
    pub(super) fn check(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        match buckets.get_mut(key) {
            Some(bucket) => bucket.check(now),
            None => Ok(()),
        }
    }
}

/// A limit for each key in a minute, which begins with the first use.
pub(super) struct PerMinute<K> {
    pub(super) limit: u32,
    minutes: Mutex<HashMap<K, (Instant, u32)>>,
}

const MINUTE: Duration = Duration::from_secs(60);

impl<K: Hash + Eq> PerMinute<K> {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            minutes: Mutex::default(),
        }
    }

    /// Counts one use. Returns how many are left, or fails with the rest of the minute.
    pub(super) fn count(&self, key: K, now: Instant) -> Result<u32, Duration> {
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |since: Instant| now.saturating_duration_since(since);
        if minutes.len() >= MAX_REMEMBERED {
            minutes.retain(|_, (since, _)| age(*since) < MINUTE);
        }
        let (since, count) = minutes.entry(key).or_insert((now, 0));
        if age(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        if *count >= self.limit {
            return Err(MINUTE - age(*since));
        }
        *count += 1;
        Ok(self.limit - *count)
    }
}

/// The number of a peer, made from its credentials or its address.
pub(super) fn peer_of(peer: impl Hash) -> u64 {
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    HASHER.hash_one(peer)
}

/// The time of day, in the wire's resolution.
pub(super) fn now() -> Timestamp {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(since_1970.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 2,
        burst: 3,
    };

    #[test]
    fn a_burst_is_let_through_and_then_so_much_a_second() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RATE, start);
        for _ in 0..3 {
            assert_eq!(bucket.take(start), Ok(()));
        }
        assert_eq!(bucket.take(start), Err(Duration::from_millis(500)));
        let later = start + Duration::from_millis(500);
        assert_eq!(bucket.take(later), Ok(()));
        assert_eq!(bucket.take(later), Err(Duration::from_millis(500)));
        // A long quiet time gives no more than the burst.
        let much_later = later + Duration::from_secs(3_600);
        let taken = (0..9).filter(|_| bucket.take(much_later).is_ok()).count();
        assert_eq!(taken, 3);
    }

    #[test]
    fn a_user_does_not_use_up_what_is_left_to_another() {
        let now = Instant::now();
        let buckets = Buckets::new(RATE);
        while buckets.take("alice", now).is_ok() {}
        assert!(buckets.check(&"alice", now).is_err());
        assert_eq!(buckets.take("bob", now), Ok(()));
    }

    #[test]
    fn a_minute_begins_with_the_first_time() {
        let (limit, now) = (PerMinute::new(2), Instant::now());
        assert_eq!(limit.count("alice", now), Ok(1));
        let later = now + Duration::from_secs(50);
        assert_eq!(limit.count("alice", later), Ok(0));
        assert_eq!(limit.count("alice", later), Err(Duration::from_secs(10)));
        assert_eq!(limit.count("bob", later), Ok(1));
        assert_eq!(limit.count("alice", now + MINUTE), Ok(1));
    }
}
