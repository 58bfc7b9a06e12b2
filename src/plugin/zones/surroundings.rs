use std::{collections::BTreeMap, time::Duration};

use bevy::{
    ecs::{entity::EntityHashSet, system::SystemParam},
    math::Vec3,
    prelude::{Entity, Query, TransformHelper, With},
};

use super::{ChatChannel, ChatListener, ChatMember, ChatZone};
use crate::model::Guid;

/// What the world says about where the user is to be.
#[derive(SystemParam)]
pub(super) struct Surroundings<'w, 's> {
    zones: Query<'w, 's, (Entity, &'static ChatZone)>,
    members: Query<'w, 's, &'static ChatMember>,
    listeners: Query<'w, 's, Entity, With<ChatListener>>,
    transforms: TransformHelper<'w, 's>,
}

/// Which groups the user is to be in.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    pub(super) channels: BTreeMap<Guid, Wish>,
    /// The groups of all zones, also of those where the user is not, and how long the user stays there all the same.
    pub(super) zones: BTreeMap<Guid, Duration>,
}

/// A group that the user is to be in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wish {
    pub(super) channel: ChatChannel,
    pub(super) join_after: Duration,
    pub(super) leave_after: Duration,
}

impl Surroundings<'_, '_> {
    pub(super) fn is_empty(&self) -> bool {
        self.zones.is_empty() && self.members.is_empty()
    }

    /// Looks around. `inside` are the zones that the user was found in the last time: their borders are further out.
    pub(super) fn look(&self, inside: &mut EntityHashSet) -> Wishes {
        let listeners: Vec<_> = self
            .listeners
            .iter()
            .filter_map(|it| self.place(it))
            .collect();
        let mut wishes = Wishes::default();
        for (entity, zone) in &self.zones {
            wishes
                .zones
                .insert(zone.channel.guid.clone(), zone.leave_after);
            let margin = match inside.contains(&entity) {
                true => zone.margin,
                false => 0.0,
            };
            if self.is_any_in(entity, zone, margin, &listeners) {
                inside.insert(entity);
                wishes.add(&zone.channel, zone.join_after, zone.leave_after);
            } else {
                inside.remove(&entity);
            }
        }
        inside.retain(|entity| self.zones.contains(*entity));
        for ChatMember(channel) in &self.members {
            wishes.add(channel, Duration::ZERO, Duration::ZERO);
        }
        wishes
    }

    fn is_any_in(&self, entity: Entity, zone: &ChatZone, margin: f32, listeners: &[Vec3]) -> bool {
        if listeners.is_empty() {
            return false;
        }
        let Ok(transform) = self.transforms.compute_global_transform(entity) else {
            return false;
        };
        let to_zone = transform.to_isometry().inverse();
        listeners
            .iter()
            .any(|listener| zone.shape.distance(to_zone * *listener) <= margin)
    }

    /// From the transforms themselves: what Bevy propagates lags a frame behind, and not at all in an app without
    /// its plugin for that.
    fn place(&self, entity: Entity) -> Option<Vec3> {
        let transform = self.transforms.compute_global_transform(entity);
        transform.ok().map(|transform| transform.translation())
    }
}

impl Wishes {
    /// Of two wishes for the same group, the one that joins sooner and the one that leaves later counts.
    pub(super) fn add(
        &mut self,
        channel: &ChatChannel,
        join_after: Duration,
        leave_after: Duration,
    ) {
        self.channels
            .entry(channel.guid.clone())
            .and_modify(|wish| {
                wish.join_after = wish.join_after.min(join_after);
                wish.leave_after = wish.leave_after.max(leave_after);
            })
            .or_insert_with(|| Wish {
                channel: channel.clone(),
                join_after,
                leave_after,
            });
    }
}
