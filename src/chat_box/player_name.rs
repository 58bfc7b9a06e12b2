//! A name that the menu opens on.

use std::sync::Arc;

use bevy::prelude::*;

use crate::model::{MessageId, User};

/// The name of a player on a node of the game: in a list of members, over a head, in a speech bubble. The right mouse
/// button and a long press on the node open the menu on the name. The node has to be
/// [pickable](bevy::picking::Pickable).
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::{chat_box::PlayerName, model::User};
///
/// fn show_member(user: User, mut commands: Commands) {
///     commands.spawn((Text::new(&*user.name), PlayerName::new(user)));
/// }
/// ```
#[derive(Component, Clone, Debug)]
#[non_exhaustive]
pub struct PlayerName {
    /// The player.
    pub user: Arc<User>,
    /// The message beside the name, which a report names.
    pub message: Option<MessageId>,
}

impl PlayerName {
    /// The name of a player, without a message.
    pub fn new(user: impl Into<Arc<User>>) -> Self {
        Self {
            user: user.into(),
            message: None,
        }
    }
}
