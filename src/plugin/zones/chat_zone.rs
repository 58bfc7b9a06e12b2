use std::time::Duration;

use bevy::prelude::{Component, Reflect, ReflectComponent, ReflectDefault, Transform};

use super::{ChatGroup, ZoneShape};

/// A zone with its own chat: while a [`ChatListener`](crate::ChatListener) is in it, the user is a member of its group.
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
/// Crossing a border back and forth causes no requests: the user joins after [`join_after`](Self::join_after) inside,
/// and leaves after [`leave_after`](Self::leave_after) outside of the margin. A failure is retried with a back-off, and
/// reported as [`GroupFailed`](crate::GroupFailed).
///
/// Several zones may have the same group: the user is in it while in any of them. A user who is in the group at the
/// start of the game, as after a crash, leaves it unless they are in one of its zones.
///
/// It needs Bevy's `TimePlugin`, which is in `MinimalPlugins` and `DefaultPlugins`.
///
/// The server sends no event when a group is deleted. Until the next connection, a deleted group counts as joined unless
/// a message to it is refused.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Clone, Debug, PartialEq)]
#[require(Transform)]
#[non_exhaustive]
pub struct ChatZone {
    /// The group.
    pub group: ChatGroup,
    /// The space that it covers.
    pub shape: ZoneShape,
    /// The distance outside of the shape, in world units, within which a listener still counts as inside. Default: a
    /// tenth of the distance from the centre to the nearest border.
    pub margin: f32,
    /// The time for which a listener must be inside before the user joins. Default: 1 s.
    pub join_after: Duration,
    /// The time for which all listeners must be outside before the user leaves, also if the zone is despawned.
    /// Default: 5 s.
    pub leave_after: Duration,
}

impl Default for ChatZone {
    /// A zone without a group, in the shape of Bevy's default sphere.
    fn default() -> Self {
        Self::new(ChatGroup::default(), ZoneShape::default())
    }
}

impl ChatZone {
    /// A zone around the position of its entity. The shape is one of Bevy's: [`Sphere`](bevy::prelude::Sphere),
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

    /// Sets the [`margin`](Self::margin), in world units.
    #[must_use]
    pub fn with_margin(self, margin: f32) -> Self {
        Self { margin, ..self }
    }

    /// Sets [`join_after`](Self::join_after) and [`leave_after`](Self::leave_after).
    #[must_use]
    pub fn with_delays(self, join_after: Duration, leave_after: Duration) -> Self {
        Self {
            join_after,
            leave_after,
            ..self
        }
    }
}

/// Marks the entity whose position determines the [`ChatZone`](crate::ChatZone)s of the user: their character or the
/// camera.
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
/// With several listeners, the user is in the zones of all of them.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Clone, Debug, PartialEq)]
#[require(Transform)]
pub struct ChatListener;
