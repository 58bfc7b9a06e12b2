use bevy::prelude::{Component, Reflect, ReflectComponent, ReflectDefault};

use super::ChatGroup;

/// Makes the user a member of a group while an entity has this component: a team, a party, a match.
///
/// It works on any entity. Use one entity for each group.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// fn join_red(mut commands: Commands, player: Single<Entity, With<ChatListener>>) {
///     commands.entity(*player).insert(ChatMember::of("match-7-red"));
/// }
///
/// fn leave_team(mut commands: Commands, player: Single<Entity, With<ChatMember>>) {
///     commands.entity(*player).remove::<ChatMember>();
/// }
/// # bevy::ecs::system::assert_is_system(join_red);
/// # bevy::ecs::system::assert_is_system(leave_team);
/// ```
///
/// The user joins and leaves at once. Replacing the component changes the group.
///
/// The server sends no event when a group is deleted. Until the next connection, a deleted group counts as joined unless
/// a message to it is refused.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Clone, Debug, PartialEq)]
pub struct ChatMember(pub ChatGroup);

impl ChatMember {
    /// A membership in a group.
    pub fn of(group: impl Into<ChatGroup>) -> Self {
        Self(group.into())
    }
}
