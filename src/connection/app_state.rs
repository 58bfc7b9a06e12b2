use std::time::Duration;

/// The state of the app: whether the game is in the foreground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AppState {
    /// The game is in the foreground: a lost connection is repaired.
    #[default]
    Foreground,
    /// The game is behind other windows, minimised or suspended: the connection is closed after the background timeout,
    /// unless the game pings.
    Background,
}

/// The background timeout: stopped in the foreground, running in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BackgroundTimer {
    Stopped,
    /// The end has an effect only while there is a connection, an attempt or a retry.
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

    /// The game pinged or connected at `now`: in the background, the timeout starts over.
    pub(super) const fn restart(&mut self, now: Duration, timeout: Duration) {
        if let Self::Running { .. } = self {
            *self = Self::start(now, timeout);
        }
    }
}
