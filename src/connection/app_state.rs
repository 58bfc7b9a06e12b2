use std::time::Duration;

/// Whether the player is looking at the game.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AppState {
    /// The game is in front: a lost connection is repaired.
    #[default]
    Foreground,
    /// The game is behind other windows, minimised or suspended: the connection is closed when the background timeout
    /// passes without a sign of life from the game.
    Background,
}

/// The background timeout: stopped in the foreground, running in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BackgroundTimer {
    Stopped,
    /// Its end matters only while there is a connection, an attempt or a retry to give up.
    Running {
        ends_at: Duration,
    },
}

impl BackgroundTimer {
    pub(super) const fn start(now: Duration, timeout: Duration) -> Self {
        Self::Running {
            ends_at: now.saturating_add(timeout),
        }
    }

    #[cfg(test)]
    pub(super) const fn app_state(self) -> AppState {
        match self {
            Self::Stopped => AppState::Foreground,
            Self::Running { .. } => AppState::Background,
        }
    }

    pub(super) const fn is_foreground(self) -> bool {
        matches!(self, Self::Stopped)
    }

    pub(super) const fn ends_at(self) -> Option<Duration> {
        match self {
            Self::Stopped => None,
            Self::Running { ends_at } => Some(ends_at),
        }
    }

    /// The game gave a sign of life at `now`: in the background, the timeout starts over.
    pub(super) const fn restart(&mut self, now: Duration, timeout: Duration) {
        if let Self::Running { .. } = self {
            *self = Self::start(now, timeout);
        }
    }
}
