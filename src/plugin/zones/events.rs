use std::{sync::Arc, time::Duration};

use bevy::prelude::{Entity, EntityEvent, Message};

use crate::{
    client::ChatError,
    model::{Group, Guid},
};

/// The user became a member of a group because of a [`ChatZone`](crate::ChatZone) or a
/// [`ChatMember`](crate::ChatMember). Its messages arrive from now on.
///
/// Written as a message once for each group, and triggered on each entity with a zone or a member of the group:
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn build_tavern(mut commands: Commands) {
///     commands
///         .spawn(ChatZone::new("tavern", Circle::new(20.0)))
///         .observe(|joined: On<GroupJoined>| println!("Welcome to {}.", joined.group.name));
/// }
/// # bevy::ecs::system::assert_is_system(build_tavern);
/// ```
#[derive(Message, EntityEvent, Clone, Debug, PartialEq)]
pub struct GroupJoined {
    /// The entity with the zone or the member. In the message: one of them.
    pub entity: Entity,
    /// The group.
    pub group: Arc<Group>,
}

/// The user is no longer a member of a group of a zone or a component: they left it, were removed from it, or logged
/// out.
///
/// Written and triggered as [`GroupJoined`] is. The entity may be gone by then.
#[derive(Message, EntityEvent, Clone, Debug, PartialEq)]
pub struct GroupLeft {
    /// The entity with the zone or the member. In the message: one of them.
    pub entity: Entity,
    /// The group.
    pub group: Arc<Group>,
}

/// Joining or leaving the group of a zone or a component failed. The failure is also logged.
///
/// Written and triggered as [`GroupJoined`] is.
#[derive(Message, EntityEvent, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupFailed {
    /// The entity with the zone or the member. In the message: one of them.
    pub entity: Entity,
    /// The group.
    pub guid: Guid,
    /// Whether joining (`true`) or leaving (`false`) failed.
    pub joining: bool,
    /// The error.
    pub error: ChatError,
    /// The time until the next attempt. `None` if there is none until the user has left the zone and come back: the
    /// user is banned, the group is full, or it does not exist after eight attempts in about three minutes.
    pub retry_in: Option<Duration>,
}
