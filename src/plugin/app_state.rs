//! Finds out whether the app is in the foreground.

use std::time::Duration;

use bevy::{
    prelude::{
        DetectChanges, DetectChangesMut, Entity, MessageWriter, Query, Real, Reflect,
        ReflectDefault, Res, ResMut, Resource, Time,
    },
    time::TimeReceiver,
    window::{RequestRedraw, Window},
};

use super::{
    CometChat, CometChatSettings,
    windows::{PlatformReports, WindowComings, Windows},
};
use crate::connection::{AppState, ConnectionStatus};

/// How long no window has had the focus before the app counts as in the background, so that focus on its way from
/// one of the game's windows to another is no change. One more update must agree.
const FOCUS_SETTLES: Duration = Duration::from_millis(100);

/// What the app's state is derived from. A suspended app is in the background with each of them, and an
/// app without windows in the foreground, unless the game says that it is not.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[reflect(Default, Clone, Debug, PartialEq, Hash)]
pub enum AppStateSource {
    /// In the foreground while some window has the focus. The default.
    ///
    /// A loss counts when it has lasted for 100 ms and one more update.
    #[default]
    WindowFocus,
    /// In the foreground while some window is neither minimised nor wholly covered, as far as the platform tells:
    /// X11, macOS and the web report covered windows, Windows reports minimised ones.
    Minimized,
    /// In the foreground unless the platform suspends the app.
    AppLifecycle,
    /// In the foreground when the game says so, with
    /// [`CometChatSettings::set_app_state`](crate::CometChatSettings::set_app_state).
    Manual,
}

/// What is known about the app.
#[derive(Resource, Debug, Default)]
pub(super) struct AppWatch {
    windows: Windows,
    /// The last window has lost the focus, and that is not settled yet.
    is_unfocused: bool,
    /// Since when, as far as the clock knows.
    unfocused_since: Option<Duration>,
}

pub(super) fn may_have_changed(
    watch: Res<AppWatch>,
    settings: Res<CometChatSettings>,
    mut reports: PlatformReports,
    mut comings: WindowComings,
) -> bool {
    let any_reports = reports.take_any();
    let any_comings = comings.take_any();
    any_reports || any_comings || watch.is_unfocused || settings.is_changed()
}

pub(super) fn follow_app(
    mut watch: ResMut<AppWatch>,
    chat: Res<CometChat>,
    mut settings: ResMut<CometChatSettings>,
    mut reports: PlatformReports,
    windows: Query<(Entity, &Window)>,
    time: Option<Res<Time<Real>>>,
    renderers_clock: Option<Res<TimeReceiver>>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    let source = settings.app_state_source;
    watch.windows.take_in(&mut reports);
    watch
        .windows
        .forget_closed(|window| windows.contains(window));

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
    let now = time.map(|time| time.elapsed());
    if lost_focus && !watch.is_settled(now, renderers_clock.is_some()) {
        // A reactive app must not sleep over it.
        redraws.write(RequestRedraw);
        return;
    }
    watch.is_unfocused = false;
    watch.unfocused_since = None;
    if source != AppStateSource::Manual && !suspended {
        // Where the game goes on from if it decides by itself from now on.
        settings.bypass_change_detection().app_state = found;
    }
    set_app_state(&chat, found);
}

/// Tells the client, if that is new to it. The last sign of life before the background is a ping.
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
    /// Whether the loss of the focus has lasted long enough. The first call starts the time.
    ///
    /// A clock that `lags` tells when the frame before this one was shown, as Bevy's does in an app that draws: in one
    /// that slept, that was before it slept. So it is asked at the second call only.
    fn is_settled(&mut self, now: Option<Duration>, lags: bool) -> bool {
        let is_first = !std::mem::replace(&mut self.is_unfocused, true);
        if self.unfocused_since.is_none() && !(is_first && lags) {
            self.unfocused_since = now;
        }
        let lasts = now
            .zip(self.unfocused_since)
            .is_none_or(|(now, since)| now.saturating_sub(since) >= FOCUS_SETTLES);
        !is_first && lasts
    }
}
