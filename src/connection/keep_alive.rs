use std::time::Duration;

use super::{Mode, Timing};

/// The keep-alive service: whether it is on, and how quickly the game pings when a ping is due.
#[derive(Debug)]
pub(super) struct KeepAlive {
    enabled: bool,
    /// How long the game took to ping after the last reminder.
    lag: Duration,
}

/// The state of a live link between two pings of the game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reminder {
    /// The next reminder is timed from the last ping, or from the start of the link.
    Scheduled { since: Duration },
    /// The game was reminded, and has not pinged since.
    Sent { at: Duration },
}

impl KeepAlive {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            enabled: mode == Mode::Auto,
            lag: Duration::ZERO,
        }
    }

    /// Switches the service. Returns whether that was a change.
    pub(super) fn switch(&mut self, enabled: bool) -> bool {
        std::mem::replace(&mut self.enabled, enabled) != enabled
    }

    /// When to remind the game of its ping: before the interval ends, and before the background timeout does.
    pub(super) fn due(
        &self,
        reminder: Reminder,
        background_timeout_ends: Option<Duration>,
        timing: &Timing,
    ) -> Option<Duration> {
        if !self.enabled {
            return None;
        }
        let interval = timing.effective_keep_alive_interval();
        Some(match reminder {
            Reminder::Scheduled { since } => since
                .saturating_add(interval)
                .min(background_timeout_ends.unwrap_or(Duration::MAX))
                .saturating_sub(self.lead(timing)),
            Reminder::Sent { at } => at.saturating_add(interval),
        })
    }

    /// The game pinged: measures its lag, and starts the interval over.
    pub(super) fn on_ping(&mut self, reminder: &mut Reminder, now: Duration) {
        if let Reminder::Sent { at } = *reminder {
            self.lag = now.saturating_sub(at);
        }
        *reminder = Reminder::Scheduled { since: now };
    }

    /// Twice the game's last lag, so that a slow loop is reminded early enough.
    fn lead(&self, timing: &Timing) -> Duration {
        let measured = self.lag.saturating_mul(2);
        let longest = timing.effective_keep_alive_interval() / 2;
        timing
            .effective_keep_alive_lead()
            .max(measured)
            .min(longest)
    }
}

impl Reminder {
    /// The background timeout starts: an unanswered reminder does not delay the next one.
    pub(super) const fn on_background(&mut self, now: Duration) {
        if let Self::Sent { .. } = self {
            *self = Self::Scheduled { since: now };
        }
    }
}
