use bevy::{
    ecs::system::{IntoSystem, SystemId},
    prelude::{App, In, Resource},
};

use crate::model::ReceiverId;

/// The tag of a message that tells what its sender does: `/me`.
pub(super) const EMOTE_TAG: &str = "emote";

/// A slash command that a player has entered.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatCommandCall {
    /// What follows the command's name, trimmed.
    pub arguments: String,
    /// Where a line would have gone.
    pub to: Option<ReceiverId>,
}

/// The commands there are.
#[derive(Resource, Default)]
pub(super) struct ChatCommands(Vec<ChatCommand>);

#[derive(Clone)]
pub(super) struct ChatCommand {
    pub(super) name: String,
    pub(super) help: String,
    pub(super) system: SystemId<In<ChatCommandCall>>,
}

impl ChatCommands {
    pub(super) fn get(&self, name: &str) -> Option<&ChatCommand> {
        self.0.iter().find(|command| command.name == name)
    }

    /// By name.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ChatCommand> {
        self.0.iter()
    }

    fn add(&mut self, command: ChatCommand) {
        self.0.retain(|known| known.name != command.name);
        let at = self.0.partition_point(|known| known.name < command.name);
        self.0.insert(at, command);
    }
}

/// Adds slash commands to the chat box.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::{chat_box::{AddChatCommand, ChatCommandCall, ChatNotes}, prelude::*};
///
/// fn where_am_i(call: In<ChatCommandCall>, mut notes: ResMut<ChatNotes>) {
///     notes.push(format!("You stand in the tavern. {}", call.arguments));
/// }
///
/// App::new().add_chat_command("where", "/where: where you are", where_am_i);
/// ```
pub trait AddChatCommand {
    /// Runs `system` when a player enters `/name`; `help` is what `/help` says of it. A command of the same name is
    /// replaced, also one of the box's own.
    fn add_chat_command<M>(
        &mut self,
        name: &str,
        help: &str,
        system: impl IntoSystem<In<ChatCommandCall>, (), M> + 'static,
    ) -> &mut Self;
}

impl AddChatCommand for App {
    fn add_chat_command<M>(
        &mut self,
        name: &str,
        help: &str,
        system: impl IntoSystem<In<ChatCommandCall>, (), M> + 'static,
    ) -> &mut Self {
        let system = self.register_system(system);
        self.init_resource::<ChatCommands>();
        let command = ChatCommand {
            name: name.trim_start_matches('/').to_lowercase(),
            help: help.into(),
            system,
        };
        self.world_mut().resource_mut::<ChatCommands>().add(command);
        self
    }
}
