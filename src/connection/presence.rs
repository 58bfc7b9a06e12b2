use std::time::Duration;

use super::AppState;

/// Where the app is, and in the background how long a connection may last there (rules A3, M6 and M9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Foreground,
    /// The grace matters only while there is a connection, an attempt or a repair for it to end.
    Background {
        grace_ends: Duration,
    },
}

impl Presence {
    pub(super) const fn app_state(self) -> AppState {
        match self {
            Self::Foreground => AppState::Foreground,
            Self::Background { .. } => AppState::Background,
        }
    }

    pub(super) const fn is_foreground(self) -> bool {
        matches!(self, Self::Foreground)
    }

    pub(super) const fn grace_ends(self) -> Option<Duration> {
        match self {
            Self::Foreground => None,
            Self::Background { grace_ends } => Some(grace_ends),
        }
    }

    /// The game gave a sign of life at `now`: the grace counts from there.
    pub(super) const fn sign_of_life(&mut self, now: Duration, grace: Duration) {
        if let Self::Background { grace_ends } = self {
            *grace_ends = now.saturating_add(grace);
        }
    }
}
