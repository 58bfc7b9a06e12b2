use std::time::Instant;

use crate::{clock::monotonic_ns, frames::FIRST_ID};

/// Counts messages and checks that their ids come in order.
#[derive(bevy::prelude::Resource, Default)]
pub(crate) struct Tally {
    pub(crate) received: u64,
    pub(crate) out_of_order: u64,
    next: u64,
    times: Option<(Instant, Instant)>,
    /// Nanoseconds from sending to here, of the messages that told when they were sent.
    pub(crate) delays: Vec<u64>,
}

impl Tally {
    /// Takes in the ids that one frame of the game, or one read, brought.
    pub(crate) fn count(&mut self, ids: impl Iterator<Item = u64>) {
        let before = self.received;
        for id in ids {
            let number = id - FIRST_ID;
            self.out_of_order += u64::from(number != self.next);
            self.next = number + 1;
            self.received += 1;
        }
        if self.received > before {
            let now = Instant::now();
            self.times = Some((self.times.map_or(now, |(first, _)| first), now));
        }
    }

    pub(crate) fn note_delay(&mut self, sent: u64) {
        self.delays.push(monotonic_ns().saturating_sub(sent));
    }

    /// Messages a second, from the first to the last.
    pub(crate) fn rate(&self) -> f64 {
        let (first, last) = self.times.expect("messages arrived");
        self.received as f64 / (last - first).as_secs_f64()
    }
}
