//! Whether the app is in the foreground or in the background.

use std::time::Duration;

use bevy::{
    ecs::system::SystemParam,
    prelude::{
        DetectChanges, DetectChangesMut, Entity, MessageWriter, Query, Real, Res, ResMut, Resource,
        Time,
    },
    time::TimeReceiver,
    window::{RequestRedraw, Window},
};

use super::{
    AppStateSource, CometChat, CometChatSettings,
    windows::{OpenedAndClosed, PlatformReports, Windows},
};
use crate::connection::{AppState, ConnectionStatus};

/// The time without a focused window after which the app is in the background. The focus may be on its way to another
/// window of the game. One more update must confirm it.
const FOCUS_SETTLES: Duration = Duration::from_millis(100);

/// The observed state of the app.
#[derive(Resource, Debug, Default)]
pub(super) struct AppWatch {
    windows: Windows,
    /// The last window has lost the focus, which is not confirmed yet.
    is_unfocused: bool,
    /// The time at which the focus was lost, if the clock is reliable.
    unfocused_since: Option<Duration>,
    /// The value of [`follows_windows`](AppStateSource::follows_windows) that the client has.
    follows_windows: Option<bool>,
    /// A window was minimised or restored since the current state was derived.
    is_outdated: bool,
    /// The time of the next poll for minimised windows.
    #[cfg(feature = "winit")]
    next_poll: Duration,
}

pub(super) fn may_have_changed(
    watch: Res<AppWatch>,
    settings: Res<CometChatSettings>,
    mut reports: PlatformReports,
    mut windows: OpenedAndClosed,
) -> bool {
    let any_reports = reports.take_any();
    let any_windows = windows.take_any();
    any_reports || any_windows || watch.is_unfocused || watch.is_outdated || settings.is_changed()
}

/// The app's clock.
#[derive(SystemParam)]
pub(super) struct Clock<'w> {
    time: Option<Res<'w, Time<Real>>>,
    /// Present where frames are rendered in parallel to the app.
    renderer: Option<Res<'w, TimeReceiver>>,
}

impl Clock<'_> {
    fn now(&self) -> Option<Duration> {
        self.time.as_ref().map(|time| time.elapsed())
    }

    fn lags(&self) -> bool {
        self.renderer.is_some()
    }
}

pub(super) fn apply_app_state(
    mut watch: ResMut<AppWatch>,
    chat: Res<CometChat>,
    mut settings: ResMut<CometChatSettings>,
    mut reports: PlatformReports,
    windows: Query<(Entity, &Window)>,
    clock: Clock,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    let source = settings.app_state_source;
    watch.is_outdated = false;
    watch.windows.apply(&mut reports);
    watch
        .windows
        .forget_closed(|window| windows.contains(window));

    let follows_windows = source.follows_windows();
    if watch.follows_windows.replace(follows_windows) != Some(follows_windows) {
        chat.suspend_when_hidden(follows_windows);
    }
    let suspended = watch.windows.is_suspended();
    let found = match source {
        _ if suspended => AppState::Background,
        AppStateSource::Manual => settings.app_state,
        source => watch.windows.app_state(source, windows.iter()),
    };
    let lost_focus = source == AppStateSource::WindowFocus
        && !suspended
        && found == AppState::Background
        && chat.app_state() == AppState::Foreground;
    if lost_focus && !watch.is_settled(&clock) {
        // A reactive app must not sleep over it.
        redraws.write(RequestRedraw);
        return;
    }
    watch.is_unfocused = false;
    watch.unfocused_since = None;
    if source != AppStateSource::Manual && !suspended {
        // The state to start from if the game sets `Manual`.
        settings.bypass_change_detection().app_state = found;
    }
    set_app_state(&chat, found);
}

/// Reports the state to the client, if it changed. In the background, a ping then restarts the timeout that has just begun.
fn set_app_state(chat: &CometChat, state: AppState) {
    if chat.app_state() == state {
        return;
    }
    chat.set_app_state(state);
    let is_live = chat.connection_status() == ConnectionStatus::Connected;
    if state == AppState::Background && is_live && chat.keep_alive() {
        chat.ping().ignore_errors();
    }
}

impl AppWatch {
    /// Whether the focus has been lost for long enough. The first call starts the time.
    ///
    /// A clock that lags returns the time at which the previous frame was shown, as Bevy's does in an app that draws.
    /// After a sleep that is a time before the sleep. So the clock is read at the second call only.
    fn is_settled(&mut self, clock: &Clock) -> bool {
        let now = clock.now();
        let is_first = !std::mem::replace(&mut self.is_unfocused, true);
        if self.unfocused_since.is_none() && !(is_first && clock.lags()) {
            self.unfocused_since = now;
        }
        let lasts = now
            .zip(self.unfocused_since)
            .is_none_or(|(now, since)| now.saturating_sub(since) >= FOCUS_SETTLES);
        !is_first && lasts
    }
}

/// Polling for minimised windows, for platforms without an event for that.
#[cfg(feature = "winit")]
pub(super) mod polling {
    use bevy::{
        ecs::system::NonSendMarker,
        prelude::{Entity, Query, Real, Res, ResMut, Time, With},
        window::Window,
        winit::WINIT_WINDOWS,
    };

    use super::{AppWatch, Duration};

    /// The interval of the poll. On X11 each poll is a round trip to the display server.
    const INTERVAL: Duration = Duration::from_millis(500);

    pub(in crate::plugin) fn is_due(
        watch: Res<AppWatch>,
        windows: Query<(), With<Window>>,
        time: Option<Res<Time<Real>>>,
    ) -> bool {
        !windows.is_empty() && time.is_none_or(|time| time.elapsed() >= watch.next_poll)
    }

    /// Reads from winit which windows are minimised. It stores the windows on the main thread.
    pub(in crate::plugin) fn poll_minimized(
        _main_thread: NonSendMarker,
        mut watch: ResMut<AppWatch>,
        windows: Query<Entity, With<Window>>,
        time: Option<Res<Time<Real>>>,
    ) {
        watch.next_poll = time.map_or(Duration::ZERO, |time| time.elapsed() + INTERVAL);
        WINIT_WINDOWS.with_borrow(|winit| {
            for window in &windows {
                let minimized = winit.get_window(window).and_then(|it| it.is_minimized());
                let is_news = watch
                    .windows
                    .set_minimized(window, minimized.unwrap_or(false));
                watch.is_outdated |= is_news;
            }
        });
    }
}
