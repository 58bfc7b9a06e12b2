use std::{mem, time::Duration};

/// The wait for a new token, when the server refuses the session's:
///
/// - **T1** The game is asked for a new token once. Requests that failed for the old one wait, and connections are not
///   attempted meanwhile.
/// - **T2** With a new token of the same user, what waits is done once more, and a connection that is wanted is opened
///   with it.
/// - **T3** Without one in time, the session ends as in S6. In the background, where the app may be suspended, no time
///   passes: all of it is there again in the foreground.
pub(crate) struct Renewal<W> {
    timeout: Duration,
    is_under_way: bool,
    must_ask: bool,
    is_suspended: bool,
    /// When the time to answer is over, where it passes.
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

    /// A new token is needed; says whether that is news.
    pub(crate) fn begin(&mut self, now: Duration) -> bool {
        let is_new = !mem::replace(&mut self.is_under_way, true);
        if is_new {
            self.must_ask = true;
            self.restart(now);
        }
        is_new
    }

    /// Whether the game is still to be asked, which it is from now on.
    pub(crate) fn must_ask(&mut self) -> bool {
        mem::take(&mut self.must_ask)
    }

    /// Gives the game all of its time from now on.
    pub(crate) fn restart(&mut self, now: Duration) {
        let passes = self.is_under_way && !self.is_suspended;
        self.ends_at = passes.then(|| now.saturating_add(self.timeout));
    }

    /// The app can't answer from now on, or can again.
    pub(crate) fn suspend(&mut self, is_suspended: bool, now: Duration) {
        if mem::replace(&mut self.is_suspended, is_suspended) != is_suspended {
            self.restart(now);
        }
    }

    /// Has something wait for the new token.
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

    /// The wait is over, one way or the other: gives out what waited.
    pub(crate) fn end(&mut self) -> Vec<W> {
        self.is_under_way = false;
        self.must_ask = false;
        self.ends_at = None;
        mem::take(&mut self.waiting)
    }
}
