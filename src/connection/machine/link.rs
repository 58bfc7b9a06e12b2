//! Inputs of the link: attempts, frames, losses and retries.

use std::time::Duration;

use super::{
    AttemptSeries, BackingOff, Cause, ConnectionMachine, ConnectionStatus, LinkId, LinkLoss, Live,
    Mode, Output, Phase, Reminder, Settled, StatusChange,
};
use crate::connection::{
    Retry,
    health::{Answer, Health, PingFrame},
    phase::Attempt,
};

impl ConnectionMachine {
    /// A new connection is wanted: attempts it at `earliest`.
    pub(super) fn attempt_at(
        &mut self,
        earliest: Duration,
        cause: Cause,
        series: AttemptSeries,
        now: Duration,
    ) {
        if earliest <= now {
            self.start_attempt(cause, series, now);
        } else {
            self.back_off(cause, series, earliest);
        }
    }

    pub(super) fn start_attempt(&mut self, cause: Cause, mut series: AttemptSeries, now: Duration) {
        let link = LinkId(self.next_link);
        self.next_link = self.next_link.wrapping_add(1);
        series.count = series.count.saturating_add(1);
        self.backoff.started(now);
        self.outputs.push_back(Output::Status(StatusChange {
            from: ConnectionStatus::Disconnected,
            to: ConnectionStatus::Connecting,
            cause,
            close_code: None,
            reason: None,
            retry: Retry::NotNeeded,
            attempt: series.count,
        }));
        self.outputs.push_back(Output::OpenLink(link));
        self.phase = Phase::Attempting(Attempt {
            link,
            times_out_at: now.saturating_add(self.timing.attempt_timeout),
            series,
        });
    }

    fn back_off(&mut self, cause: Cause, series: AttemptSeries, retry_at: Duration) {
        self.phase = Phase::BackingOff(BackingOff {
            retry_at,
            cause,
            series,
        });
    }

    pub(super) fn on_link_live(&mut self, link: LinkId, now: Duration) {
        let Phase::Attempting(attempt) = &mut self.phase else {
            return;
        };
        if attempt.link != link {
            return;
        }
        let series = std::mem::take(&mut attempt.series);
        self.backoff.accepted();
        self.phase = Phase::Live(Live {
            link,
            since: now,
            health: Health::of_new_link(now),
            reminder: Reminder::Scheduled { since: now },
            paused: false,
        });
        self.outputs.push_back(Output::Status(StatusChange {
            from: ConnectionStatus::Connecting,
            to: ConnectionStatus::Connected,
            cause: Cause::Accepted,
            close_code: None,
            reason: None,
            retry: Retry::NotNeeded,
            attempt: series.count,
        }));
        for ticket in series.pending.into_tickets() {
            self.settle(ticket, Ok(Settled::Connected));
        }
    }

    pub(super) fn on_link_lost(&mut self, link: LinkId, loss: LinkLoss, now: Duration) {
        if self.phase.link() == Some(link) {
            self.handle_loss(loss, now);
        }
    }

    /// The attempt, or the answer to a ping, took too long: ends the link from this side.
    pub(super) fn on_link_timeout(&mut self, now: Duration) {
        let cause = match self.phase {
            Phase::Live(_) => Cause::PongTimeout,
            _ => Cause::AttemptTimeout,
        };
        if let Some(link) = self.phase.link() {
            self.outputs.push_back(Output::CloseLink(link));
            self.handle_loss(LinkLoss::new(cause), now);
        }
    }

    pub(super) fn send_ping(&mut self, frame: PingFrame, link: LinkId) {
        if frame == PingFrame::Send {
            self.outputs.push_back(Output::SendPing(link));
        }
    }

    pub(super) fn on_frame(&mut self, link: LinkId, now: Duration) {
        if let Some(live) = self.phase.live_mut(link) {
            live.health.on_frame(now);
        }
    }

    pub(super) fn on_reading_paused(&mut self, link: LinkId, paused: bool, now: Duration) {
        let Some(live) = self.phase.live_mut(link) else {
            return;
        };
        let resumed = std::mem::replace(&mut live.paused, paused) && !paused;
        if resumed {
            live.health.on_reading_resumed(now, &self.timing);
        }
    }

    pub(super) fn on_pong(&mut self, link: LinkId, now: Duration) {
        let answer = self
            .phase
            .live_mut(link)
            .and_then(|live| live.health.on_pong(now));
        let Some(Answer {
            round_trip,
            tickets,
        }) = answer
        else {
            return;
        };
        for ticket in tickets {
            self.settle(ticket, Ok(Settled::Pong(round_trip)));
        }
    }

    /// The link is gone: retries after a back-off, or stops.
    fn handle_loss(&mut self, loss: LinkLoss, now: Duration) {
        if !self.repairs_after(loss.cause) {
            return self.stop(Phase::Disconnected, loss);
        }
        let from = self.phase.status();
        let lost = std::mem::replace(&mut self.phase, Phase::Disconnected);
        if let Phase::Live(live) = &lost
            && now.saturating_sub(live.since) >= self.timing.stable_after
        {
            self.backoff.start_over();
        }
        let retry_at = self.backoff.failed(now, loss.retry_after);
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
        let series = match lost {
            Phase::Attempting(attempt) => attempt.series,
            lost => {
                self.fail_all(lost.into_tickets(), &loss);
                AttemptSeries::default()
            }
        };
        let series = AttemptSeries {
            last_failure: Some(loss.cause),
            ..series
        };
        self.back_off(Cause::Repair, series, retry_at);
    }

    fn repairs_after(&self, cause: Cause) -> bool {
        let allowed = self.mode == Mode::Auto || self.background_timer.is_foreground();
        allowed && !cause.is_terminal()
    }
}
