use std::{mem, time::Duration};

/// The wait for a new token, when the server refuses the session's:
///
/// - **T1** The game is asked for a new token once. Requests that failed for the old one wait, and connections are not
///   attempted meanwhile.
/// - **T2** With a new token of the same user, what waits is retried, and a connection that is wanted is opened
///   with it.
/// - **T3** Without one in time, the session ends with the cause "token unknown". In the background, where the app may
///   be suspended, no time passes: the full time is available again in the foreground.
pub(crate) struct Renewal<W> {
    timeout: Duration,
    is_under_way: bool,
    must_ask: bool,
    is_suspended: bool,
    /// When the time to answer ends. `None` while it does not run.
    ends_at: Option<Duration>,
    waiting: Vec<W>,
}

impl<W> Renewal<W> {
    pub(crate) const fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            is_under_way: false,
            must_ask: false,
            is_suspended: false,
            ends_at: None,
            waiting: Vec::new(),
        }
    }

    /// How long the game has to answer.
    pub(crate) const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Starts the wait for a new token. Returns whether none was under way.
    pub(crate) fn begin(&mut self, now: Duration) -> bool {
        let is_new = !mem::replace(&mut self.is_under_way, true);
        if is_new {
            self.must_ask = true;
            self.restart(now);
        }
        is_new
    }

    /// Whether the game must still be asked. Marks it as asked.
    pub(crate) fn must_ask(&mut self) -> bool {
        mem::take(&mut self.must_ask)
    }

    /// Restarts the time to answer.
    pub(crate) fn restart(&mut self, now: Duration) {
        let passes = self.is_under_way && !self.is_suspended;
        self.ends_at = passes.then(|| now.saturating_add(self.timeout));
    }

    /// Stops the time to answer while the app is suspended, and restarts it after that.
    pub(crate) fn suspend(&mut self, is_suspended: bool, now: Duration) {
        if mem::replace(&mut self.is_suspended, is_suspended) != is_suspended {
            self.restart(now);
        }
    }

    /// Adds a waiter for the new token.
    pub(crate) fn wait(&mut self, waiter: W) {
        self.waiting.push(waiter);
    }

    pub(crate) const fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// When the time to answer is over.
    pub(crate) const fn ends_at(&self) -> Option<Duration> {
        self.ends_at
    }

    /// Ends the wait, with or without a new token. Returns the waiters.
    pub(crate) fn end(&mut self) -> Vec<W> {
        self.is_under_way = false;
        self.must_ask = false;
        self.ends_at = None;
        mem::take(&mut self.waiting)
    }
}
