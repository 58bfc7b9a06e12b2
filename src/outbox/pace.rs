use std::{collections::VecDeque, time::Duration};

use super::Attempt;
use crate::error::ChatError;

const MINUTE: Duration = Duration::from_secs(60);
/// The wait if the server asks to wait without a duration.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);
/// The minimum of the wait that the server asks for.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// The rate limit: at most this many messages in any minute, and no message while the server asks to wait.
#[derive(Debug)]
pub(super) struct Pace {
    per_minute: Option<usize>,
    longest_wait: Duration,
    /// The messages of the last minute, with the times at which they were sent.
    sent: VecDeque<(Attempt, Duration)>,
    /// The end of the wait that the server asked for, and its error.
    wait: Option<(Duration, ChatError)>,
}

impl Pace {
    pub(super) fn new(per_minute: Option<u32>, longest_wait: Duration) -> Self {
        Self {
            per_minute: per_minute.map(|count| count.max(1) as usize),
            longest_wait,
            sent: VecDeque::new(),
            wait: None,
        }
    }

    /// A message is sent.
    pub(super) fn take(&mut self, attempt: Attempt, now: Duration) {
        if self.per_minute.is_none() {
            return;
        }
        self.sent.push_back((attempt, now));
        while self
            .sent
            .front()
            .is_some_and(|(_, at)| at.saturating_add(MINUTE) <= now)
        {
            self.sent.pop_front();
        }
    }

    /// A message was not sent after all.
    pub(super) fn give_back(&mut self, attempt: Attempt) {
        self.sent.retain(|(taken, _)| *taken != attempt);
    }

    /// The server asks to wait.
    pub(super) fn wait(&mut self, now: Duration, error: ChatError) {
        let wait = error.retry_after.unwrap_or(DEFAULT_WAIT);
        let wait = wait.min(self.longest_wait).max(SHORTEST_WAIT);
        let until = now.saturating_add(wait).max(self.open_at());
        self.wait = Some((until, error));
    }

    /// The earliest time of any request.
    pub(super) fn open_at(&self) -> Duration {
        self.wait
            .as_ref()
            .map_or(Duration::ZERO, |(until, _)| *until)
    }

    /// The earliest time of the next message.
    pub(super) fn free_at(&self) -> Duration {
        let own = self
            .per_minute
            .and_then(|count| self.sent.len().checked_sub(count))
            .map_or(Duration::ZERO, |first| {
                self.sent[first].1.saturating_add(MINUTE)
            });
        own.max(self.open_at())
    }

    /// The server's error, if the next message waits because of the server.
    pub(super) fn server_error(&self) -> Option<&ChatError> {
        self.wait
            .as_ref()
            .filter(|(until, _)| *until == self.free_at())
            .map(|(_, error)| error)
    }
}
