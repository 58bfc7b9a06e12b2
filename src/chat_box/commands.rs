//! Slash commands: the registry, and the completion of what the player types.

use std::sync::Arc;

use bevy::{
    ecs::system::{IntoSystem, SystemId, SystemParam},
    prelude::*,
};

use super::names::{senders, users_named};
use crate::{
    model::{ReceiverId, User},
    plugin::ChatHistory,
    text::display_name,
};

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

/// Completes the names of commands, and the names of users after them.
#[derive(SystemParam)]
pub(super) struct Completion<'w> {
    commands: Res<'w, ChatCommands>,
    pub(super) history: Res<'w, ChatHistory>,
}

impl Completion<'_> {
    /// The completed line, or `None` if nothing matches.
    pub(super) fn complete(&self, typed: &str) -> Option<String> {
        let command = typed.strip_prefix('/')?;
        match command.split_once(' ') {
            Some((command, name)) => self.complete_name(command, name),
            None => self.complete_command(command),
        }
    }

    fn complete_name(&self, command: &str, name: &str) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        let start = name.to_lowercase();
        let matches = |user: &&Arc<User>| display_name(user).to_lowercase().starts_with(&start);
        let user = senders(&self.history).find(matches)?;
        let name = display_name(user);
        let named = users_named(senders(&self.history), &name);
        let is_unique = named.is_some_and(|named| named.users.len() == 1 && named.rest.is_empty());
        let name = if is_unique { &*name } else { user.uid.as_str() };
        Some(format!("/{command} {name} "))
    }

    /// Completes the start that all matching commands share. If only one matches, a space follows.
    fn complete_command(&self, typed: &str) -> Option<String> {
        let typed = typed.to_lowercase();
        let mut names = self
            .commands
            .iter()
            .map(|command| command.name.as_str())
            .filter(|name| name.starts_with(&typed));
        let first = names.next()?;
        let rest: Vec<_> = names.collect();
        let end = if rest.is_empty() { " " } else { "" };
        let common = rest
            .iter()
            .fold(first, |common, name| common_start(common, name));
        Some(format!("/{common}{end}"))
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
