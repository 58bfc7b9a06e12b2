//! What the player has set of the boxes is saved for each user.

use std::collections::BTreeMap;

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    box_tabs::ChatBoxTabs,
    kept::{Keep, Loaded, Save, keep},
    parts::ChatBox,
    player_layout::ChatLayout,
    schedules::BoxSchedule,
};

/// A box that the player has made of a tab that was dragged out of another box.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct PlayerChatBox;

/// What is saved of the boxes, by their names. A box without a name has an empty one.
#[derive(Resource, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SavedBoxes(BTreeMap<String, SavedBox>);

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct SavedBox {
    layout: ChatLayout,
    /// The tabs, if the player has moved one.
    tabs: Option<ChatBoxTabs>,
    /// Whether it is a [`PlayerChatBox`].
    is_players: bool,
}

/// The tabs that the game has given a box. There while the player has moved a tab out of the box or into it.
#[derive(Component)]
pub(super) struct GivenTabs(pub(super) ChatBoxTabs);

impl Keep for SavedBoxes {
    const RECORD: &'static str = "boxes";
}

pub(super) fn plugin(app: &mut App) {
    keep::<SavedBoxes>(app);
    app.register_type::<PlayerChatBox>()
        .add_observer(restore_one)
        .add_observer(restore)
        .add_observer(forget)
        .add_systems(
            BoxSchedule::Finish,
            store.before(Save).run_if(has_any_changed),
        );
}

/// The components of a box that are saved, and its name.
type Stored = (
    Entity,
    Option<&'static Name>,
    &'static mut ChatLayout,
    &'static mut ChatBoxTabs,
    Option<&'static GivenTabs>,
    Has<PlayerChatBox>,
);

fn name_of(name: Option<&Name>) -> &str {
    name.map_or("", Name::as_str)
}

/// Filters boxes whose settings may have to be saved.
type HasChanged = Or<(Changed<ChatLayout>, Changed<ChatBoxTabs>)>;

/// A run condition.
fn has_any_changed(boxes: Query<(), HasChanged>) -> bool {
    !boxes.is_empty()
}

fn store(boxes: Query<Stored>, mut saved: ResMut<SavedBoxes>) {
    for (_, name, layout, tabs, given, is_players) in &boxes {
        let new = SavedBox {
            layout: layout.clone(),
            tabs: (given.is_some() || is_players).then(|| tabs.clone()),
            is_players,
        };
        let known = saved.0.get(name_of(name));
        if known.map_or(new != SavedBox::default(), |known| *known != new) {
            saved.0.insert(name_of(name).into(), new);
        }
    }
}

/// Gives a new box what is saved under its name.
fn restore_one(
    added: On<Add, ChatBox>,
    names: Query<&Name>,
    saved: Res<SavedBoxes>,
    mut commands: Commands,
) {
    let name = names.get(added.entity).ok();
    if let Some(saved) = saved.0.get(name_of(name)).cloned() {
        commands.entity(added.entity).insert(saved.layout);
        commands.run_system_cached_with(set_tabs, (added.entity, saved.tabs));
    }
}

/// Sets the tabs that the player has chosen, or those that the game has given the box.
fn set_tabs(
    tabs: In<(Entity, Option<ChatBoxTabs>)>,
    mut boxes: Query<(&mut ChatBoxTabs, Option<&GivenTabs>)>,
    mut commands: Commands,
) {
    let (entity, chosen) = tabs.0;
    let Ok((mut tabs, given)) = boxes.get_mut(entity) else {
        return;
    };
    match (chosen, given) {
        (Some(chosen), given) => {
            let old = std::mem::replace(&mut *tabs, chosen);
            if given.is_none() {
                commands.entity(entity).insert(GivenTabs(old));
            }
        }
        (None, Some(given)) => {
            tabs.clone_from(&given.0);
            commands.entity(entity).remove::<GivenTabs>();
        }
        (None, None) => {}
    }
}

/// Brings all boxes to what is saved: another user has logged in, or nobody is logged in any more.
fn restore(
    _: On<Loaded<SavedBoxes>>,
    saved: Res<SavedBoxes>,
    mut boxes: Query<Stored>,
    mut commands: Commands,
) {
    let mut missing = saved.0.clone();
    for (entity, name, mut layout, _, _, is_players) in &mut boxes {
        let saved = missing.remove(name_of(name));
        if is_players && saved.as_ref().is_none_or(|saved| !saved.is_players) {
            commands.entity(entity).despawn();
            continue;
        }
        let saved = saved.unwrap_or_default();
        layout.set_if_neq(saved.layout);
        commands.run_system_cached_with(set_tabs, (entity, saved.tabs));
    }
    for (name, saved) in missing {
        if saved.is_players {
            // What is saved is restored when the box is there.
            commands.spawn((ChatBox, PlayerChatBox, Name::new(name)));
        }
    }
}

/// A box of the player's own that is despawned is not made again.
fn forget(removed: On<Remove, PlayerChatBox>, names: Query<&Name>, mut saved: ResMut<SavedBoxes>) {
    let name = names.get(removed.entity).ok();
    saved.0.remove(name_of(name));
}
