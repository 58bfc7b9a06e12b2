use super::{Cause, ConnectionMachine, ConnectionStatus, LinkLoss, Mode, Output, Phase};
use crate::connection::StatusChange;

impl ConnectionMachine {
    /// Ends whatever goes on, from this side.
    pub(super) fn give_up(&mut self, rest: Phase, why: LinkLoss) {
        if let Some(link) = self.phase.link() {
            self.outputs.push_back(Output::CloseLink(link));
        }
        if let Phase::Live(_) = self.phase {
            self.backoff.forget_last_start();
        }
        self.come_to_rest(rest, why);
    }

    /// The grace of a backgrounded app ran out: in auto mode only until the app is back (rules A3, A4, M6 and M7).
    pub(super) fn time_out_in_background(&mut self) {
        let rest = match self.mode {
            Mode::Auto => Phase::AwaitingForeground,
            Mode::Manual => Phase::Resting,
        };
        self.give_up(rest, LinkLoss::new(Cause::BackgroundTimeout));
    }

    /// Nothing is open any more, and nothing is pending: says so, then fails the requests that waited.
    pub(super) fn come_to_rest(&mut self, rest: Phase, why: LinkLoss) {
        let retry = rest.retry_at_rest();
        let ended = std::mem::replace(&mut self.phase, rest);
        if !ended.is_wanted() {
            return;
        }
        self.down_because = why.cause;
        self.outputs.push_back(Output::Status(StatusChange {
            from: ended.status(),
            to: ConnectionStatus::Disconnected,
            cause: why.cause,
            close_code: why.close_code,
            reason: why.reason.clone(),
            retry,
            attempt: ended.attempts(),
        }));
        self.fail_all(ended.into_tickets(), &why);
    }
}
