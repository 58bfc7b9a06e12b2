use std::time::Duration;

use super::{BackgroundPolicy, Cause, ConnectionMachine, LinkLoss, Mode, Phase, Presence, Pursuit};
use crate::connection::keep_alive::Prompt;

impl ConnectionMachine {
    /// Rules A4, M8 and H3.
    pub(super) fn foregrounded(&mut self, now: Duration) {
        if self.presence.is_foreground() {
            return;
        }
        self.presence = Presence::Foreground;
        match &mut self.phase {
            Phase::Live(live) => {
                let frame = live.health.probe(now, &self.timing);
                let link = live.link;
                self.send_ping(frame, link);
            }
            Phase::AwaitingForeground => {
                self.backoff.start_over();
                let earliest = self.backoff.earliest(now, &self.timing);
                self.pursue(Cause::Foregrounded, Pursuit::default(), earliest, now);
            }
            Phase::Waiting(waiting) => {
                waiting.cause = Cause::Foregrounded;
                self.cut_back_off(now);
            }
            Phase::SignedOut | Phase::Resting | Phase::Attempting(_) | Phase::Exited => {}
        }
    }

    /// Rules A3 and M6.
    pub(super) fn backgrounded(&mut self, now: Duration) {
        if !self.presence.is_foreground() {
            return;
        }
        self.presence = Presence::Background {
            grace_ends: now.saturating_add(self.timing.grace),
        };
        if self.closes_in_background() {
            let loss = LinkLoss::new(Cause::Backgrounded);
            return self.give_up(Phase::AwaitingForeground, loss);
        }
        if let Phase::Live(live) = &mut self.phase {
            live.prompt.backgrounded(now);
        }
    }

    /// The machine slept: what it knows of the connection is old (rule H3).
    pub(super) fn woke_up(&mut self, now: Duration) {
        match &mut self.phase {
            Phase::Live(live) => {
                let frame = live.health.probe_after_sleep(now, &self.timing);
                let link = live.link;
                self.send_ping(frame, link);
            }
            Phase::Waiting(_) if self.presence.is_foreground() => self.cut_back_off(now),
            _ => {}
        }
    }

    /// Rule K1.
    pub(super) fn switch_keep_alive(&mut self, enabled: bool, now: Duration) {
        let changed = self.keep_alive.switch(enabled);
        if let Phase::Live(live) = &mut self.phase
            && changed
        {
            live.prompt = Prompt::Armed { since: now };
        }
    }

    /// The back-off is not waited out, though the server's wish and the spacing are.
    fn cut_back_off(&mut self, now: Duration) {
        if let Phase::Waiting(waiting) = &mut self.phase {
            let earliest = self.backoff.earliest(now, &self.timing);
            waiting.retry_at = waiting.retry_at.min(earliest);
        }
    }

    fn closes_in_background(&self) -> bool {
        self.mode == Mode::Auto
            && self.policy == BackgroundPolicy::DisconnectAtOnce
            && self.phase.is_busy()
    }
}
