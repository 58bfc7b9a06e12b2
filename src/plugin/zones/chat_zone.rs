use std::time::Duration;

use bevy::prelude::{Component, Reflect, ReflectComponent, ReflectDefault, Transform};

use super::{ChatGroup, ZoneShape};

/// A place with a chat of its own: while a [`ChatListener`](crate::ChatListener) is in it, the user is a member of its
/// group.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn build_village(mut commands: Commands) {
///     commands.spawn((
///         ChatZone::new("square", Circle::new(50.0)),
///         Transform::from_xyz(300.0, 120.0, 0.0),
///     ));
///     let tavern = ChatGroup::new("tavern").or_create(GroupDetails::new().with_name("The tavern"));
///     commands.spawn((
///         ChatZone::new(tavern, Rectangle::new(20.0, 15.0)).with_margin(1.0),
///         Transform::from_xyz(350.0, 100.0, 0.0),
///     ));
/// }
/// # bevy::ecs::system::assert_is_system(build_village);
/// ```
///
/// A border that is crossed back and forth costs no request: the user joins after a while inside, and leaves after a
/// while well outside. What fails is tried again with a back-off, and reported as
/// [`GroupFailed`](crate::GroupFailed).
///
/// Several zones may have the same group: the user is in it while in any of them. The group belongs to its zones: a
/// user who is in it when the game starts, as after a crash, leaves it unless they are in one.
///
/// Needs Bevy's `TimePlugin`, which is in `MinimalPlugins` and `DefaultPlugins`.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Clone, Debug, PartialEq)]
#[require(Transform)]
#[non_exhaustive]
pub struct ChatZone {
    /// The group.
    pub group: ChatGroup,
    /// What it covers.
    pub shape: ZoneShape,
    /// How far outside, in units of the world, a listener counts as still inside. Default: a tenth of the way from
    /// the middle to the nearest border.
    pub margin: f32,
    /// How long a listener has to be inside before the user joins. Default: 1 s.
    pub join_after: Duration,
    /// How long all listeners have to be outside before the user leaves, also when the zone is despawned. Default:
    /// 5 s.
    pub leave_after: Duration,
}

impl Default for ChatZone {
    /// A zone of no group, in the shape of Bevy's default sphere.
    fn default() -> Self {
        Self::new(ChatGroup::default(), ZoneShape::default())
    }
}

impl ChatZone {
    /// A zone around the place of its entity. The shape is one of Bevy's: [`Sphere`](bevy::prelude::Sphere),
    /// [`Cuboid`](bevy::prelude::Cuboid), [`Circle`](bevy::prelude::Circle) or
    /// [`Rectangle`](bevy::prelude::Rectangle).
    pub fn new(group: impl Into<ChatGroup>, shape: impl Into<ZoneShape>) -> Self {
        let shape = shape.into();
        Self {
            group: group.into(),
            shape,
            margin: 0.1 * shape.inner_radius(),
            join_after: Duration::from_secs(1),
            leave_after: Duration::from_secs(5),
        }
    }

    /// How far outside, in units of the world, a listener counts as still inside.
    #[must_use]
    pub fn with_margin(self, margin: f32) -> Self {
        Self { margin, ..self }
    }

    /// How long a listener has to be inside before the user joins, and outside before they leave.
    #[must_use]
    pub fn with_delays(self, join_after: Duration, leave_after: Duration) -> Self {
        Self {
            join_after,
            leave_after,
            ..self
        }
    }
}

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
