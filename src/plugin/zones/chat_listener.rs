use bevy::prelude::{Component, Reflect, ReflectComponent, ReflectDefault, Transform};

/// The entity whose place decides which [`ChatZone`](crate::ChatZone)s the user is in: their character, or the camera.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn spawn_player(mut commands: Commands) {
///     commands.spawn((ChatListener, Transform::from_xyz(0.0, 0.0, 0.0)));
/// }
/// # bevy::ecs::system::assert_is_system(spawn_player);
/// ```
///
/// With several, the user is where any of them is.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Clone, Debug, PartialEq)]
#[require(Transform)]
pub struct ChatListener;
