use std::time::Duration;

use super::{
    Cause, ConnectionStatus, LinkId, Retry, Ticket, health::Health, keep_alive::Prompt,
    waiters::Waiters,
};

/// What the connection is up to. Each deadline lives in the phase it belongs to, so none outlives it.
#[derive(Debug)]
pub(super) enum Phase {
    /// Nobody is logged in.
    SignedOut,
    /// No connection is wanted: only `connect()` or a login opens one.
    Resting,
    /// A connection is wanted once the app is in the foreground again (rule A4).
    AwaitingForeground,
    /// A connection is wanted, and the next attempt has its time.
    Waiting(Waiting),
    /// An attempt is under way.
    Attempting(Attempt),
    /// The server accepted the connection.
    Live(Live),
    /// The game exits: nothing happens any more (rule X1).
    Exited,
}

#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) retry_at: Duration,
    /// What the attempt will be made for.
    pub(super) cause: Cause,
    pub(super) pursuit: Pursuit,
}

#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) link: LinkId,
    pub(super) gives_up_at: Duration,
    pub(super) pursuit: Pursuit,
}

#[derive(Debug)]
pub(super) struct Live {
    pub(super) link: LinkId,
    pub(super) since: Duration,
    pub(super) health: Health,
    pub(super) prompt: Prompt,
    /// Whether nothing is read from it, as the game does not drain what has arrived (rule D5).
    pub(super) paused: bool,
}

/// The way to a live connection, over all its attempts.
#[derive(Debug, Default)]
pub(super) struct Pursuit {
    /// Attempts made since the connection was last live or asked for.
    pub(super) attempts: u32,
    pub(super) last_failure: Option<Cause>,
    pub(super) waiters: Waiters,
}

impl Phase {
    pub(super) const fn status(&self) -> ConnectionStatus {
        match self {
            Self::SignedOut
            | Self::Resting
            | Self::AwaitingForeground
            | Self::Waiting(_)
            | Self::Exited => ConnectionStatus::Disconnected,
            Self::Attempting(_) => ConnectionStatus::Connecting,
            Self::Live(_) => ConnectionStatus::Connected,
        }
    }

    pub(super) const fn is_signed_in(&self) -> bool {
        !matches!(self, Self::SignedOut | Self::Exited)
    }

    /// Whether there is something that the end of the grace would end.
    pub(super) const fn is_busy(&self) -> bool {
        matches!(self, Self::Waiting(_) | Self::Attempting(_) | Self::Live(_))
    }

    /// Whether a connection is there, or will be without the game's doing.
    pub(super) const fn is_wanted(&self) -> bool {
        self.is_busy() || matches!(self, Self::AwaitingForeground)
    }

    /// What a status change that ends in this phase of rest says about the future.
    pub(super) const fn retry_at_rest(&self) -> Retry {
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

    pub(super) const fn pursuit(&self) -> Option<&Pursuit> {
        match self {
            Self::Waiting(waiting) => Some(&waiting.pursuit),
            Self::Attempting(attempt) => Some(&attempt.pursuit),
            _ => None,
        }
    }

    pub(super) const fn pursuit_mut(&mut self) -> Option<&mut Pursuit> {
        match self {
            Self::Waiting(waiting) => Some(&mut waiting.pursuit),
            Self::Attempting(attempt) => Some(&mut attempt.pursuit),
            _ => None,
        }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.pursuit().map_or(0, |pursuit| pursuit.attempts)
    }

    /// The live connection over `link`, unless that is another one or none.
    pub(super) fn live_mut(&mut self, link: LinkId) -> Option<&mut Live> {
        match self {
            Self::Live(live) if live.link == link => Some(live),
            _ => None,
        }
    }

    /// The requests that can't succeed once this phase is over.
    pub(super) fn into_tickets(self) -> Vec<Ticket> {
        match self {
            Self::Waiting(waiting) => waiting.pursuit.waiters.into_tickets(),
            Self::Attempting(attempt) => attempt.pursuit.waiters.into_tickets(),
            Self::Live(live) => live.health.into_tickets(),
            _ => Vec::new(),
        }
    }
}
