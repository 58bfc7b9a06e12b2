use std::{collections::VecDeque, time::Duration};

use super::{Cause, ConnectionStatus, LinkId, Retry, Ticket, health::Health, keep_alive::Reminder};

/// The state of the machine. Each deadline is a part of its phase, so that it ends with the phase.
#[derive(Debug)]
pub(super) enum Phase {
    /// Nobody is logged in.
    SignedOut,
    /// No connection is wanted: only `connect()` or a login opens one.
    Disconnected,
    /// A connection is wanted once the app is in the foreground again.
    AwaitingForeground,
    /// A connection is wanted, and the next attempt is scheduled.
    BackingOff(BackingOff),
    /// An attempt is under way.
    Attempting(Attempt),
    /// The server accepted the connection.
    Live(Live),
    /// The game exits: nothing happens any more.
    Exited,
}

#[derive(Debug)]
pub(super) struct BackingOff {
    pub(super) retry_at: Duration,
    /// The cause of the attempt to come.
    pub(super) cause: Cause,
    pub(super) series: AttemptSeries,
}

#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) link: LinkId,
    pub(super) times_out_at: Duration,
    pub(super) series: AttemptSeries,
}

#[derive(Debug)]
pub(super) struct Live {
    pub(super) link: LinkId,
    pub(super) since: Duration,
    pub(super) health: Health,
    pub(super) reminder: Reminder,
    /// Whether reading is paused, because the queue to the game is full.
    pub(super) paused: bool,
}

/// The attempts towards one live connection.
#[derive(Debug, Default)]
pub(super) struct AttemptSeries {
    /// The attempts since the connection was last live or requested.
    pub(super) count: u32,
    pub(super) last_failure: Option<Cause>,
    pub(super) pending: PendingConnects,
}

/// The `connect()` calls that wait for a live connection, in the order of the calls.
#[derive(Debug, Default)]
pub(super) struct PendingConnects {
    queue: VecDeque<PendingConnect>,
}

#[derive(Debug)]
struct PendingConnect {
    ticket: Ticket,
    times_out_at: Duration,
}

impl Phase {
    pub(super) const fn status(&self) -> ConnectionStatus {
        match self {
            Self::SignedOut
            | Self::Disconnected
            | Self::AwaitingForeground
            | Self::BackingOff(_)
            | Self::Exited => ConnectionStatus::Disconnected,
            Self::Attempting(_) => ConnectionStatus::Connecting,
            Self::Live(_) => ConnectionStatus::Connected,
        }
    }

    pub(super) const fn is_signed_in(&self) -> bool {
        !matches!(self, Self::SignedOut | Self::Exited)
    }

    /// Whether the background timeout has something to end.
    pub(super) const fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::BackingOff(_) | Self::Attempting(_) | Self::Live(_)
        )
    }

    /// Whether there is a connection, or the client will open one of its own accord.
    pub(super) const fn is_wanted(&self) -> bool {
        self.is_busy() || matches!(self, Self::AwaitingForeground)
    }

    /// The [`Retry`] of a status change that ends in this phase.
    pub(super) const fn retry_when_stopped(&self) -> Retry {
        match self {
            Self::AwaitingForeground => Retry::OnForeground,
            _ => Retry::Never,
        }
    }

    pub(super) const fn link(&self) -> Option<LinkId> {
        match self {
            Self::Attempting(attempt) => Some(attempt.link),
            Self::Live(live) => Some(live.link),
            _ => None,
        }
    }

    pub(super) const fn series(&self) -> Option<&AttemptSeries> {
        match self {
            Self::BackingOff(backing_off) => Some(&backing_off.series),
            Self::Attempting(attempt) => Some(&attempt.series),
            _ => None,
        }
    }

    pub(super) const fn series_mut(&mut self) -> Option<&mut AttemptSeries> {
        match self {
            Self::BackingOff(backing_off) => Some(&mut backing_off.series),
            Self::Attempting(attempt) => Some(&mut attempt.series),
            _ => None,
        }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.series().map_or(0, |series| series.count)
    }

    /// The live connection over `link`; `None` if another link or no link is live.
    pub(super) fn live_mut(&mut self, link: LinkId) -> Option<&mut Live> {
        match self {
            Self::Live(live) if live.link == link => Some(live),
            _ => None,
        }
    }

    /// The pending requests that can't succeed once this phase is over.
    pub(super) fn into_tickets(self) -> Vec<Ticket> {
        match self {
            Self::BackingOff(backing_off) => backing_off.series.pending.into_tickets(),
            Self::Attempting(attempt) => attempt.series.pending.into_tickets(),
            Self::Live(live) => live.health.into_tickets(),
            _ => Vec::new(),
        }
    }
}

impl PendingConnects {
    pub(super) fn push(&mut self, ticket: Ticket, times_out_at: Duration) {
        self.queue.push_back(PendingConnect {
            ticket,
            times_out_at,
        });
    }

    /// When the next call times out. All wait equally long, so that is the oldest one.
    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.queue.front().map(|pending| pending.times_out_at)
    }

    pub(super) fn pop_timed_out(&mut self, now: Duration) -> Option<Ticket> {
        self.queue
            .pop_front_if(|pending| pending.times_out_at <= now)
            .map(|pending| pending.ticket)
    }

    pub(super) fn into_tickets(self) -> Vec<Ticket> {
        self.queue
            .into_iter()
            .map(|pending| pending.ticket)
            .collect()
    }
}
