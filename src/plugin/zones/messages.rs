use std::{sync::Arc, time::Duration};

use bevy::prelude::{Event, Message};

use crate::{
    client::ChatError,
    model::{Group, Guid},
};

/// A [`ChatZone`](crate::ChatZone) or a [`ChatMember`](crate::ChatMember) made the user a member of a group: what is
/// said in it arrives from here on.
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct ChannelJoined {
    /// The group.
    pub group: Arc<Group>,
}

/// The user is no longer a member of a group by a zone or a component, or was put out of it, or logged out.
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct ChannelLeft {
    /// The group.
    pub group: Arc<Group>,
}

/// The user could not join or leave the group of a zone or a component. It is logged, too.
#[derive(Message, Event, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChannelFailed {
    /// The group.
    pub guid: Guid,
    /// Whether they were to join (`true`) or to leave (`false`).
    pub joining: bool,
    /// Why.
    pub error: ChatError,
    /// When it is tried again; `None`: not until the user has left the zone and come back.
    pub retry_in: Option<Duration>,
}
