//! Keeps the muted players of each user over restarts.

use bevy::prelude::*;

use super::muted::Muted;
use crate::{
    model::Uid,
    plugin::{CometChat, CometChatSystems},
};

/// The name of the record.
const RECORD: &str = "muted";

/// The user to whom [`Muted`] belongs, and what of it is saved.
#[derive(Resource, Default)]
struct Kept {
    user: Option<Uid>,
    saved: Muted,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Kept>()
        .add_systems(
            PreUpdate,
            load.after(CometChatSystems::Receive)
                .run_if(has_user_changed),
        )
        .add_systems(
            Last,
            save.run_if(resource_exists::<CometChat>.and_then(resource_changed::<Muted>)),
        );
}

/// A run condition.
fn has_user_changed(chat: Option<Res<CometChat>>, kept: Res<Kept>) -> bool {
    chat.is_some_and(|chat| user(&chat) != kept.user.as_ref())
}

fn user(chat: &CometChat) -> Option<&Uid> {
    chat.logged_in_user().map(|user| &user.uid)
}

/// Loads the mutes of the user who has logged in. If none are saved, those that the game has set are kept.
fn load(chat: Res<CometChat>, mut muted: ResMut<Muted>, mut kept: ResMut<Kept>) {
    if kept.user.is_some() {
        // Another user has logged in, or nobody is logged in any more.
        *muted = Muted::default();
    }
    kept.user = user(&chat).cloned();
    kept.saved = Muted::default();
    let Some(user) = &kept.user else { return };
    match chat.load_record::<Muted>(user, RECORD) {
        Ok(Some(saved)) => {
            *muted = saved.clone();
            kept.saved = saved;
        }
        Ok(None) => {}
        Err(error) => tracing::warn!("the muted players could not be loaded: {error}"),
    }
}

fn save(chat: Res<CometChat>, muted: Res<Muted>, mut kept: ResMut<Kept>) {
    let Some(user) = kept.user.clone().filter(|_| kept.saved != *muted) else {
        return;
    };
    if let Err(error) = chat.save_record(&user, RECORD, &*muted) {
        tracing::warn!("the muted players could not be saved: {error}");
    }
    kept.saved = muted.clone();
}
