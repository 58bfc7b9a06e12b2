//! Persists a resource for each user, such as the muted players.

use std::marker::PhantomData;

use bevy::{ecs::component::Mutable, prelude::*};
use serde::{Serialize, de::DeserializeOwned};

use super::schedules::BoxSchedule;
use crate::{model::Uid, plugin::CometChat};

/// A resource that can be persisted for each user.
pub(super) trait Keep:
    Resource<Mutability = Mutable> + Clone + Default + PartialEq + Serialize + DeserializeOwned
{
    /// The name of the record.
    const RECORD: &'static str;
}

/// The resource was replaced: with what is saved of the user who has logged in, or with the default.
#[derive(Event)]
pub(super) struct Loaded<T: Keep>(PhantomData<T>);

/// The user to whom the resource belongs, and what of it is saved.
#[derive(Resource, Default)]
struct Kept<T: Keep> {
    user: Option<Uid>,
    saved: T,
}

/// Saves the resources that have changed.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Save;

/// Keeps a resource: a login loads it, a logout resets it.
pub(super) fn keep<T: Keep>(app: &mut App) {
    app.init_resource::<T>()
        .init_resource::<Kept<T>>()
        .add_systems(BoxSchedule::Keys, load::<T>.run_if(has_user_changed::<T>))
        .add_systems(
            BoxSchedule::Finish,
            save::<T>
                .in_set(Save)
                .run_if(resource_exists::<CometChat>.and_then(resource_changed::<T>)),
        );
}

/// A run condition.
fn has_user_changed<T: Keep>(chat: Option<Res<CometChat>>, kept: Res<Kept<T>>) -> bool {
    chat.is_some_and(|chat| user(&chat) != kept.user.as_ref())
}

fn user(chat: &CometChat) -> Option<&Uid> {
    chat.logged_in_user().map(|user| &user.uid)
}

/// Loads what is saved of the user who has logged in. If nothing is saved, what the game has set is kept.
fn load<T: Keep>(
    chat: Res<CometChat>,
    mut value: ResMut<T>,
    mut kept: ResMut<Kept<T>>,
    mut commands: Commands,
) {
    let is_reset = kept.user.is_some();
    if is_reset {
        // Another user has logged in, or nobody is logged in any more.
        *value = T::default();
    }
    kept.user = user(&chat).cloned();
    kept.saved = T::default();
    let saved = match &kept.user {
        Some(user) => chat.load_record::<T>(user, T::RECORD),
        None => Ok(None),
    };
    let saved = saved.unwrap_or_else(|error| {
        tracing::warn!("the record {} could not be loaded: {error}", T::RECORD);
        None
    });
    let is_replaced = is_reset || saved.is_some();
    if let Some(saved) = saved {
        *value = saved.clone();
        kept.saved = saved;
    }
    if is_replaced {
        commands.trigger(Loaded::<T>(PhantomData));
    }
}

fn save<T: Keep>(chat: Res<CometChat>, value: Res<T>, mut kept: ResMut<Kept<T>>) {
    let Some(user) = kept.user.clone().filter(|_| kept.saved != *value) else {
        return;
    };
    if let Err(error) = chat.save_record(&user, T::RECORD, &*value) {
        tracing::warn!("the record {} could not be saved: {error}", T::RECORD);
    }
    kept.saved = value.clone();
}
