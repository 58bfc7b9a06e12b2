use std::{sync::Arc, time::Duration};

use bevy::prelude::{Entity, EntityEvent, Message};

use crate::{
    client::ChatError,
    model::{Group, Guid},
};

/// A [`ChatZone`](crate::ChatZone) or a [`ChatMember`](crate::ChatMember) made the user a member of a group: its
/// messages arrive from here on.
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
    /// The entity with the zone or the member; in the message, one of them.
    pub entity: Entity,
    /// The group.
    pub group: Arc<Group>,
}

/// The user is no longer a member of a group by a zone or a component: they left it, were put out of it, or logged out.
///
/// Written and triggered as [`GroupJoined`] is. The entity may be gone by then.
#[derive(Message, EntityEvent, Clone, Debug, PartialEq)]
pub struct GroupLeft {
    /// The entity with the zone or the member; in the message, one of them.
    pub entity: Entity,
    /// The group.
    pub group: Arc<Group>,
}

/// The user could not join or leave the group of a zone or a component. It is logged, too.
///
/// Written and triggered as [`GroupJoined`] is.
#[derive(Message, EntityEvent, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupFailed {
    /// The entity with the zone or the member; in the message, one of them.
    pub entity: Entity,
    /// The group.
    pub guid: Guid,
    /// Whether they were to join (`true`) or to leave (`false`).
    pub joining: bool,
    /// Why it failed.
    pub error: ChatError,
    /// When it is tried again. `None` if it is given up until the user has left the zone and come back: the user is
    /// banned, the group is full, or it still did not exist after eight attempts in about three minutes.
    pub retry_in: Option<Duration>,
}
