use std::time::Duration;

use super::{Mode, Timing};

/// The keep-alive service: whether it is on, and how quickly the game answers its prompts (rules K1–K3).
#[derive(Debug)]
pub(super) struct KeepAlive {
    enabled: bool,
    /// How long the game took to ping after the last prompt.
    lag: Duration,
}

/// Where a live link is between two pings of the game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prompt {
    /// The interval runs since then.
    Armed { since: Duration },
    /// The game was told, and has not pinged since.
    Given { at: Duration },
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

    /// When to tell the game that its ping is due: before the interval ends, and before the grace does.
    pub(super) fn due(
        &self,
        prompt: Prompt,
        grace_ends: Option<Duration>,
        timing: &Timing,
    ) -> Option<Duration> {
        if !self.enabled {
            return None;
        }
        let interval = timing.effective_keep_alive_interval();
        Some(match prompt {
            Prompt::Armed { since } => since
                .saturating_add(interval)
                .min(grace_ends.unwrap_or(Duration::MAX))
                .saturating_sub(self.lead(timing)),
            Prompt::Given { at } => at.saturating_add(interval),
        })
    }

    /// The game pinged: learns from it, and starts the interval over.
    pub(super) fn pinged(&mut self, prompt: &mut Prompt, now: Duration) {
        if let Prompt::Given { at } = *prompt {
            self.lag = now.saturating_sub(at);
        }
        *prompt = Prompt::Armed { since: now };
    }

    /// Twice the game's last lag, so that a slow loop is told early enough.
    fn lead(&self, timing: &Timing) -> Duration {
        let learnt = self.lag.saturating_mul(2);
        let longest = timing.effective_keep_alive_interval() / 2;
        timing.effective_keep_alive_lead().max(learnt).min(longest)
    }
}

impl Prompt {
    /// The grace starts: a prompt that went unheard does not delay the next one.
    pub(super) const fn backgrounded(&mut self, now: Duration) {
        if let Self::Given { .. } = self {
            *self = Self::Armed { since: now };
        }
    }
}
