use std::time::Duration;

use super::{BackgroundPolicy, Cause, ConnectionMachine, LinkLoss, Mode, Phase, Pursuit};
use crate::connection::SessionOrigin;

impl ConnectionMachine {
    /// A login or a restored session. Auto mode connects; a sticky disconnect is over (rules A1, A5, M1 and S4).
    pub(super) fn session_opened(&mut self, origin: SessionOrigin, now: Duration) {
        if let Phase::Exited = self.phase {
            return;
        }
        self.session_closed(Cause::LoggedOut);
        self.backoff.forget_session();
        self.down_because = Cause::NotYetConnected;
        self.presence.sign_of_life(now, self.timing.grace);
        match self.mode {
            Mode::Manual => self.phase = Phase::Resting,
            Mode::Auto if self.stays_closed_in_background() => {
                self.phase = Phase::AwaitingForeground;
            }
            Mode::Auto => {
                let cause = match origin {
                    SessionOrigin::Login => Cause::LoggedIn,
                    SessionOrigin::Restored => Cause::SessionRestored,
                };
                let earliest = self.backoff.earliest_when_asked(now, &self.timing);
                self.pursue(cause, Pursuit::default(), earliest, now);
            }
        }
    }

    /// A logout, another user's login, or the server's word (rules S3, S5 and S6).
    pub(super) fn session_closed(&mut self, cause: Cause) {
        if self.phase.is_signed_in() {
            self.give_up(Phase::SignedOut, LinkLoss::new(cause));
        }
    }

    /// The game exits (rule X1).
    pub(super) fn shut_down(&mut self) {
        self.give_up(Phase::Exited, LinkLoss::new(Cause::Exiting));
    }

    fn stays_closed_in_background(&self) -> bool {
        self.policy == BackgroundPolicy::DisconnectAtOnce && !self.presence.is_foreground()
    }
}
