use std::time::Duration;

use super::{Ticket, Timing};

/// The health of a live link: whether it answers pings. At most one ping is under way.
#[derive(Debug)]
pub(super) enum Health {
    /// No ping is under way.
    Idle {
        last_ping: Duration,
    },
    Pinged(UnansweredPing),
}

/// A ping whose pong has not arrived yet.
#[derive(Debug)]
pub(super) struct UnansweredPing {
    sent: Duration,
    /// The maximum time without a frame from the peer.
    timeout: Duration,
    /// Any frame must arrive by then.
    frame_deadline: Duration,
    /// The pong itself must arrive by then, if the game waits for it.
    pong_deadline: Option<Duration>,
    /// The game's requests that the pong answers.
    tickets: Vec<Ticket>,
}

/// The result of a pong.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) round_trip: Duration,
    pub(super) tickets: Vec<Ticket>,
}

/// Whether a ping frame is to be sent, or one is under way already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum PingFrame {
    Send,
    UnderWay,
}

impl Health {
    pub(super) const fn of_new_link(now: Duration) -> Self {
        Self::Idle { last_ping: now }
    }

    /// The game pings: joins the ping under way, if any.
    pub(super) fn ping(&mut self, ticket: Ticket, now: Duration, timing: &Timing) -> PingFrame {
        let frame = self.start_ping(now, timing.pong_timeout);
        if let Self::Pinged(ping) = self {
            ping.pong_deadline
                .get_or_insert(now.saturating_add(timing.pong_timeout));
            ping.tickets.push(ticket);
        }
        frame
    }

    /// The client's own ping.
    pub(super) fn heartbeat(&mut self, now: Duration, timing: &Timing) -> PingFrame {
        self.start_ping(now, timing.pong_timeout)
    }

    /// The app resumed: a ping with a short timeout.
    pub(super) fn probe(&mut self, now: Duration, timing: &Timing) -> PingFrame {
        let frame = self.start_ping(now, timing.probe_timeout);
        if let Self::Pinged(ping) = self {
            let deadline = now.saturating_add(timing.probe_timeout);
            ping.frame_deadline = ping.frame_deadline.min(deadline);
        }
        frame
    }

    /// The machine slept, and nothing could be read meanwhile: a ping under way gets the probe's timeout from now on.
    pub(super) fn probe_after_sleep(&mut self, now: Duration, timing: &Timing) -> PingFrame {
        let frame = self.start_ping(now, timing.probe_timeout);
        if let Self::Pinged(ping) = self {
            let deadline = now.saturating_add(timing.probe_timeout);
            ping.frame_deadline = deadline;
            ping.pong_deadline = ping.pong_deadline.map(|at| at.max(deadline));
        }
        frame
    }

    /// A frame arrived.
    pub(super) const fn on_frame(&mut self, now: Duration) {
        if let Self::Pinged(ping) = self {
            ping.frame_deadline = now.saturating_add(ping.timeout);
        }
    }

    /// A pong arrived.
    pub(super) fn on_pong(&mut self, now: Duration) -> Option<Answer> {
        let Self::Pinged(ping) = self else {
            return None;
        };
        let answer = Answer {
            round_trip: now.saturating_sub(ping.sent),
            tickets: std::mem::take(&mut ping.tickets),
        };
        *self = Self::Idle {
            last_ping: ping.sent,
        };
        Some(answer)
    }

    /// The socket is read again after a pause: the peer's time to answer starts over.
    pub(super) fn on_reading_resumed(&mut self, now: Duration, timing: &Timing) {
        if let Self::Pinged(ping) = self {
            ping.frame_deadline = now.saturating_add(ping.timeout);
            ping.pong_deadline = ping
                .pong_deadline
                .map(|_| now.saturating_add(timing.pong_timeout));
        }
    }

    /// When the link counts as lost.
    pub(super) fn lost_at(&self) -> Option<Duration> {
        match self {
            Self::Idle { .. } => None,
            Self::Pinged(ping) => {
                let pong_deadline = ping.pong_deadline.unwrap_or(Duration::MAX);
                Some(ping.frame_deadline.min(pong_deadline))
            }
        }
    }

    /// When the client's own next ping is due.
    pub(super) const fn heartbeat_due(&self, timing: &Timing) -> Option<Duration> {
        match self {
            Self::Idle { last_ping } => Some(last_ping.saturating_add(timing.heartbeat_interval)),
            Self::Pinged(_) => None,
        }
    }

    /// The game's requests that no pong will answer any more.
    pub(super) fn into_tickets(self) -> Vec<Ticket> {
        match self {
            Self::Idle { .. } => Vec::new(),
            Self::Pinged(ping) => ping.tickets,
        }
    }

    fn start_ping(&mut self, now: Duration, timeout: Duration) -> PingFrame {
        if let Self::Pinged(_) = self {
            return PingFrame::UnderWay;
        }
        *self = Self::Pinged(UnansweredPing {
            sent: now,
            timeout,
            frame_deadline: now.saturating_add(timeout),
            pong_deadline: None,
            tickets: Vec::new(),
        });
        PingFrame::Send
    }
}
