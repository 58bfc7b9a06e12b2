use std::{collections::BTreeMap, sync::Arc};

use bevy::prelude::{Reflect, ReflectDefault, ReflectResource, Resource};

use crate::model::{Group, Guid};

/// The groups that the user is currently in because of a [`ChatZone`](crate::ChatZone) or a
/// [`ChatMember`](crate::ChatMember). Change detection reports only actual changes.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn show_tabs(groups: Res<CurrentGroups>) {
///     for group in groups.iter() {
///         println!("[{}]", group.name);
///     }
/// }
/// # App::new().add_systems(Update, show_tabs.run_if(resource_changed::<CurrentGroups>));
/// ```
#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(opaque)]
#[reflect(Resource, Default, Clone, Debug, PartialEq)]
pub struct CurrentGroups(pub(super) BTreeMap<Guid, Arc<Group>>);

impl CurrentGroups {
    /// Whether the user is in a group.
    pub fn contains(&self, guid: impl AsRef<str>) -> bool {
        self.0.contains_key(guid.as_ref())
    }

    /// A group by its id, if the user is in it.
    pub fn get(&self, guid: impl AsRef<str>) -> Option<&Arc<Group>> {
        self.0.get(guid.as_ref())
    }

    /// The groups, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Group>> {
        self.0.values()
    }

    /// Whether the user is in no group.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
