//! Persists a resource for each user, such as the muted players.

use bevy::{ecs::component::Mutable, prelude::*};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    model::Uid,
    plugin::{CometChat, CometChatSystems},
};

/// A resource that can be persisted for each user.
pub(super) trait Keep:
    Resource<Mutability = Mutable> + Clone + Default + PartialEq + Serialize + DeserializeOwned
{
    /// The name of the record.
    const RECORD: &'static str;
}

/// The user to whom the resource belongs, and what of it is saved.
#[derive(Resource, Default)]
struct Kept<T: Keep> {
    user: Option<Uid>,
    saved: T,
}

/// Keeps a resource: a login loads it, a logout resets it.
pub(super) fn keep<T: Keep>(app: &mut App) {
    app.init_resource::<T>()
        .init_resource::<Kept<T>>()
        .add_systems(
            PreUpdate,
            load::<T>
                .after(CometChatSystems::Receive)
                .run_if(has_user_changed::<T>),
        )
        .add_systems(
            Last,
            save::<T>.run_if(resource_exists::<CometChat>.and_then(resource_changed::<T>)),
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
fn load<T: Keep>(chat: Res<CometChat>, mut value: ResMut<T>, mut kept: ResMut<Kept<T>>) {
    if kept.user.is_some() {
        // Another user has logged in, or nobody is logged in any more.
        *value = T::default();
    }
    kept.user = user(&chat).cloned();
    kept.saved = T::default();
    let Some(user) = &kept.user else { return };
    match chat.load_record::<T>(user, T::RECORD) {
        Ok(Some(saved)) => {
            *value = saved.clone();
            kept.saved = saved;
        }
        Ok(None) => {}
        Err(error) => tracing::warn!("the record {} could not be loaded: {error}", T::RECORD),
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
