//! While its window is minimised, the game draws nothing and updates a few times a second.

use std::time::Duration;

use bevy::{
    ecs::system::NonSendMarker,
    prelude::*,
    time::common_conditions::on_real_timer,
    winit::{UpdateMode, WINIT_WINDOWS, WinitSettings},
};

/// The time between two updates of a minimised game, and between two looks at the window.
const PAUSE: Duration = Duration::from_millis(250);

/// What applies again when the window is restored; `None` while it is.
#[derive(Resource, Default)]
struct Saved(Option<(UpdateMode, UpdateMode)>);

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<Saved>()
        .add_systems(Last, rest_while_minimized.run_if(on_real_timer(PAUSE)));
}

fn rest_while_minimized(
    // Winit's windows are known to the main thread only.
    _main_thread: NonSendMarker,
    windows: Query<Entity, With<Window>>,
    mut cameras: Query<&mut Camera>,
    mut settings: ResMut<WinitSettings>,
    mut saved: ResMut<Saved>,
) {
    let is_minimized = WINIT_WINDOWS.with_borrow(|winit| {
        let mut windows = windows.iter().filter_map(|it| winit.get_window(it));
        windows.any(|window| window.is_minimized() == Some(true))
    });
    if is_minimized == saved.0.is_some() {
        return;
    }
    for mut camera in &mut cameras {
        camera.is_active = !is_minimized;
    }
    if let Some((focused, unfocused)) = saved.0.take() {
        (settings.focused_mode, settings.unfocused_mode) = (focused, unfocused);
    } else {
        saved.0 = Some((settings.focused_mode, settings.unfocused_mode));
        let slow = slower_than(settings.unfocused_mode);
        (settings.focused_mode, settings.unfocused_mode) = (slow, slow);
    }
}

/// A game that sleeps for longer anyway goes on to do so.
fn slower_than(mode: UpdateMode) -> UpdateMode {
    match mode {
        UpdateMode::Reactive { wait, .. } if wait > PAUSE => mode,
        _ => UpdateMode::reactive_low_power(PAUSE),
    }
}
