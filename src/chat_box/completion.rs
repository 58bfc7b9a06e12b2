//! What Tab makes of a command that is not typed to its end.

use std::sync::Arc;

use bevy::{ecs::system::SystemParam, prelude::Res};

use super::command::ChatCommands;
use crate::{history::History, model::User, plugin::ChatHistory, text::display_name};

/// How many of the newest messages of each conversation are searched for a name.
const SEARCHED: usize = 100;

/// Completes commands, and the names that follow them.
#[derive(SystemParam)]
pub(super) struct Completion<'w> {
    commands: Res<'w, ChatCommands>,
    history: Res<'w, ChatHistory>,
}

impl Completion<'_> {
    pub(super) fn complete(&self, typed: &str) -> Option<String> {
        let command = typed.strip_prefix('/')?;
        let Some((command, name)) = command.split_once(' ') else {
            return self.command(command);
        };
        let is_name = !name.is_empty() && !name.contains(' ');
        let starts = |user: &User| starts_with(&display_name(user), name);
        let user = is_name.then(|| users(&self.history).find(|user| starts(user)))??;
        // A name of several words would not be told from the text.
        let name = display_name(user);
        let name = match name.contains(' ') {
            true => user.uid.as_str().into(),
            false => name,
        };
        Some(format!("/{command} {name} "))
    }

    /// As far as those that begin so agree; with a space when there is one.
    fn command(&self, typed: &str) -> Option<String> {
        let typed = typed.to_lowercase();
        let mut names = self
            .commands
            .iter()
            .map(|command| command.name.as_str())
            .filter(|name| name.starts_with(&typed));
        let first = names.next()?;
        let rest: Vec<_> = names.collect();
        let end = match rest.is_empty() {
            true => " ",
            false => "",
        };
        let common = rest.iter().fold(first, |common, name| shared(common, name));
        Some(format!("/{common}{end}"))
    }
}

fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one
        .char_indices()
        .zip(other.chars())
        .take_while(|((_, a), b)| a == b);
    let length = same.map(|((at, c), _)| at + c.len_utf8()).last();
    &one[..length.unwrap_or(0)]
}

fn starts_with(name: &str, start: &str) -> bool {
    name.to_lowercase().starts_with(&start.to_lowercase())
}

/// The user whom the player means, among those who have said something.
pub(super) fn find_user<'a>(history: &'a History, name: &str) -> Option<&'a Arc<User>> {
    users(history).find(|user| has_name(user, name))
}

/// Whether a player who types `name` may mean this user.
pub(super) fn has_name(user: &User, name: &str) -> bool {
    user.uid.as_str() == name || display_name(user).to_lowercase() == name.to_lowercase()
}

/// Those who have said something, the newest first in each conversation.
fn users(history: &History) -> impl Iterator<Item = &Arc<User>> {
    let me = history.user();
    history
        .conversations()
        .flat_map(|conversation| conversation.iter().rev().take(SEARCHED))
        .map(|entry| entry.sender())
        .filter(move |user| me.is_none_or(|me| me.uid != user.uid))
}
