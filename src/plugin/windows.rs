use bevy::{
    ecs::{entity::EntityHashMap, system::SystemParam},
    prelude::{Added, Entity, MessageReader, Query, RemovedComponents},
    window::{AppLifecycle, Window, WindowFocused, WindowOccluded, WindowResized},
};

use super::AppStateSource;
use crate::connection::AppState;

/// What the platform reports about windows and the app.
#[derive(SystemParam)]
pub(super) struct PlatformReports<'w, 's> {
    focused: MessageReader<'w, 's, WindowFocused>,
    occluded: MessageReader<'w, 's, WindowOccluded>,
    resized: MessageReader<'w, 's, WindowResized>,
    lifecycle: MessageReader<'w, 's, AppLifecycle>,
}

/// Windows that came and went.
#[derive(SystemParam)]
pub(super) struct WindowComings<'w, 's> {
    added: Query<'w, 's, (), Added<Window>>,
    removed: RemovedComponents<'w, 's, Window>,
}

impl PlatformReports<'_, '_> {
    /// Whether there are reports that the last call did not see.
    pub(super) fn take_any(&mut self) -> bool {
        let any = !(self.focused.is_empty()
            && self.occluded.is_empty()
            && self.resized.is_empty()
            && self.lifecycle.is_empty());
        self.focused.clear();
        self.occluded.clear();
        self.resized.clear();
        self.lifecycle.clear();
        any
    }
}

impl WindowComings<'_, '_> {
    /// Whether there are some that the last call did not see.
    pub(super) fn take_any(&mut self) -> bool {
        let any = !(self.added.is_empty() && self.removed.is_empty());
        self.removed.clear();
        any
    }
}

/// What the platform has said about the app and its windows so far.
#[derive(Debug, Default)]
pub(super) struct Windows {
    reported: EntityHashMap<Reported>,
    suspended: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reported {
    focused: Option<bool>,
    occluded: bool,
    /// Resized to nothing: how Windows reports a minimised window.
    empty: bool,
}

impl Windows {
    pub(super) fn take_in(&mut self, reports: &mut PlatformReports) {
        for report in reports.focused.read() {
            self.window(report.window).focused = Some(report.focused);
        }
        for report in reports.occluded.read() {
            self.window(report.window).occluded = report.occluded;
        }
        for report in reports.resized.read() {
            self.window(report.window).empty = report.width == 0.0 && report.height == 0.0;
        }
        for state in reports.lifecycle.read() {
            match state {
                AppLifecycle::WillSuspend | AppLifecycle::Suspended => self.suspended = true,
                AppLifecycle::WillResume | AppLifecycle::Running => self.suspended = false,
                AppLifecycle::Idle => {}
            }
        }
    }

    pub(super) fn forget_closed(&mut self, exists: impl Fn(Entity) -> bool) {
        self.reported.retain(|&window, _| exists(window));
    }

    pub(super) fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// Background only when there are windows and none qualifies.
    pub(super) fn app_state<'w>(
        &self,
        source: AppStateSource,
        windows: impl Iterator<Item = (Entity, &'w Window)>,
    ) -> AppState {
        let mut qualify = windows.filter_map(|(entity, window)| {
            let reported = self.reported.get(&entity).copied().unwrap_or_default();
            reported.qualifies(window, source)
        });
        match qualify.next() {
            None | Some(true) => AppState::Foreground,
            Some(false) if qualify.any(|qualifies| qualifies) => AppState::Foreground,
            Some(false) => AppState::Background,
        }
    }

    fn window(&mut self, window: Entity) -> &mut Reported {
        self.reported.entry(window).or_default()
    }
}

impl Reported {
    /// Whether the window keeps the app in the foreground; `None` when it does not matter.
    fn qualifies(self, window: &Window, source: AppStateSource) -> Option<bool> {
        match source {
            // A window that was never shown can't have lost the focus.
            AppStateSource::WindowFocus if !window.visible => self.focused,
            AppStateSource::WindowFocus => Some(self.focused.unwrap_or(window.focused)),
            AppStateSource::Minimized => Some(!self.occluded && !self.empty),
            AppStateSource::AppLifecycle | AppStateSource::Manual => None,
        }
    }
}
