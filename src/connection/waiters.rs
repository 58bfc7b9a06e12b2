use std::{collections::VecDeque, time::Duration};

use super::Ticket;

/// The `connect()` calls that wait for a live connection, in the order of the calls (rule M2).
#[derive(Debug, Default)]
pub(super) struct Waiters {
    queue: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    ticket: Ticket,
    times_out_at: Duration,
}

impl Waiters {
    pub(super) fn push(&mut self, ticket: Ticket, times_out_at: Duration) {
        self.queue.push_back(Waiter {
            ticket,
            times_out_at,
        });
    }

    /// When the next call times out. All wait equally long, so that is the oldest one.
    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.queue.front().map(|waiter| waiter.times_out_at)
    }

    pub(super) fn pop_timed_out(&mut self, now: Duration) -> Option<Ticket> {
        self.queue
            .pop_front_if(|waiter| waiter.times_out_at <= now)
            .map(|waiter| waiter.ticket)
    }

    pub(super) fn into_tickets(self) -> Vec<Ticket> {
        self.queue.into_iter().map(|waiter| waiter.ticket).collect()
    }
}
