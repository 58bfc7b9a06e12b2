use std::time::Duration;

use super::{
    Cause, ConnectionMachine, ConnectionStatus, LinkId, LinkLoss, Mode, Output, Phase, Pursuit,
    Settled,
};
use crate::connection::{
    Retry, StatusChange,
    health::{Answer, Health, PingFrame},
    keep_alive::Prompt,
    phase::{Attempt, Live, Waiting},
};

impl ConnectionMachine {
    pub(super) fn attempt(&mut self, cause: Cause, mut pursuit: Pursuit, now: Duration) {
        let link = LinkId(self.next_link);
        self.next_link = self.next_link.wrapping_add(1);
        pursuit.attempts = pursuit.attempts.saturating_add(1);
        self.backoff.attempt_started(now);
        self.outputs.push_back(Output::Status(StatusChange {
            from: ConnectionStatus::Disconnected,
            to: ConnectionStatus::Connecting,
            cause,
            close_code: None,
            reason: None,
            retry: Retry::NotNeeded,
            attempt: pursuit.attempts,
        }));
        self.outputs.push_back(Output::OpenLink(link));
        self.phase = Phase::Attempting(Attempt {
            link,
            gives_up_at: now.saturating_add(self.timing.attempt_timeout),
            pursuit,
        });
    }

    pub(super) fn wait(&mut self, cause: Cause, pursuit: Pursuit, retry_at: Duration) {
        self.phase = Phase::Waiting(Waiting {
            retry_at,
            cause,
            pursuit,
        });
    }

    pub(super) fn link_live(&mut self, link: LinkId, now: Duration) {
        let Phase::Attempting(attempt) = &mut self.phase else {
            return;
        };
        if attempt.link != link {
            return;
        }
        let pursuit = std::mem::take(&mut attempt.pursuit);
        self.backoff.accepted();
        self.phase = Phase::Live(Live {
            link,
            since: now,
            health: Health::of_new_link(now),
            prompt: Prompt::Armed { since: now },
            paused: false,
        });
        self.outputs.push_back(Output::Status(StatusChange {
            from: ConnectionStatus::Connecting,
            to: ConnectionStatus::Connected,
            cause: Cause::Accepted,
            close_code: None,
            reason: None,
            retry: Retry::NotNeeded,
            attempt: pursuit.attempts,
        }));
        for ticket in pursuit.waiters.into_tickets() {
            self.settle(ticket, Ok(Settled::Connected));
        }
    }

    pub(super) fn link_lost(&mut self, link: LinkId, loss: LinkLoss, now: Duration) {
        if self.phase.link() == Some(link) {
            self.lose(loss, now);
        }
    }

    /// The attempt or the connection is to be ended from this side, and counts as failed or lost.
    pub(super) fn abandon_link(&mut self, cause: Cause, now: Duration) {
        if let Some(link) = self.phase.link() {
            self.outputs.push_back(Output::CloseLink(link));
            self.lose(LinkLoss::new(cause), now);
        }
    }

    pub(super) fn send_ping(&mut self, frame: PingFrame, link: LinkId) {
        if frame == PingFrame::Send {
            self.outputs.push_back(Output::SendPing(link));
        }
    }

    pub(super) fn inbound(&mut self, link: LinkId, now: Duration) {
        if let Some(live) = self.phase.live_mut(link) {
            live.health.sign_of_life(now);
        }
    }

    pub(super) fn reading_paused(&mut self, link: LinkId, paused: bool, now: Duration) {
        let Some(live) = self.phase.live_mut(link) else {
            return;
        };
        let resumed = std::mem::replace(&mut live.paused, paused) && !paused;
        if resumed {
            live.health.reading_resumed(now, &self.timing);
        }
    }

    pub(super) fn pong(&mut self, link: LinkId, now: Duration) {
        let answer = self
            .phase
            .live_mut(link)
            .and_then(|live| live.health.pong(now));
        if let Some(Answer {
            round_trip,
            tickets,
        }) = answer
        {
            for ticket in tickets {
                self.settle(ticket, Ok(Settled::Pong(round_trip)));
            }
        }
    }

    /// The link is gone: repairs it, or comes to rest (rules A2, M5, M7, R1–R4).
    fn lose(&mut self, loss: LinkLoss, now: Duration) {
        if !self.repairs_after(loss.cause) {
            return self.come_to_rest(Phase::Resting, loss);
        }
        let from = self.phase.status();
        let lost = std::mem::replace(&mut self.phase, Phase::Resting);
        if let Phase::Live(live) = &lost
            && now.saturating_sub(live.since) >= self.timing.stable_after
        {
            self.backoff.start_over();
        }
        let retry_at = self.backoff.next_retry(now, loss.retry_after, &self.timing);
        self.down_because = loss.cause;
        self.outputs.push_back(Output::Status(StatusChange {
            from,
            to: ConnectionStatus::Disconnected,
            cause: loss.cause,
            close_code: loss.close_code,
            reason: loss.reason.clone(),
            retry: Retry::After(retry_at.saturating_sub(now)),
            attempt: lost.attempts(),
        }));
        let pursuit = match lost {
            Phase::Attempting(attempt) => attempt.pursuit,
            lost => {
                self.fail_all(lost.into_tickets(), &loss);
                Pursuit::default()
            }
        };
        let pursuit = Pursuit {
            last_failure: Some(loss.cause),
            ..pursuit
        };
        self.wait(Cause::Repair, pursuit, retry_at);
    }

    fn repairs_after(&self, cause: Cause) -> bool {
        let here = self.mode == Mode::Auto || self.presence.is_foreground();
        here && !cause.is_terminal()
    }
}
