use std::time::Duration;

use super::{Cause, ConnectionMachine, Failure, LinkLoss, Phase, Pursuit, Settled, Ticket};

impl ConnectionMachine {
    /// Rules M2 and M9.
    pub(super) fn connect(&mut self, ticket: Ticket, now: Duration) {
        if let Err(failure) = self.require_session() {
            return self.settle(ticket, Err(failure));
        }
        self.presence.sign_of_life(now, self.timing.grace);
        let times_out_at = now.saturating_add(self.timing.connect_timeout);
        match std::mem::replace(&mut self.phase, Phase::Resting) {
            Phase::Live(live) => {
                self.phase = Phase::Live(live);
                self.settle(ticket, Ok(Settled::Connected));
            }
            Phase::Attempting(mut attempt) => {
                attempt.pursuit.waiters.push(ticket, times_out_at);
                self.phase = Phase::Attempting(attempt);
            }
            Phase::Waiting(waiting) => {
                let mut pursuit = Pursuit {
                    attempts: 0,
                    ..waiting.pursuit
                };
                pursuit.waiters.push(ticket, times_out_at);
                self.pursue_as_asked(pursuit, now);
            }
            Phase::SignedOut | Phase::Resting | Phase::AwaitingForeground | Phase::Exited => {
                let mut pursuit = Pursuit::default();
                pursuit.waiters.push(ticket, times_out_at);
                self.backoff.start_over();
                self.pursue_as_asked(pursuit, now);
            }
        }
    }

    /// Rules A5 and M3.
    pub(super) fn disconnect(&mut self, ticket: Ticket) {
        if let Phase::SignedOut = self.phase {
            return self.settle(ticket, Err(Failure::NotLoggedIn));
        }
        if self.phase.is_signed_in() {
            self.give_up(Phase::Resting, LinkLoss::new(Cause::DisconnectCalled));
        }
        self.settle(ticket, Ok(Settled::Disconnected));
    }

    /// Rules M4 and M6.
    pub(super) fn ping(&mut self, ticket: Ticket, now: Duration) {
        if let Err(failure) = self.require_session() {
            return self.settle(ticket, Err(failure));
        }
        let Phase::Live(live) = &mut self.phase else {
            let failure = Failure::NotConnected {
                cause: self.down_because,
                reason: None,
            };
            return self.settle(ticket, Err(failure));
        };
        let frame = live.health.ping(ticket, now, &self.timing);
        let link = live.link;
        self.keep_alive.pinged(&mut live.prompt, now);
        self.presence.sign_of_life(now, self.timing.grace);
        self.send_ping(frame, link);
    }

    fn require_session(&self) -> Result<(), Failure> {
        match self.phase {
            Phase::SignedOut => Err(Failure::NotLoggedIn),
            Phase::Exited => Err(Failure::NotConnected {
                cause: Cause::Exiting,
                reason: None,
            }),
            _ => Ok(()),
        }
    }

    fn pursue_as_asked(&mut self, pursuit: Pursuit, now: Duration) {
        let earliest = self.backoff.earliest_when_asked(now, &self.timing);
        self.pursue(Cause::ConnectCalled, pursuit, earliest, now);
    }
}
