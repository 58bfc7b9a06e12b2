//! The camera: follows the player smoothly, stays on the map, and shows whole pixels of the art.

use bevy::{ecs::system::SystemParam, prelude::*, window::PrimaryWindow};

use crate::{characters::Walking, player::Player, village};

/// The height of the view in world units, rounded so that pixels of the art have a whole size.
const VIEW_HEIGHT: f32 = 240.0;
/// The window height for which the interface is designed, in logical pixels.
const INTERFACE_HEIGHT: f32 = 720.0;
/// The rate at which the camera follows, per second.
const PULL: f32 = 5.0;
/// The offset from the feet to the eyes of the player, which are in the centre of the view.
const EYES: Vec2 = Vec2::new(0.0, 14.0);

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn)
        .add_systems(Update, (fit, follow).chain().after(Walking));
}

fn spawn(mut commands: Commands) {
    commands.spawn((
        Camera2d,
        // Pixel art needs no anti-aliasing.
        Msaa::Off,
        Transform::from_translation(village::tile(15.0, 19.0).extend(0.0)),
        Projection::Orthographic(OrthographicProjection {
            near: -1000.0,
            ..OrthographicProjection::default_2d()
        }),
    ));
}

/// Scales the art by a whole number of pixels.
fn fit(
    window: Single<&Window, (With<PrimaryWindow>, Changed<Window>)>,
    mut projection: Single<&mut Projection, With<Camera2d>>,
    mut interface: ResMut<UiScale>,
) {
    if let Projection::Orthographic(it) = &mut **projection {
        it.scale = window.scale_factor() / zoom(&window);
    }
    interface.0 = (window.height() / INTERFACE_HEIGHT).clamp(0.75, 4.0);
}

/// The width of a pixel of the art, in physical pixels.
fn zoom(window: &Window) -> f32 {
    (window.physical_height() as f32 / VIEW_HEIGHT)
        .round()
        .max(1.0)
}

fn follow(
    time: Res<Time>,
    window: Single<&Window, With<PrimaryWindow>>,
    player: Single<&Transform, With<Player>>,
    mut camera: Single<&mut Transform, (With<Camera2d>, Without<Player>)>,
    mut exact: Local<Option<Vec2>>,
) {
    let zoom = zoom(&window);
    let half = window.physical_size().as_vec2() / zoom / 2.0;
    let map = village::bounds();
    let goal = player.translation.xy() + EYES;
    // In a window larger than the map the map is in the middle.
    let reach = (map.half_size() - half).max(Vec2::ZERO);
    let goal = goal.clamp(map.center() - reach, map.center() + reach);

    let at = exact.get_or_insert(goal);
    at.smooth_nudge(&goal, PULL, time.delta_secs());
    camera.translation = ((*at * zoom).round() / zoom).extend(camera.translation.z);
}

/// Converts positions in the world to positions in the interface.
#[derive(SystemParam)]
pub(crate) struct Screen<'w, 's> {
    camera: Single<'w, 's, (&'static Camera, &'static Transform), With<Camera2d>>,
    interface: Res<'w, UiScale>,
}

impl Screen<'_, '_> {
    /// The position of a point of the world, in pixels of the interface from the upper left corner.
    pub(crate) fn at(&self, spot: Vec2) -> Option<Vec2> {
        let (camera, transform) = *self.camera;
        let transform = GlobalTransform::from(*transform);
        let on_window = camera
            .world_to_viewport(&transform, spot.extend(0.0))
            .ok()?;
        Some(on_window / self.interface.0)
    }

    /// The size of the window in pixels of the interface.
    pub(crate) fn size(&self) -> Option<Vec2> {
        Some(self.camera.0.logical_viewport_size()? / self.interface.0)
    }
}
