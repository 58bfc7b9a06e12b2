use bevy::{
    ecs::{entity::EntityHashMap, system::SystemParam},
    prelude::{Added, Entity, MessageReader, Query, RemovedComponents},
    window::{AppLifecycle, Window, WindowFocused, WindowOccluded, WindowResized},
};

use super::AppStateSource;
use crate::connection::AppState;

/// The platform's reports about windows and the app.
#[derive(SystemParam)]
pub(super) struct PlatformReports<'w, 's> {
    focused: MessageReader<'w, 's, WindowFocused>,
    occluded: MessageReader<'w, 's, WindowOccluded>,
    resized: MessageReader<'w, 's, WindowResized>,
    lifecycle: MessageReader<'w, 's, AppLifecycle>,
}

/// The windows that were opened and closed.
#[derive(SystemParam)]
pub(super) struct OpenedAndClosed<'w, 's> {
    added: Query<'w, 's, (), Added<Window>>,
    removed: RemovedComponents<'w, 's, Window>,
}

impl PlatformReports<'_, '_> {
    /// Whether there are reports since the last call.
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

impl OpenedAndClosed<'_, '_> {
    /// Whether windows were opened or closed since the last call.
    pub(super) fn take_any(&mut self) -> bool {
        let any = !(self.added.is_empty() && self.removed.is_empty());
        self.removed.clear();
        any
    }
}

/// The state of the app and its windows, as the platform has reported it so far.
#[derive(Debug, Default)]
pub(super) struct Windows {
    reported: EntityHashMap<Reported>,
    suspended: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reported {
    focused: Option<bool>,
    occluded: bool,
    /// Resized to 0×0, which is how Windows reports that a window is minimised.
    empty: bool,
    /// Whether winit reports it as minimised.
    minimized: bool,
}

impl Windows {
    pub(super) fn apply(&mut self, reports: &mut PlatformReports) {
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

    /// Sets whether a window is minimised. Returns whether that changed.
    #[cfg(feature = "winit")]
    pub(super) fn set_minimized(&mut self, window: Entity, minimized: bool) -> bool {
        let known = self.reported.get(&window).is_some_and(|it| it.minimized);
        if known != minimized {
            self.window(window).minimized = minimized;
        }
        known != minimized
    }

    pub(super) fn forget_closed(&mut self, exists: impl Fn(Entity) -> bool) {
        self.reported.retain(|&window, _| exists(window));
    }

    pub(super) fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// In the background if there are windows and none qualifies.
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
    /// Whether the window keeps the app in the foreground; `None` if it does not count.
    ///
    /// A minimised window can have the focus: X11 leaves it with one that has no decorations.
    fn qualifies(self, window: &Window, source: AppStateSource) -> Option<bool> {
        match source {
            AppStateSource::WindowFocus if self.minimized => Some(false),
            // A window that was never shown has not lost the focus.
            AppStateSource::WindowFocus if !window.visible => self.focused,
            AppStateSource::WindowFocus => Some(self.focused.unwrap_or(window.focused)),
            AppStateSource::Minimized => Some(!(self.occluded || self.empty || self.minimized)),
            AppStateSource::AppLifecycle | AppStateSource::Manual => None,
        }
    }
}

#[cfg(all(test, feature = "winit"))]
mod tests {
    use super::*;

    #[test]
    fn f1_a_minimised_window_is_in_the_background_though_it_has_the_focus() {
        let window = Window {
            focused: true,
            ..Window::default()
        };
        let (one, other) = (Entity::from_raw_u32(1), Entity::from_raw_u32(2));
        let (one, other) = one.zip(other).expect("both are entities");
        for source in [AppStateSource::WindowFocus, AppStateSource::Minimized] {
            let mut windows = Windows::default();
            let state = |windows: &Windows| windows.app_state(source, [(one, &window)].into_iter());
            assert_eq!(state(&windows), AppState::Foreground);
            assert!(windows.set_minimized(one, true));
            assert!(!windows.set_minimized(one, true));
            assert_eq!(state(&windows), AppState::Background);
            let both = [(one, &window), (other, &window)];
            let state_of_both = windows.app_state(source, both.into_iter());
            assert_eq!(state_of_both, AppState::Foreground, "the other one is seen");
            assert!(windows.set_minimized(one, false));
            assert_eq!(state(&windows), AppState::Foreground);
        }
    }
}
