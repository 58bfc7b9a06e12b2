//! Names and messages that the menus open on.

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

/// The message that a node of the game shows, such as a speech bubble. The right mouse button and a
/// long press on the node open the menu on the message, if the history holds it. The node has to be
/// [pickable](bevy::picking::Pickable).
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::{chat_box::ShownMessage, prelude::*};
///
/// fn show_bubbles(mut received: MessageReader<MessageReceived>, mut commands: Commands) {
///     for message in received.read() {
///         commands.spawn((Text::new(message.text().unwrap_or_default()), ShownMessage(message.id)));
///     }
/// }
/// # bevy::ecs::system::assert_is_system(show_bubbles);
/// ```
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownMessage(pub MessageId);
