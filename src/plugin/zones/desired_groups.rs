use std::{collections::BTreeMap, time::Duration};

use bevy::{
    ecs::{entity::EntityHashSet, system::SystemParam},
    math::Vec3,
    prelude::{Entity, Query, TransformHelper, With},
};

use super::{ChatGroup, ChatListener, ChatMember, ChatZone};
use crate::model::Guid;

/// The zones, members and listeners of the world.
#[derive(SystemParam)]
pub(super) struct Places<'w, 's> {
    zones: Query<'w, 's, (Entity, &'static ChatZone)>,
    members: Query<'w, 's, (Entity, &'static ChatMember)>,
    listeners: Query<'w, 's, Entity, With<ChatListener>>,
    transforms: TransformHelper<'w, 's>,
}

/// The groups that the user should be in, according to the world.
#[derive(Debug, Default)]
pub(super) struct DesiredGroups {
    pub(super) groups: BTreeMap<Guid, DesiredGroup>,
    /// The groups of all zones, including those where the user is not, each with its `leave_after`.
    pub(super) zones: BTreeMap<Guid, Duration>,
    /// The entities of each group: its zones and members.
    pub(super) entities: BTreeMap<Guid, Vec<Entity>>,
}

/// A group that the user should be in, according to the world.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DesiredGroup {
    pub(super) group: ChatGroup,
    pub(super) join_after: Duration,
    pub(super) leave_after: Duration,
}

impl Places<'_, '_> {
    /// Whether no entity names a group.
    pub(super) fn is_empty(&self) -> bool {
        let mut zones = self.zones.iter().map(|(_, zone)| &zone.group);
        let mut members = self.members.iter().map(|(_, member)| &member.0);
        !zones.any(ChatGroup::is_some) && !members.any(ChatGroup::is_some)
    }

    /// The groups that are desired now. `inside` are the zones in which the user was at the last check: their margin
    /// counts.
    pub(super) fn desired_groups(&self, inside: &mut EntityHashSet) -> DesiredGroups {
        let listeners: Vec<_> = self
            .listeners
            .iter()
            .filter_map(|listener| self.position(listener))
            .collect();
        let mut desired = DesiredGroups::default();
        for (entity, zone) in self.zones.iter().filter(|(_, zone)| zone.group.is_some()) {
            desired
                .zones
                .insert(zone.group.guid.clone(), zone.leave_after);
            desired.add_entity(&zone.group, entity);
            let margin = if inside.contains(&entity) {
                zone.margin
            } else {
                0.0
            };
            if self.is_any_in(entity, zone, margin, &listeners) {
                inside.insert(entity);
                desired.add(&zone.group, zone.join_after, zone.leave_after);
            } else {
                inside.remove(&entity);
            }
        }
        inside.retain(|entity| self.zones.contains(*entity));
        for (entity, ChatMember(group)) in &self.members {
            if group.is_some() {
                desired.add_entity(group, entity);
                desired.add(group, Duration::ZERO, Duration::ZERO);
            }
        }
        desired
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

    /// Computed from the local transforms: `GlobalTransform` is a frame late, and missing in an app without Bevy's
    /// transform plugin.
    fn position(&self, entity: Entity) -> Option<Vec3> {
        let transform = self.transforms.compute_global_transform(entity);
        transform.ok().map(|transform| transform.translation())
    }
}

impl DesiredGroups {
    /// Adds a group. If it is desired twice, the smaller `join_after` and the larger `leave_after` count.
    pub(super) fn add(&mut self, group: &ChatGroup, join_after: Duration, leave_after: Duration) {
        self.groups
            .entry(group.guid.clone())
            .and_modify(|desired| {
                desired.join_after = desired.join_after.min(join_after);
                desired.leave_after = desired.leave_after.max(leave_after);
            })
            .or_insert_with(|| DesiredGroup {
                group: group.clone(),
                join_after,
                leave_after,
            });
    }

    fn add_entity(&mut self, group: &ChatGroup, entity: Entity) {
        self.entities
            .entry(group.guid.clone())
            .or_default()
            .push(entity);
    }
}
