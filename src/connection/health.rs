use std::time::Duration;

use super::{Ticket, Timing};

/// Whether a live link answers: at most one ping is under way (rules H1, H3 and M4).
#[derive(Debug)]
pub(super) enum Health {
    /// No ping waits for its answer.
    Quiet {
        last_ping: Duration,
    },
    Pinged(UnansweredPing),
}

/// A ping on its way.
#[derive(Debug)]
pub(super) struct UnansweredPing {
    sent: Duration,
    /// How long the peer may stay silent.
    patience: Duration,
    /// By when any frame must arrive.
    life_by: Duration,
    /// By when the pong itself must arrive, as the game waits for it.
    pong_by: Option<Duration>,
    /// The game's requests that the pong answers.
    tickets: Vec<Ticket>,
}

/// What a pong brought.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) round_trip: Duration,
    pub(super) tickets: Vec<Ticket>,
}

/// Whether a ping frame is to be sent, or one is on its way already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum PingFrame {
    Send,
    UnderWay,
}

impl Health {
    pub(super) const fn of_new_link(now: Duration) -> Self {
        Self::Quiet { last_ping: now }
    }

    /// The game pings: joins the ping under way, if any.
    pub(super) fn ping(&mut self, ticket: Ticket, now: Duration, timing: &Timing) -> PingFrame {
        let frame = self.ask(now, timing.pong_timeout);
        if let Self::Pinged(ping) = self {
            ping.pong_by
                .get_or_insert(now.saturating_add(timing.pong_timeout));
            ping.tickets.push(ticket);
        }
        frame
    }

    /// The I/O side pings.
    pub(super) fn beat(&mut self, now: Duration, timing: &Timing) -> PingFrame {
        self.ask(now, timing.pong_timeout)
    }

    /// The app came back: a ping with a short verdict.
    pub(super) fn probe(&mut self, now: Duration, timing: &Timing) -> PingFrame {
        let frame = self.ask(now, timing.probe_timeout);
        if let Self::Pinged(ping) = self {
            let verdict = now.saturating_add(timing.probe_timeout);
            ping.life_by = ping.life_by.min(verdict);
        }
        frame
    }

    /// The machine slept: nobody could listen, so a ping under way gets the time of a probe from now on.
    pub(super) fn probe_after_sleep(&mut self, now: Duration, timing: &Timing) -> PingFrame {
        let frame = self.ask(now, timing.probe_timeout);
        if let Self::Pinged(ping) = self {
            let verdict = now.saturating_add(timing.probe_timeout);
            ping.life_by = verdict;
            ping.pong_by = ping.pong_by.map(|by| by.max(verdict));
        }
        frame
    }

    /// A frame arrived.
    pub(super) const fn sign_of_life(&mut self, now: Duration) {
        if let Self::Pinged(ping) = self {
            ping.life_by = now.saturating_add(ping.patience);
        }
    }

    /// A pong arrived.
    pub(super) fn pong(&mut self, now: Duration) -> Option<Answer> {
        let Self::Pinged(ping) = self else {
            return None;
        };
        let answer = Answer {
            round_trip: now.saturating_sub(ping.sent),
            tickets: std::mem::take(&mut ping.tickets),
        };
        *self = Self::Quiet {
            last_ping: ping.sent,
        };
        Some(answer)
    }

    /// The socket is read again after a pause: the peer's time to answer starts over.
    pub(super) fn reading_resumed(&mut self, now: Duration, timing: &Timing) {
        if let Self::Pinged(ping) = self {
            ping.life_by = now.saturating_add(ping.patience);
            ping.pong_by = ping
                .pong_by
                .map(|_| now.saturating_add(timing.pong_timeout));
        }
    }

    /// When the link counts as lost.
    pub(super) fn verdict(&self) -> Option<Duration> {
        match self {
            Self::Quiet { .. } => None,
            Self::Pinged(ping) => Some(ping.pong_by.unwrap_or(Duration::MAX).min(ping.life_by)),
        }
    }

    /// When the I/O side pings next.
    pub(super) const fn heartbeat_due(&self, timing: &Timing) -> Option<Duration> {
        match self {
            Self::Quiet { last_ping } => Some(last_ping.saturating_add(timing.heartbeat_interval)),
            Self::Pinged(_) => None,
        }
    }

    /// The game's requests that no pong will answer any more.
    pub(super) fn into_tickets(self) -> Vec<Ticket> {
        match self {
            Self::Quiet { .. } => Vec::new(),
            Self::Pinged(ping) => ping.tickets,
        }
    }

    fn ask(&mut self, now: Duration, patience: Duration) -> PingFrame {
        if let Self::Pinged(_) = self {
            return PingFrame::UnderWay;
        }
        *self = Self::Pinged(UnansweredPing {
            sent: now,
            patience,
            life_by: now.saturating_add(patience),
            pong_by: None,
            tickets: Vec::new(),
        });
        PingFrame::Send
    }
}
