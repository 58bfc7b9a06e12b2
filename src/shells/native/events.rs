use std::future::pending;

use crate::core::PlatformEvent;

/// What the platform reports about the app by itself: nothing. Bevy has it all, and the plugin passes it on.
pub(in crate::shells) struct PlatformEvents;

impl PlatformEvents {
    pub(in crate::shells) const fn watch() -> Self {
        Self
    }

    pub(in crate::shells) async fn next(&self) -> PlatformEvent {
        pending().await
    }
}
