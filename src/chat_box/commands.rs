//! Slash commands: the registry.

use bevy::{
    ecs::system::{IntoSystem, SystemId},
    prelude::*,
};

use crate::model::ReceiverId;

/// A call of a slash command.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatCommandCall {
    /// The text after the command's name, trimmed.
    pub arguments: String,
    /// The receiver that a message would have had instead of the command.
    pub to: Option<ReceiverId>,
}

/// The registered commands, in the order of their names.
#[derive(Resource, Default)]
pub(super) struct ChatCommands(Vec<ChatCommand>);

/// A registered command.
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

    /// All commands, in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ChatCommand> {
        self.0.iter()
    }

    /// Completes the typed text as far as all matching commands and others agree. If only one matches, a space follows.
    pub(super) fn complete<'a>(
        &'a self,
        typed: &str,
        others: impl Iterator<Item = &'a str>,
    ) -> Option<String> {
        let typed = typed.to_lowercase();
        let names = self.iter().map(|command| command.name.as_str());
        let names = names.chain(others);
        let mut names = names.filter(|name| name.to_lowercase().starts_with(&typed));
        let first = names.next()?;
        let rest: Vec<_> = names.collect();
        let end = if rest.is_empty() { " " } else { "" };
        let common = rest
            .iter()
            .fold(first, |common, name| common_start(common, name));
        Some(format!("/{common}{end}"))
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
    /// Runs `system` when the player enters `/name`. The command `/help` lists `help`. A command with the same name is
    /// replaced, including a built-in one.
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

fn common_start<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one
        .char_indices()
        .zip(other.chars())
        .take_while(|((_, a), b)| a == b);
    let length = same.map(|((at, c), _)| at + c.len_utf8()).last();
    &one[..length.unwrap_or(0)]
}
