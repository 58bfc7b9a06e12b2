//! Bevy's UI without a window: all of it but what draws.

use bevy::{
    camera::{ComputedCameraValues, RenderTargetInfo},
    image::TextureAtlasPlugin,
    input::InputPlugin,
    input_focus::{InputDispatchPlugin, InputFocusPlugin},
    picking::{InteractionPlugin, PickingPlugin},
    prelude::*,
    text::TextPlugin,
    ui::UiPlugin,
    ui_widgets::UiWidgetsPlugins,
    window::WindowPlugin,
};
use bevy_cometchat::history::HistoryLimits;

/// An app in which a camera looks at 1280 by 720 pixels.
pub(crate) fn app() -> App {
    let mut app = App::new();
    app.add_plugins((
        MinimalPlugins,
        TransformPlugin,
        AssetPlugin::default(),
        InputPlugin,
        WindowPlugin::default(),
        InputFocusPlugin,
        InputDispatchPlugin,
        TextPlugin,
    ))
    .init_asset::<Image>()
    .add_plugins((
        TextureAtlasPlugin,
        PickingPlugin,
        InteractionPlugin,
        UiPlugin,
        UiWidgetsPlugins,
    ));
    let target_info = RenderTargetInfo {
        physical_size: UVec2::new(1280, 720),
        scale_factor: 1.0,
    };
    app.world_mut().spawn((
        Camera2d,
        Camera {
            computed: ComputedCameraValues {
                target_info: Some(target_info),
                ..default()
            },
            ..default()
        },
    ));
    app
}

/// Room for so much history that a test can fill it.
pub(crate) fn roomy() -> HistoryLimits {
    let mut limits = HistoryLimits::default();
    limits.messages = 20_000;
    limits.bytes = usize::MAX;
    limits
}
