use std::{mem, time::Duration};

/// The wait for a new token, when the session's has expired:
///
/// - **T1** The game is asked for a new token once. Requests that failed for the old one wait, and connections are not
///   attempted meanwhile.
/// - **T2** With a new token of the same user, what waits is done once more, and a connection that is wanted is opened
///   with it.
/// - **T3** Without one in time, the session ends as in S6.
pub(crate) struct Renewal<W> {
    timeout: Duration,
    ends_at: Option<Duration>,
    waiting: Vec<W>,
}

impl<W> Renewal<W> {
    pub(crate) const fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            ends_at: None,
            waiting: Vec::new(),
        }
    }

    /// How long the game has to answer.
    pub(crate) const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A new token is needed; says whether the game has to be asked for it.
    pub(crate) fn begin(&mut self, now: Duration) -> bool {
        let is_new = self.ends_at.is_none();
        self.ends_at
            .get_or_insert_with(|| now.saturating_add(self.timeout));
        is_new
    }

    /// Has something wait for the new token.
    pub(crate) fn wait(&mut self, waiter: W) {
        self.waiting.push(waiter);
    }

    pub(crate) const fn is_under_way(&self) -> bool {
        self.ends_at.is_some()
    }

    /// When the time to answer is over.
    pub(crate) const fn ends_at(&self) -> Option<Duration> {
        self.ends_at
    }

    /// The wait is over, one way or the other: gives out what waited.
    pub(crate) fn end(&mut self) -> Vec<W> {
        self.ends_at = None;
        mem::take(&mut self.waiting)
    }
}
