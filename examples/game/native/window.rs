//! The window, if there is a display.

use std::{
    env,
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use bevy::{
    prelude::*,
    window::{MonitorSelection, WindowMode, WindowResolution},
    winit::{UpdateMode, WinitSettings},
};

use super::args::{Args, WindowKind};
use crate::plugins;

/// The maximum sleep of a reactive game without events.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);

/// An app with a window, or the reason why there is none.
pub(crate) fn open(args: &Args) -> Result<App, &'static str> {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)");
    }
    let window = Window {
        title: "A village with chat".into(),
        resolution: WindowResolution::new(1280, 720),
        decorations: matches!(args.window, WindowKind::Decorated),
        mode: match args.window {
            WindowKind::Decorated | WindowKind::Borderless => WindowMode::Windowed,
            WindowKind::Fullscreen => WindowMode::BorderlessFullscreen(MonitorSelection::Primary),
        },
        ..default()
    };
    silently(|| {
        let mut app = App::new();
        app.add_plugins(plugins(window));
        if args.reactive {
            app.insert_resource(asleep_until_something_happens());
        }
        app
    })
    .ok_or("The display can't be reached")
}

fn asleep_until_something_happens() -> WinitSettings {
    let mode = UpdateMode::reactive_low_power(LONGEST_SLEEP);
    WinitSettings {
        focused_mode: mode,
        unfocused_mode: mode,
    }
}

/// The result of `build`, or `None` if it panics: Bevy panics if the display cannot be reached.
fn silently<T>(build: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(AssertUnwindSafe(build));
    panic::set_hook(hook);
    built.ok()
}
