//! The line above the input: which commands there are while one is typed, else who is typing.

use bevy::prelude::*;

use super::{
    chat_box_strings::{ChatBoxStrings, fill},
    command::ChatCommands,
    input::Draft,
    spawn::{Parts, Texts},
    talk::Talk,
};
use crate::text::{display_name, isolate};

/// More commands are not listed.
const MAX_LISTED: usize = 8;

pub(super) fn show(
    talk: Talk,
    strings: Res<ChatBoxStrings>,
    commands: Res<ChatCommands>,
    draft: Res<Draft>,
    parts: Single<&Parts>,
    mut texts: Texts,
) {
    let words = match draft.0.strip_prefix('/').filter(|_| talk.state.is_open) {
        Some(typed) => matching(&commands, typed),
        None => typing(&talk, &strings),
    };
    texts.say(parts.hint, &words);
}

/// The commands that begin so; how the one is used that is typed already.
fn matching(commands: &ChatCommands, typed: &str) -> String {
    let typed = typed.to_lowercase();
    if let Some((name, _)) = typed.split_once(' ') {
        let command = commands.get(name);
        return command.map_or(String::new(), |command| command.help.clone());
    }
    let names = commands
        .iter()
        .filter(|command| command.name.starts_with(&typed))
        .take(MAX_LISTED)
        .map(|command| format!("/{}", command.name));
    names.collect::<Vec<_>>().join("  ")
}

fn typing(talk: &Talk, strings: &ChatBoxStrings) -> String {
    let Some(to) = talk.target() else {
        return String::new();
    };
    let names: Vec<_> = talk
        .history
        .typing(&to)
        .map(|user| isolate(&display_name(user)).into_owned())
        .collect();
    match &names[..] {
        [] => String::new(),
        [one] => fill(&strings.is_typing, &[("{name}", one)]),
        [one, other] => fill(&strings.two_are_typing, &[("{name}", one), ("{by}", other)]),
        many => fill(
            &strings.many_are_typing,
            &[("{n}", &many.len().to_string())],
        ),
    }
}
